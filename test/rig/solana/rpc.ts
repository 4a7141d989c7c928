import { address, getBase58Encoder, getBase64Encoder } from '@solana/kit';
import { transactionAsJson } from './json.ts';
import type { Commitment, Landed, SolanaLedger } from './ledger.ts';

/** What a node that cannot be trusted does. */
export type NodeFault =
  /** Answers 503. */
  | 'down'
  /** Takes the request and never answers. */
  | 'hangs'
  /** Has lost the history of transactions. */
  | 'forgets'
  /** Shows the chain as it was 200 slots ago. */
  | 'behind'
  /** Says that the chain is 1000 blocks further. */
  | 'ahead'
  /** Answers everything with an error, as public nodes do that have enough of somebody. */
  | 'rate-limited';

/** A refusal in the words of JSON-RPC. */
class RpcError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

type Params = readonly unknown[];
type Method = (ledger: SolanaLedger, params: Params, fault: NodeFault | undefined) => unknown;

/** Solana's own limits. */
const maxSignatures = 1000;
const lag = 200n;

/** The methods that facilitators and PaidChat use, as Solana's documentation describes them. */
const methods: Readonly<Record<string, Method>> = {
  getSlot: (ledger, [options]) => Number(ledger.slot(commitmentOf(options))),
  getBlockHeight: (ledger, [options]) => Number(ledger.blockHeight(commitmentOf(options))),
  getFirstAvailableBlock: () => 0,
  getBlockTime: (ledger, [slot]) => ledger.blockTime(BigInt(Number(slot))),
  getEpochInfo(ledger, [options], fault) {
    const commitment = commitmentOf(options);
    const off = fault === 'ahead' ? 1000n : fault === 'behind' ? -lag : 0n;
    const absoluteSlot = ledger.slot(commitment) + off;
    return {
      absoluteSlot: Number(absoluteSlot),
      blockHeight: Number(ledger.blockHeight(commitment) + off),
      epoch: Number(absoluteSlot / 432_000n),
      slotIndex: Number(absoluteSlot % 432_000n),
      slotsInEpoch: 432_000,
      transactionCount: null,
    };
  },
  getLatestBlockhash(ledger, [options]) {
    const commitment = commitmentOf(options);
    const { blockhash, lastValidBlockHeight } = ledger.latestBlockhash(commitment);
    return withContext(ledger, commitment, {
      blockhash,
      lastValidBlockHeight: Number(lastValidBlockHeight),
    });
  },
  isBlockhashValid(ledger, [blockhash, options]) {
    const commitment = commitmentOf(options);
    return withContext(ledger, commitment, ledger.isBlockhashValid(textOf(blockhash), commitment));
  },
  getAccountInfo(ledger, [account, options]) {
    const found = ledger.svm.getAccount(address(textOf(account)));
    const value = found.exists
      ? {
          data: [Buffer.from(found.data).toString('base64'), 'base64'],
          executable: found.executable,
          lamports: Number(found.lamports),
          owner: found.programAddress,
          rentEpoch: 0,
          space: Number(found.space),
        }
      : null;
    return withContext(ledger, commitmentOf(options), value);
  },
  simulateTransaction(ledger, [transaction, options]) {
    const flags = objectOf(options);
    const { error, logs } = ledger.simulate(bytesOf(transaction, options), {
      sigVerify: flags['sigVerify'] === true,
      replaceRecentBlockhash: flags['replaceRecentBlockhash'] === true,
    });
    const rest = { accounts: null, innerInstructions: null, returnData: null, unitsConsumed: 0 };
    return withContext(ledger, commitmentOf(options), { err: error, logs, ...rest });
  },
  sendTransaction(ledger, [transaction, options]) {
    const wire = bytesOf(transaction, options);
    if (objectOf(options)['skipPreflight'] !== true) {
      const { error } = ledger.simulate(wire, { sigVerify: true, replaceRecentBlockhash: false });
      if (error !== null)
        throw new RpcError(-32_002, `Transaction simulation failed: ${JSON.stringify(error)}`);
    }
    return ledger.send(wire);
  },
  getSignatureStatuses(ledger, [signatures]) {
    const asked: readonly unknown[] = Array.isArray(signatures) ? signatures : [];
    const statuses = asked.map((signature) => {
      const one = ledger.landed().find((landed) => landed.signature === signature);
      if (one === undefined) return null;
      const { slot, error } = one;
      const status = error === null ? { Ok: null } : { Err: error };
      const confirmationStatus = statusOf(ledger, slot);
      return { slot: Number(slot), confirmations: null, err: error, status, confirmationStatus };
    });
    return withContext(ledger, 'processed', statuses);
  },
  getSignaturesForAddress(ledger, [account, options], fault) {
    const { before, until, limit = maxSignatures, minContextSlot } = objectOf(options);
    const commitment = commitmentOf(options);
    const seenUpTo = ledger.slot(commitment) - (fault === 'behind' ? lag : 0n);
    if (typeof minContextSlot === 'number' && BigInt(minContextSlot) > seenUpTo)
      throw new RpcError(-32_016, 'Minimum context slot has not been reached');
    if (fault === 'forgets') return [];
    const newestFirst = ledger
      .landed()
      .filter(({ accounts, slot }) => accounts.includes(address(textOf(account))) && slot <= seenUpTo)
      .toReversed();
    return slice(newestFirst, before, until)
      .slice(0, Number(limit))
      .map(({ signature, slot, error, memo, blockTime }) => ({
        signature,
        slot: Number(slot),
        err: error,
        memo,
        blockTime,
        confirmationStatus: statusOf(ledger, slot),
      }));
  },
  getTransaction(ledger, [signature, options], fault) {
    const one = ledger.landed().find((landed) => landed.signature === signature);
    if (one === undefined || fault === 'forgets' || one.slot > ledger.slot(commitmentOf(options)))
      return null;
    const { slot, blockTime, error, wire, logs } = one;
    return {
      slot: Number(slot),
      blockTime,
      version: 0,
      transaction:
        objectOf(options)['encoding'] === 'json'
          ? transactionAsJson(wire)
          : [Buffer.from(wire).toString('base64'), 'base64'],
      meta: {
        err: error,
        status: error === null ? { Ok: null } : { Err: error },
        fee: 10_000,
        logMessages: logs,
      },
    };
  },
};

/** The method that a JSON-RPC request calls. */
export function methodOf(body: string): string {
  return textOf(objectOf(JSON.parse(body))['method']);
}

/** Answers one JSON-RPC request. */
export function answerRpc(ledger: SolanaLedger, body: string, fault: NodeFault | undefined): string {
  const { id, method, params } = objectOf(JSON.parse(body));
  const reply = (part: object) => JSON.stringify({ jsonrpc: '2.0', id, ...part });
  try {
    if (fault === 'rate-limited') throw new RpcError(429, 'Too many requests for a specific RPC call');
    const run = methods[textOf(method)];
    if (!run) throw new RpcError(-32_601, 'Method not found');
    return reply({ result: run(ledger, Array.isArray(params) ? (params as Params) : [], fault) });
  } catch (error) {
    const code = error instanceof RpcError ? error.code : -32_603;
    return reply({ error: { code, message: error instanceof Error ? error.message : String(error) } });
  }
}

function slice(landed: readonly Landed[], before: unknown, until: unknown): readonly Landed[] {
  const from = before === undefined ? 0 : landed.findIndex(({ signature }) => signature === before) + 1;
  const to = until === undefined ? -1 : landed.findIndex(({ signature }) => signature === until);
  return landed.slice(from, to === -1 ? undefined : to);
}

function statusOf(ledger: SolanaLedger, slot: bigint): Commitment {
  if (slot <= ledger.slot('finalized')) return 'finalized';
  return slot <= ledger.slot('confirmed') ? 'confirmed' : 'processed';
}

function withContext(ledger: SolanaLedger, commitment: Commitment, value: unknown) {
  return { context: { apiVersion: '3.0.0', slot: Number(ledger.slot(commitment)) }, value };
}

/** Solana's default is the safest. */
function commitmentOf(options: unknown): Commitment {
  const { commitment } = objectOf(options);
  return commitment === 'processed' || commitment === 'confirmed' ? commitment : 'finalized';
}

function bytesOf(transaction: unknown, options: unknown): Uint8Array {
  const { encoding } = objectOf(options);
  const encoder = encoding === 'base64' ? getBase64Encoder() : getBase58Encoder();
  return encoder.encode(textOf(transaction)) as Uint8Array;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new RpcError(-32_602, 'Invalid params');
  return value;
}
