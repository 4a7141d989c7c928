import { isArray, matches, toNumber } from '../core/pristine.ts';
import type { WalletAsk } from '../protocol/wallet.ts';
import { callWallet, codeOf, failed, messageOf, problem, promptMs, read, refusal } from './call.ts';
import type { AskTurn, Outcome } from './call.ts';
import type { Provider } from './discover.ts';

/** An ask that an EVM wallet can answer. */
export type EvmAsk = Exclude<WalletAsk, { type: 'list' | 'signTransaction' }>;

/** A question to the wallet that opens no window; some never settle. */
const quietMs = 15_000;

/** EIP-1193, EIP-3326 and what wallets send instead when they do not know a chain. */
const unknownChainCodes: Readonly<Record<number, true>> = { 4902: true, 4901: true, [-32600]: true };

/**
 * Answers one ask with the wallet. Only six methods are ever called: eth_requestAccounts, eth_accounts,
 * eth_chainId, wallet_switchEthereumChain, wallet_addEthereumChain and eth_signTypedData_v4.
 */
export function askEvmWallet(provider: Provider, ask: EvmAsk, turn: AskTurn): void {
  switch (ask.type) {
    case 'connect':
      connect(provider, 'eth_requestAccounts', turn);
      return;
    case 'accounts':
      connect(provider, 'eth_accounts', turn);
      return;
    case 'switchChain':
      switchChain(provider, ask, turn);
      return;
    case 'signTypedData':
      signTypedData(provider, ask, turn);
      return;
    default:
      failed(turn, 'Unknown ask.');
  }
}

function connect(provider: Provider, method: string, turn: AskTurn): void {
  prompt(provider, turn, method, undefined, {
    ok(value) {
      const accounts: string[] = [];
      const given = isArray(value) ? (value as readonly unknown[]) : [];
      // Before its first unlock a wallet can answer [""].
      for (let index = 0; index < given.length && accounts.length < 100; index += 1) {
        const account = given[index];
        if (typeof account === 'string' && matches(/^0x[0-9a-fA-F]{40}$/, account))
          accounts[accounts.length] = account;
      }
      if (accounts.length > 0) turn.done(true, accounts);
      else failed(turn, 'No account.');
    },
    fail: (thrown) => turn.done(false, refusal(thrown)),
  });
}

function switchChain(provider: Provider, ask: Extract<EvmAsk, { type: 'switchChain' }>, turn: AskTurn): void {
  const { chainIdHex, chain } = ask;
  const arrived = () => turn.done(true, chainIdHex);
  // Whatever the wallet said, where it stands afterwards is the answer.
  const check = (otherwise: (chainId: number | undefined) => void) =>
    readChainId(provider, turn, (chainId) =>
      chainId === toNumber(chainIdHex) ? arrived() : otherwise(chainId),
    );
  const wrong = (thrown: unknown) => (chainId: number | undefined) =>
    turn.done(false, problem(chainId === undefined ? 'failed' : 'wrong-chain', messageOf(thrown)));
  const attempt = (failed: (thrown: unknown) => void) =>
    prompt(provider, turn, 'wallet_switchEthereumChain', [{ chainId: chainIdHex }], {
      ok: () => check(wrong('Another chain.')),
      fail: failed,
    });

  check(() =>
    attempt((thrown) =>
      check((chainId) => {
        if (!isUnknownChain(thrown)) {
          wrong(thrown)(chainId);
          return;
        }
        const addition = {
          chainId: chainIdHex,
          chainName: chain.name,
          nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
          rpcUrls: [chain.rpcUrl],
          ...(chain.explorerUrl === undefined ? {} : { blockExplorerUrls: [chain.explorerUrl] }),
        };
        // EIP-3085 leaves open whether adding also switches.
        const added = () => check(() => attempt((again) => check(wrong(again))));
        prompt(provider, turn, 'wallet_addEthereumChain', [addition], {
          ok: added,
          fail: (refused) => check(wrong(refused)),
        });
      }),
    ),
  );
}

function signTypedData(
  provider: Provider,
  ask: Extract<EvmAsk, { type: 'signTypedData' }>,
  turn: AskTurn,
): void {
  const { account, chainIdHex, typedData } = ask;
  const wrongChain = () => turn.done(false, problem('wrong-chain', 'Another chain.'));
  readChainId(provider, turn, (before) => {
    if (before !== toNumber(chainIdHex)) {
      wrongChain();
      return;
    }
    prompt(provider, turn, 'eth_signTypedData_v4', [account, typedData], {
      ok(value) {
        const isSignature =
          typeof value === 'string' && value.length <= 20_000 && matches(/^0x[0-9a-fA-F]+$/, value);
        if (isSignature) turn.done(true, value);
        else failed(turn, 'No signature.');
      },
      // 4001 comes for a wrong chain as well.
      fail: (thrown) =>
        readChainId(provider, turn, (afterwards) =>
          afterwards === before ? turn.done(false, refusal(thrown)) : wrongChain(),
        ),
    });
  });
}

/** Undefined where the wallet gives none. "0x2105", "8453" and 8453 are one chain. */
function readChainId(provider: Provider, turn: AskTurn, next: (chainId: number | undefined) => void): void {
  request(provider, turn, quietMs, 'eth_chainId', undefined, {
    ok(value) {
      const isText = typeof value === 'string' && matches(/^(0x[0-9a-fA-F]{1,12}|\d{1,12})$/, value);
      next(isText || typeof value === 'number' ? toNumber(value) : undefined);
    },
    fail: () => next(undefined),
  });
}

function prompt(
  provider: Provider,
  turn: AskTurn,
  method: string,
  params: readonly unknown[] | undefined,
  outcome: Outcome,
): void {
  if (turn.isWanted()) request(provider, turn, promptMs, method, params, outcome);
  else failed(turn);
}

function request(
  provider: Provider,
  { after }: AskTurn,
  ms: number,
  method: string,
  params: readonly unknown[] | undefined,
  outcome: Outcome,
): void {
  callWallet(after, ms, () => provider.request(params ? { method, params } : { method }), outcome);
}

function isUnknownChain(thrown: unknown): boolean {
  const code = codeOf(thrown);
  // MetaMask mobile wraps the code: https://github.com/MetaMask/metamask-mobile/issues/3312
  const inner = codeOf(read(read(thrown, 'data'), 'originalError'));
  return (
    (code !== undefined && unknownChainCodes[code] === true) ||
    (inner !== undefined && unknownChainCodes[inner] === true)
  );
}
