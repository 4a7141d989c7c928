import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { createWalletClient, http as transport, parseAbi, toHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { TypedDataDefinition } from 'viem';
import { base } from 'viem/chains';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRecovery } from '../../src/background/chains/recovery.ts';
import type { Recovery } from '../../src/background/chains/recovery.ts';
import { createSilentNodes } from '../../src/background/chains/silentNodes.ts';
import { baseUsdc } from '../../src/core/assets.ts';
import type { EvmAuthorization, Payment } from '../../src/core/ledger.ts';
import { createHttp } from '../../src/gateway/http.ts';
import { typedDataOf } from '../../src/x402/evmGate.ts';
import { fakeClock } from '../fakes/clock.ts';
import { draft } from '../fakes/payments.ts';
import { startChain } from '../rig/chain.ts';
import type { Chain } from '../rig/chain.ts';
import { keys, people } from '../rig/keys.ts';
import { listen } from '../rig/listen.ts';
import type { Listening } from '../rig/listen.ts';
import { ledgerRig } from '../storage/ledgerRig.ts';
import type { LedgerRig } from '../storage/ledgerRig.ts';

/*
 * What frees and what settles a hold, on the real token contract. The chain's clock is moved by hand; `finalized` is
 * two blocks behind the latest.
 */
const abi = parseAbi([
  'function transferWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, bytes signature)',
  'function cancelAuthorization(address authorizer, bytes32 nonce, bytes signature)',
]);
const payer = privateKeyToAccount(keys.payer);
const validForSeconds = 300;

let chain: Chain;
let rig: LedgerRig;
let lastNonce = 0;

beforeAll(async () => {
  chain = await startChain({ blockTime: 'manual' });
  await chain.mint(people.payer, 20_000_000n);
});
afterAll(() => chain.stop());
beforeEach(async () => {
  rig = await ledgerRig({ clock: fakeClock(await chainTimeMs()) });
});

async function rpc<T>(method: string, params: readonly unknown[] = []): Promise<T> {
  const response = await fetch(chain.rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return ((await response.json()) as { result: T }).result;
}

async function chainTimeMs(): Promise<number> {
  const { timestamp } = await rpc<{ timestamp: string }>('eth_getBlockByNumber', ['latest', false]);
  return Number(timestamp) * 1000;
}

function recoveryOver(rpcUrls: readonly string[], isLive = false): Recovery {
  const { clock, ledger } = rig;
  const time = { nowMs: () => Date.now(), after: () => () => undefined };
  const changes = { notify: () => undefined, subscribe: () => () => undefined };
  const configured = { known: () => [{ ...baseUsdc, rpcUrls }] };
  const forgets = { write: async () => undefined };
  return createRecovery({
    http: createHttp(globalThis.fetch, { clock: time, allowLocalhost: () => true }),
    clock,
    ledger,
    session: { get: async () => undefined, set: async () => undefined },
    runs: { isLive: () => isLive },
    changes,
    configured,
    silentNodes: createSilentNodes({ clock, changes, configured, store: forgets }, []),
    wakeAt: () => undefined,
  });
}

/** A payment whose message is out, with its signature. */
async function sentPayment(): Promise<{
  payment: Payment;
  authorization: EvmAuthorization;
  signature: `0x${string}`;
}> {
  const { ledger, clock } = rig;
  const reservation = await ledger.reserve(draft({ payTo: people.payee }));
  if (!('payment' in reservation)) throw new Error('No room for the payment.');
  const { payment } = reservation;
  const authorization: EvmAuthorization = {
    from: payer.address,
    to: people.payee,
    value: payment.amount.toString(),
    validAfter: '0',
    validBefore: String(Math.floor(clock.nowMs() / 1000) + validForSeconds),
    nonce: toHex((lastNonce += 1), { size: 32 }),
  };
  const typedData: TypedDataDefinition = typedDataOf(authorization, baseUsdc);
  const signature = await payer.signTypedData(typedData);
  await ledger.advance(payment.id, { type: 'sign', payer: payer.address, authorization });
  await ledger.advance(payment.id, { type: 'signed', signature });
  await ledger.advance(payment.id, { type: 'send' });
  return { payment, authorization, signature };
}

async function onChain(call: 'charge' | 'cancel', authorization: EvmAuthorization, signature: `0x${string}`) {
  const account = privateKeyToAccount(keys.facilitator);
  const client = createWalletClient({ account, chain: base, transport: transport(chain.rpcUrl) });
  const { from, to, value, validAfter, validBefore, nonce } = authorization;
  const contract = { address: baseUsdc.asset, abi, gas: 300_000n } as const;
  const hash =
    call === 'charge'
      ? await client.writeContract({
          ...contract,
          functionName: 'transferWithAuthorization',
          args: [from, to, BigInt(value), BigInt(validAfter), BigInt(validBefore), nonce, signature],
        })
      : await client.writeContract({
          ...contract,
          functionName: 'cancelAuthorization',
          args: [from, nonce, signature],
        });
  await chain.mine(1);
  return hash;
}

describe('a payment without a receipt', () => {
  it('stays counted while its message can still be charged', async () => {
    const { payment } = await sentPayment();
    await chain.mine(3);
    await recoveryOver([chain.rpcUrl]).look();
    expect((await rig.ledger.get(payment.id))?.state).toBe('sent');
  });

  it('stays counted after its time until a final block shows that time', async () => {
    const { payment } = await sentPayment();
    await chain.advance(validForSeconds + 1);
    await recoveryOver([chain.rpcUrl]).look();
    expect((await rig.ledger.get(payment.id))?.state).toBe('sent');
    await chain.mine(3);
    await recoveryOver([chain.rpcUrl]).look();
    expect(await rig.ledger.get(payment.id)).toMatchObject({
      state: 'released',
      releasedReason: 'expired-on-chain',
    });
  });

  it('stays counted after its time by the local clock alone', async () => {
    const { payment } = await sentPayment();
    await chain.mine(3);
    rig.clock.advance(24 * 3_600_000);
    await recoveryOver([chain.rpcUrl]).look();
    expect((await rig.ledger.get(payment.id))?.state).toBe('sent');
  });

  it('is settled by the charge in a final block, at that block’s time', async () => {
    const { payment, authorization, signature } = await sentPayment();
    const transaction = await onChain('charge', authorization, signature);
    const blockTimeMs = await chainTimeMs();
    await recoveryOver([chain.rpcUrl]).look();
    expect((await rig.ledger.get(payment.id))?.state).toBe('sent');
    await chain.mine(3);
    await recoveryOver([chain.rpcUrl]).look();
    expect(await rig.ledger.get(payment.id)).toMatchObject({
      state: 'settled',
      proof: 'chain',
      transaction,
      blockTimeMs,
    });
  });

  it('is released by a cancel, which sets the same state on chain as a charge', async () => {
    const { payment, authorization } = await sentPayment();
    const { domain } = typedDataOf(authorization, baseUsdc);
    const cancel = await payer.signTypedData({
      domain,
      types: {
        CancelAuthorization: [
          { name: 'authorizer', type: 'address' },
          { name: 'nonce', type: 'bytes32' },
        ],
      },
      primaryType: 'CancelAuthorization',
      message: { authorizer: payer.address, nonce: authorization.nonce },
    });
    await onChain('cancel', authorization, cancel);
    await chain.mine(3);
    await recoveryOver([chain.rpcUrl]).look();
    expect((await rig.ledger.get(payment.id))?.state).toBe('released');
  });

  it('is left alone while its call still runs', async () => {
    const { payment, authorization, signature } = await sentPayment();
    await onChain('charge', authorization, signature);
    await chain.mine(3);
    await recoveryOver([chain.rpcUrl], true).look();
    expect((await rig.ledger.get(payment.id))?.state).toBe('sent');
  });
});

describe('nodes that fail or lie', () => {
  const nodes: Listening[] = [];
  afterAll(async () => {
    for (const running of nodes) await running.close();
  });

  /** A node that answers each method with what `lie` makes of the true answer. */
  async function node(lie: (method: string, answer: unknown) => unknown): Promise<string> {
    const answer = async (request: IncomingMessage, response: ServerResponse) => {
      const { method, params } = JSON.parse(await readText(request)) as { method: string; params: unknown[] };
      const result = lie(method, await rpc(method, params));
      response.end(result === undefined ? 'down' : JSON.stringify({ jsonrpc: '2.0', id: 1, result }));
    };
    const running = await listen((request, response) => void answer(request, response), 0);
    nodes.push(running);
    return `http://127.0.0.1:${running.port}`;
  }

  const expiredPayment = async () => {
    const { payment } = await sentPayment();
    await chain.advance(validForSeconds + 1);
    await chain.mine(3);
    return payment;
  };

  it.each([
    ['one that is down', (): unknown => undefined],
    ['one that answers nonsense', (): unknown => ({ number: 'x' })],
    [
      'one whose blocks are old',
      (method: string, answer: unknown): unknown =>
        method === 'eth_getBlockByNumber' ? { ...(answer as object), timestamp: '0x1' } : answer,
    ],
    [
      'one that says it was used, without an event',
      (method: string, answer: unknown): unknown =>
        method === 'eth_call' ? toHex(1, { size: 32 }) : method === 'eth_getLogs' ? [] : answer,
    ],
  ])('frees nothing on two nodes of which %s', async (_name, lie) => {
    const payment = await expiredPayment();
    await recoveryOver([chain.rpcUrl, await node(lie)]).look();
    expect((await rig.ledger.get(payment.id))?.state).toBe('sent');
  });

  it('frees on two of three that agree while the third is down', async () => {
    const payment = await expiredPayment();
    const honest = await node((_method, answer) => answer);
    const down = await node(() => undefined);
    await recoveryOver([chain.rpcUrl, down, honest]).look();
    expect((await rig.ledger.get(payment.id))?.state).toBe('released');
  });

  it('frees nothing where two agree and a third contradicts them', async () => {
    const payment = await expiredPayment();
    const honest = await node((_method, answer) => answer);
    const behind = await node((method, answer) =>
      method === 'eth_getBlockByNumber' ? { ...(answer as object), timestamp: '0x1' } : answer,
    );
    await recoveryOver([chain.rpcUrl, honest, behind]).look();
    expect((await rig.ledger.get(payment.id))?.state).toBe('sent');
  });
});
