import type { SolanaSignTransactionFeature } from '@solana/wallet-standard-features';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readyOnSolana } from '../../src/background/chains/ownBlockhash.ts';
import { lookUpTransaction } from '../../src/background/chains/solanaChain.ts';
import { solanaUsdc } from '../../src/core/assets.ts';
import type { SvmUsdc } from '../../src/core/assets.ts';
import type { Clock } from '../../src/core/clock.ts';
import { jumpGate } from '../../src/core/gateways.ts';
import type { SvmAuthorization } from '../../src/core/svmAuthorization.ts';
import { askChallenge } from '../../src/gateway/challenge.ts';
import { createHttp } from '../../src/gateway/http.ts';
import { jumpGateClient } from '../../src/gateway/jumpgate.ts';
import { waysToPay, readChallenge } from '../../src/x402/offer.ts';
import { payOverX402 } from '../../src/x402/payload.ts';
import { checkTransaction, readTransaction, unsignedTransaction } from '../../src/x402/svmGate.ts';
import type { BuiltTransaction } from '../../src/x402/svmGate.ts';
import type { SolanaChain } from '../rig/solana/chain.ts';
import { solanaAddresses, solanaSeeds } from '../rig/solana/keys.ts';
import type { SolanaFault } from '../rig/solana/offer.ts';
import type { NodeFault } from '../rig/solana/rpc.ts';
import type { SolanaEdit } from '../rig/wallet/options.ts';
import { createSolanaWallet } from '../rig/wallet/solana.ts';
import { startWorld } from '../rig/world.ts';
import type { World } from '../rig/world.ts';

const { payer, payee } = solanaAddresses;
const clock: Clock = {
  nowMs: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
const http = createHttp((url, init) => fetch(url, init), { clock, allowLocalhost: () => true });
const { wallet, setEdit } = wallets();

let world: World;
let solana: SolanaChain;
let usdc: SvmUsdc;

beforeAll(async () => {
  world = await startWorld({ blockTime: 'instant', solana: true, tokenDelayMs: 0 });
  if (!world.solana) throw new Error('The world has no Solana.');
  solana = world.solana;
  usdc = { ...solanaUsdc, rpcUrls: solana.nodes.map(({ rpcUrl }) => rpcUrl) };
});
afterAll(() => world.stop());
beforeEach(() => {
  world.gateway.faults.clear();
  for (const node of solana.nodes) node.setFault(undefined);
  setEdit({});
});

function wallets() {
  const seed = Buffer.from(solanaSeeds.payer).toString('hex');
  const made = createSolanaWallet({ seed, mode: 'sign', connected: true, name: 'Test', icon: '' }, () =>
    Promise.resolve(true),
  );
  return { wallet: made.wallet, setEdit: (edit: SolanaEdit) => made.setEdit(edit) };
}

async function walletSigns(transaction: string): Promise<string> {
  const [account] = wallet.accounts;
  if (!account) throw new Error('The wallet is not connected.');
  const feature = (wallet.features as SolanaSignTransactionFeature)['solana:signTransaction'];
  const [signed] = await feature.signTransaction({
    account,
    transaction: Buffer.from(transaction, 'base64'),
  });
  return Buffer.from(signed?.signedTransaction ?? []).toString('base64');
}

interface Bought {
  readonly status: number | undefined;
  readonly authorization: SvmAuthorization;
}

/** From the quote to the answer, as the background does it. */
async function buy(options: { send?: boolean } = {}): Promise<Bought> {
  const gateway = { ...jumpGate, baseUrl: world.gateway.url };
  const chat = jumpGateClient.freeze({ messages: [{ role: 'user', content: 'Hello.' }] }, gateway);
  const quoted = await jumpGateClient.quote(http, gateway, chat);
  const request = jumpGateClient.request(gateway, chat, quoted);
  const { header } = await askChallenge(http, request);
  const challenge = readChallenge(header, [usdc]);
  const wishes = { requestUrl: request.url, maxAmount: quoted.maxAmount, networks: [usdc.network] };
  const [offer] = waysToPay(challenge, wishes);
  if (offer.kind !== 'svm') throw new Error('The offer is not on Solana.');
  const blockhash = await readyOnSolana({ http, clock }, offer);
  let authorization: SvmAuthorization | undefined;
  const response = await payOverX402({
    offer,
    challenge,
    request,
    account: payer,
    blockhash,
    async sign(built) {
      authorization = await readTransaction(built as BuiltTransaction, { account: payer, offer, blockhash });
      const checked = checkTransaction(await walletSigns(unsignedTransaction(authorization)), authorization);
      if (checked.verdict !== 'valid') throw new Error(`The wallet’s answer is ${checked.verdict}.`);
      return checked.transaction;
    },
    async send({ url, headers, body }) {
      if (options.send === false) throw new Error('not sent');
      return http.post(url, { headers, body });
    },
  }).catch((error: unknown) => {
    if (!authorization || !(error instanceof Error) || error.message !== 'not sent') throw error;
    return undefined;
  });
  if (!authorization) throw new Error('Nothing was to be signed.');
  await response?.text();
  return { status: response?.status, authorization };
}

const sightingOf = (node: 0 | 1, authorization: SvmAuthorization, taken?: string) =>
  lookUpTransaction(http, solana.nodes[node].rpcUrl, usdc, authorization, async (found) => found === taken);

const lookUp = async (node: 0 | 1, authorization: SvmAuthorization, taken?: string) =>
  (await sightingOf(node, authorization, taken)).evidence;

describe('our payload at the official facilitator', () => {
  it.each([0, 1, 2, 3])('is verified and settled, with %i guards of the wallet’s', async (lighthouse) => {
    setEdit({ lighthouse });
    const before = [await solana.balanceOf(payer), await solana.balanceOf(payee)] as const;
    const slot = solana.slot();
    const { status, authorization } = await buy();
    expect(status).toBe(200);
    const value = BigInt(authorization.value);
    expect([await solana.balanceOf(payer), await solana.balanceOf(payee)]).toEqual([
      before[0] - value,
      before[1] + value,
    ]);
    expect(await solana.transfersSince(slot - 1n)).toMatchObject([
      { from: payer, to: payee, value, memo: `[32] ${authorization.memo}` },
    ]);
  });

  it.each(['amount', 'blockhash', 'memo'] as const)(
    'never carries what a wallet altered: %s',
    async (alter) => {
      setEdit({ alter });
      const slot = solana.slot();
      await expect(buy()).rejects.toThrow('mismatch');
      expect(await solana.transfersSince(slot - 1n)).toEqual([]);
    },
  );

  it('is settled with our own blockhash where the gateway brings one of its own', async () => {
    world.gateway.faults.next('serverBlockhash');
    const { status, authorization } = await buy();
    expect(status).toBe(200);
    expect(BigInt(authorization.lastValidBlockHeight)).toBeGreaterThan(solana.blockHeight() - 10n);
  });

  it('carries the gateway’s memo', async () => {
    world.gateway.faults.next('repeatedMemo');
    expect(await buy()).toMatchObject({ status: 200, authorization: { memo: 'order 1' } });
  });
});

describe('before anything is signed', () => {
  const refusals: readonly (readonly [SolanaFault, string])[] = [
    ['payeeWithoutAccount', 'payeeWithoutAccount'],
    ['feePayerIsPayer', 'unsafeOffer'],
  ];
  it.each(refusals)('%s is refused as %s', async (fault, reason) => {
    world.gateway.faults.next(fault);
    await expect(buy()).rejects.toMatchObject({ reason });
  });

  it.each<NodeFault>(['down', 'rate-limited', 'hangs'])(
    'one node that is %s leaves one alone, whose word for the end of a payment is not enough',
    async (fault) => {
      solana.nodes[1].setFault(fault);
      await expect(buy()).rejects.toMatchObject({ reason: 'nodesSilent' });
    },
  );

  it.each(['down', 'rate-limited', 'hangs'] as const)(
    'nothing is built while both nodes are %s',
    async (fault) => {
      for (const node of solana.nodes) node.setFault(fault);
      await expect(buy()).rejects.toMatchObject({ reason: 'nodesSilent' });
    },
  );
});

describe('what a node shows of a payment', () => {
  it('is nothing until its block is final, and then the very transaction', async () => {
    setEdit({ lighthouse: 2 });
    const slot = solana.slot();
    const { authorization } = await buy();
    const [transfer] = await solana.transfersSince(slot - 1n);
    expect(await lookUp(0, authorization)).toEqual({ kind: 'open' });
    solana.advance(32);
    const charged = { kind: 'charged', transaction: transfer?.signature };
    expect(await lookUp(0, authorization)).toMatchObject(charged);
    expect(await lookUp(1, authorization)).toEqual(await lookUp(0, authorization));
    solana.advance(1000);
    expect(await lookUp(0, authorization)).toMatchObject(charged);
  });

  it('is nothing where its transaction is the proof of another, and expires like any other', async () => {
    const slot = solana.slot();
    const { authorization } = await buy();
    const [transfer] = await solana.transfersSince(slot - 1n);
    solana.advance(32);
    expect(await lookUp(0, authorization, transfer?.signature)).toEqual({ kind: 'open' });
    solana.advance(161);
    expect(await lookUp(0, authorization, transfer?.signature)).toEqual({ kind: 'expired' });
  });

  it('comes with the time of the final block that it was read in', async () => {
    const { authorization } = await buy({ send: false });
    const before = (await sightingOf(0, authorization)).blockTimeMs ?? 0;
    expect(before).toBeGreaterThan(0);
    solana.advance(150);
    expect((await sightingOf(1, authorization)).blockTimeMs).toBe(before + 60_000);
  });

  it('is that it can no longer be charged, once the final height is past our own', async () => {
    const { authorization } = await buy({ send: false });
    expect(await lookUp(0, authorization)).toEqual({ kind: 'open' });
    // Its last block is there, but not final.
    solana.advance(161);
    expect(await lookUp(0, authorization)).toEqual({ kind: 'open' });
    solana.advance(32);
    expect(await lookUp(0, authorization)).toEqual({ kind: 'expired' });
  });

  it('is not another payment of the same amount to the same payee', async () => {
    const { authorization } = await buy({ send: false });
    await buy();
    solana.advance(32);
    expect(await lookUp(0, authorization)).toEqual({ kind: 'open' });
  });

  it.each<NodeFault>(['down', 'rate-limited'])('is nothing at all where it is %s', async (fault) => {
    const { authorization } = await buy({ send: false });
    solana.nodes[0].setFault(fault);
    await expect(lookUp(0, authorization)).rejects.toThrow();
  });

  it('is nothing at all where its list lags behind its height', async () => {
    const { authorization } = await buy();
    solana.advance(200);
    solana.nodes[0].setFault('ahead');
    await expect(lookUp(0, authorization)).rejects.toThrow('getSignaturesForAddress');
  });

  it('is open where it lags behind the chain as a whole', async () => {
    const { authorization } = await buy({ send: false });
    solana.advance(300);
    solana.nodes[0].setFault('behind');
    expect(await lookUp(0, authorization)).toEqual({ kind: 'open' });
    expect(await lookUp(1, authorization)).toEqual({ kind: 'expired' });
  });

  it('is a lie where it has lost its history, which the other node contradicts', async () => {
    const { authorization } = await buy();
    solana.advance(300);
    solana.nodes[0].setFault('forgets');
    expect(await lookUp(0, authorization)).toEqual({ kind: 'expired' });
    expect(await lookUp(1, authorization)).toMatchObject({ kind: 'charged' });
  });
});
