import type { AnswerSource } from './answers.ts';
import { bundleScript, bundleWallet } from './bundle.ts';
import { startChain } from './chain.ts';
import type { BlockTime, Chain } from './chain.ts';
import { createFacilitator } from './facilitator.ts';
import { startGateway } from './gateway.ts';
import type { GatewayOptions, RigGateway } from './gateway.ts';
import type { IdentifierUse } from './identifiers.ts';
import { keys, people } from './keys.ts';
import { startPages } from './pages.ts';
import { rungateDialect } from './rungateDialect.ts';
import type { SolanaChain } from './solana/chain.ts';
import type { SlotTime } from './solana/ledger.ts';
import { settleOnSolana } from './solana/facilitator.ts';
import { solanaAddresses, solanaSeeds } from './solana/keys.ts';
import { solanaOption } from './solana/offer.ts';
import type { WalletMode } from './wallet/options.ts';

/** How the world is built. */
export interface WorldOptions {
  /** Absent: any free port. */
  readonly ports?: {
    readonly rpc?: number;
    readonly gateway?: number;
    readonly rungate?: number;
    readonly pages?: number;
    readonly solana?: readonly [number, number];
  };
  /** Whether the gateway offers Solana too. False where absent. */
  readonly solana?: boolean;
  /** How Solana's slots go by. As Base's blocks do, where absent: with each transaction, or with the clock. */
  readonly solanaTime?: SlotTime;
  /** 2 seconds between blocks, as on Base, where absent. */
  readonly blockTime?: BlockTime;
  /** Another chain than Base, of which the extension knows nothing by itself. */
  readonly chainId?: number;
  /** An OpenAI-compatible server, http://localhost:11434/v1, or a source of our own. Absent: the built-in generator. */
  readonly answersFrom?: string | AnswerSource;
  /** Between two tokens of the built-in generator. 25 where absent. */
  readonly tokenDelayMs?: number;
  /** Whether the receipt comes in the headers. `first` where absent. */
  readonly settle?: 'first' | 'while-streaming';
  /** Whether payments name themselves at the gateways. They do not where absent. */
  readonly identifiers?: IdentifierUse;
  /** How the wallet of `walletScript` starts. `sign` where absent. */
  readonly walletMode?: WalletMode;
}

/** A local Base, a gateway that speaks JumpGate and one that speaks Rungate, a demo page and a funded wallet. */
export interface World {
  readonly chain: Chain;
  /** Where it was asked for. */
  readonly solana?: SolanaChain;
  readonly gateway: RigGateway;
  /** It shares the switches of the other one, and is paid at the same address. */
  readonly rungate: RigGateway;
  readonly pages: { readonly url: string; readonly port: number };
  readonly payer: { readonly address: `0x${string}`; readonly privateKey: `0x${string}` };
  readonly payee: { readonly address: `0x${string}` };
  /** The payer's wallet, for `evaluateOnNewDocument`; the demo page loads the same one. */
  readonly walletScript: string;
  stop(): Promise<void>;
}

/** What the faucet gives the payer: 20 USDC. */
const allowance = 20_000_000n;

/**
 * Starts everything, on this machine alone.
 *
 * @example
 * const world = await startWorld({ blockTime: 'instant' });
 * try { … } finally { await world.stop(); }
 */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { ports = {}, blockTime = 2, walletMode = 'sign' } = options;
  const running: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const part of running.toReversed()) await part.stop();
  };
  const bundling = Promise.all([
    bundleWallet({
      privateKey: keys.payer,
      mode: walletMode,
      ...(options.solana === true && { solana: { seed: hexOf(solanaSeeds.payer) } }),
    }),
    bundleScript('pages/app.ts', 'rigApp'),
  ]);
  // Awaited below: a chain that does not start must not leave it unhandled.
  bundling.catch(() => undefined);
  try {
    const { chainId } = options;
    const chain = await startChain({
      port: ports.rpc ?? 0,
      blockTime,
      ...(chainId !== undefined && { chainId }),
    });
    running.push(chain);
    await chain.mint(people.payer, allowance);
    const solana = options.solana === true ? await openSolana(options) : undefined;
    if (solana) running.push(solana);
    const settings = await gatewayOptions(chain, solana, options);
    const gateway = await startGateway({ ...settings, ...portOf(ports.gateway) });
    running.push(gateway);
    const { faults, hold } = gateway;
    const { alsoOn: _, ...onBase } = settings;
    const rungate = await startGateway({
      ...onBase,
      ...portOf(ports.rungate),
      dialect: rungateDialect,
      faults,
      hold,
    });
    running.push(rungate);
    const [walletScript, appScript] = await bundling;
    const { payer, payee } = people;
    const pages = await startPages({
      port: ports.pages ?? 0,
      chain,
      gateway,
      payer,
      payee,
      walletMode,
      walletScript,
      appScript,
    });
    running.push(pages);
    return {
      chain,
      ...(solana && { solana }),
      gateway,
      rungate,
      pages,
      payer: { address: payer, privateKey: keys.payer },
      payee: { address: payee },
      walletScript,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openSolana({ ports, blockTime, solanaTime }: WorldOptions): Promise<SolanaChain> {
  // litesvm has no binary for some systems; a world without Solana does not need one.
  const { startSolana } = await import('./solana/chain.ts');
  const solana = await startSolana({
    slotTime: solanaTime ?? (blockTime === 'instant' ? 'instant' : 'real'),
    ...(ports?.solana !== undefined && { ports: ports.solana }),
  });
  await solana.mint(solanaAddresses.payer, allowance);
  await solana.mint(solanaAddresses.payee, 0n);
  return solana;
}

async function gatewayOptions(
  chain: Chain,
  solana: SolanaChain | undefined,
  options: WorldOptions,
): Promise<GatewayOptions> {
  const { answersFrom, tokenDelayMs, settle, identifiers, chainId } = options;
  const addSolana = solana && (await settleOnSolana(solana.nodes[0].rpcUrl));
  return {
    facilitator: createFacilitator(chain.rpcUrl, {
      ...(chainId !== undefined && { chainId }),
      ...(addSolana && { addChain: addSolana }),
    }),
    payee: people.payee,
    ...(chainId !== undefined && { network: `eip155:${chainId}` as const }),
    ...(solana && { alsoOn: [solanaOption] }),
    ...(answersFrom !== undefined && { answersFrom }),
    ...(tokenDelayMs !== undefined && { tokenDelayMs }),
    ...(settle !== undefined && { settle }),
    ...(identifiers !== undefined && { identifiers }),
  };
}

function portOf(port: number | undefined): { port?: number } {
  return port === undefined ? {} : { port };
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
