import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  address,
  decompileTransactionMessage,
  getCompiledTransactionMessageDecoder,
  getTransactionDecoder,
  lamports,
} from '@solana/kit';
import type { Address, Instruction } from '@solana/kit';
import {
  AccountState,
  getMintEncoder,
  getTokenDecoder,
  getTokenEncoder,
  parseTransferCheckedInstruction,
  TOKEN_PROGRAM_ADDRESS,
  TRANSFER_CHECKED_DISCRIMINATOR,
} from '@solana-program/token';
import { listen } from '../listen.ts';
import { allowEveryOrigin, sendFailure } from '../reply.ts';
import { recordRequest } from '../requests.ts';
import { createSolanaLedger } from './ledger.ts';
import { solanaAddresses } from './keys.ts';
import type { Landed, SlotTime, SolanaLedger } from './ledger.ts';
import { answerRpc, methodOf } from './rpc.ts';
import type { NodeFault } from './rpc.ts';
import { solanaUsdc, tokenAccountOf } from './usdc.ts';

/** USDC that moved between two owners. */
export interface SolanaTransfer {
  readonly from: string;
  readonly to: string;
  /** In micro-USDC. */
  readonly value: bigint;
  readonly memo: string | null;
  readonly signature: string;
  readonly slot: bigint;
}

/** One node of the chain. */
export interface SolanaNode {
  readonly rpcUrl: string;
  readonly port: number;
  /** The names of the methods that were called, in order. */
  readonly calls: readonly string[];
  setFault(fault: NodeFault | undefined): void;
}

/** A local Solana with USDC. */
export interface SolanaChain {
  /** Two that know the same chain. */
  readonly nodes: readonly [SolanaNode, SolanaNode];
  /** In micro-USDC, now; 0 without a token account. */
  balanceOf(owner: string): Promise<bigint>;
  /** The faucet: makes the token account where there is none. */
  mint(owner: string, microUsdc: bigint): Promise<void>;
  /** Lets so many slots of 400 ms go by. */
  advance(slots: number): void;
  slot(): bigint;
  blockHeight(): bigint;
  /** Every USDC transfer in slots after `slot`, oldest first. */
  transfersSince(slot: bigint): Promise<SolanaTransfer[]>;
  stop(): Promise<void>;
}

/** Starts litesvm with the real SPL programs, USDC's mint and two nodes in front of it. */
export async function startSolana(
  options: { ports?: readonly [number, number]; slotTime?: SlotTime } = {},
): Promise<SolanaChain> {
  const { ports = [0, 0], slotTime = 'real' } = options;
  const ledger = createSolanaLedger(slotTime);
  createMint(ledger);
  ledger.svm.airdrop(address(solanaAddresses.facilitator), lamports(1_000_000_000n));
  const first = await startNode(ledger, ports[0]);
  const second = await startNode(ledger, ports[1]).catch(async (error: unknown) => {
    await first.stop();
    throw error;
  });

  const amountIn = (account: Address) => {
    const found = ledger.svm.getAccount(account);
    return found.exists ? getTokenDecoder().decode(found.data).amount : 0n;
  };

  return {
    nodes: [first, second],
    balanceOf: async (owner) => amountIn(await tokenAccountOf(owner)),
    async mint(owner, microUsdc) {
      const account = await tokenAccountOf(owner);
      putTokenAccount(ledger, account, address(owner), amountIn(account) + microUsdc);
    },
    advance: (slots) => ledger.advance(slots),
    slot: () => ledger.slot('processed'),
    blockHeight: () => ledger.blockHeight('processed'),
    transfersSince: (slot) =>
      Promise.resolve(
        ledger
          .landed()
          .filter((landed) => landed.slot > slot && landed.error === null)
          .flatMap((landed) => transfersIn(landed, ledger)),
      ),
    async stop() {
      await Promise.all([first.stop(), second.stop()]);
    },
  };
}

async function startNode(
  ledger: SolanaLedger,
  port: number,
): Promise<SolanaNode & { stop(): Promise<void> }> {
  const calls: string[] = [];
  let fault: NodeFault | undefined;
  async function respond(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await recordRequest(message);
    allowEveryOrigin(request, response);
    if (request.method !== 'POST') {
      response.writeHead(204).end();
      return;
    }
    calls.push(methodOf(request.body));
    if (fault === 'down') response.writeHead(503).end();
    else if (fault !== 'hangs') {
      response.setHeader('content-type', 'application/json').end(answerRpc(ledger, request.body, fault));
    }
  }
  const server = await listen((message, response) => {
    respond(message, response).catch((error: unknown) => sendFailure(response, error));
  }, port);
  return {
    rpcUrl: `http://127.0.0.1:${server.port}`,
    port: server.port,
    calls,
    setFault: (next) => void (fault = next),
    stop: () => server.close(),
  };
}

function createMint(ledger: SolanaLedger): void {
  const data = getMintEncoder().encode({
    mintAuthority: null,
    supply: 10n ** 15n,
    decimals: 6,
    isInitialized: true,
    freezeAuthority: null,
  });
  put(ledger, solanaUsdc, data as Uint8Array);
}

function putTokenAccount(ledger: SolanaLedger, account: Address, owner: Address, amount: bigint): void {
  const data = getTokenEncoder().encode({
    mint: solanaUsdc,
    owner,
    amount,
    delegate: null,
    state: AccountState.Initialized,
    isNative: null,
    delegatedAmount: 0n,
    closeAuthority: null,
  });
  put(ledger, account, data as Uint8Array);
}

function put(ledger: SolanaLedger, at: Address, data: Uint8Array): void {
  ledger.svm.setAccount({
    address: at,
    data,
    executable: false,
    lamports: lamports(ledger.svm.minimumBalanceForRentExemption(BigInt(data.length))),
    programAddress: TOKEN_PROGRAM_ADDRESS,
    space: BigInt(data.length),
  });
}

/** From the transaction's own bytes; the accounts still exist, so that their owners can be read. */
function transfersIn({ wire, memo, signature, slot }: Landed, ledger: SolanaLedger): SolanaTransfer[] {
  const { messageBytes } = getTransactionDecoder().decode(wire);
  const message = decompileTransactionMessage(getCompiledTransactionMessageDecoder().decode(messageBytes));
  const ownerOf = (account: Address) => {
    const found = ledger.svm.getAccount(account);
    return found.exists ? getTokenDecoder().decode(found.data).owner : account;
  };
  const instructions: readonly Instruction[] = message.instructions;
  return instructions.flatMap(({ programAddress, accounts, data }) => {
    if (programAddress !== TOKEN_PROGRAM_ADDRESS || !accounts || !data) return [];
    if (data[0] !== TRANSFER_CHECKED_DISCRIMINATOR) return [];
    const transfer = parseTransferCheckedInstruction({ programAddress, accounts, data });
    const { source, destination } = transfer.accounts;
    return [
      {
        from: ownerOf(source.address),
        to: ownerOf(destination.address),
        value: transfer.data.amount,
        memo,
        signature,
        slot,
      },
    ];
  });
}
