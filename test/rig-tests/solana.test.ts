import { createSolanaRpc, getBase58Decoder, getBase64Encoder, getTransactionDecoder } from '@solana/kit';
import type { Signature } from '@solana/kit';
import { decodePaymentRequiredHeader, encodePaymentSignatureHeader } from '@x402/core/http';
import { x402Client } from '@x402/core/client';
import { ExactSvmScheme } from '@x402/svm/exact/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSolana } from '../rig/solana/chain.ts';
import type { SolanaChain } from '../rig/solana/chain.ts';
import { solanaAddresses, solanaSeeds, solanaSigner } from '../rig/solana/keys.ts';
import type { SolanaFault } from '../rig/solana/offer.ts';
import { solanaNetwork, tokenAccountOf } from '../rig/solana/usdc.ts';
import { startWorld } from '../rig/world.ts';
import type { World } from '../rig/world.ts';

const { payer, payee } = solanaAddresses;
const body = JSON.stringify({
  model: 'ambient/large',
  messages: [{ role: 'user', content: 'Say hello in five words.' }],
  stream: true,
  is_paid: true,
  max_completion_tokens: 1000,
});

const reasonIn = (answer: Response) =>
  decodePaymentRequiredHeader(answer.headers.get('PAYMENT-REQUIRED') ?? '').error;

describe("the rig's people on Solana", () => {
  it('have the addresses that are written down', async () => {
    for (const person of Object.keys(solanaSeeds) as (keyof typeof solanaSeeds)[]) {
      expect((await solanaSigner(person)).address).toBe(solanaAddresses[person]);
    }
  });
});

describe('the gateway with both chains', () => {
  let world: World;
  let solana: SolanaChain;
  const rpc = (node: 0 | 1 = 0) => createSolanaRpc(solana.nodes[node].rpcUrl);

  beforeAll(async () => {
    world = await startWorld({ blockTime: 'instant', solana: true, tokenDelayMs: 0 });
    if (!world.solana) throw new Error('The world has no Solana.');
    solana = world.solana;
  });
  afterAll(() => world.stop());

  async function challenge() {
    const quoted = await fetch(`${world.gateway.url}/paid/chat/v2/quote`, { method: 'POST', body });
    const { headers } = (await quoted.json()) as { headers: Record<string, string> };
    const unpaid = await fetch(`${world.gateway.url}/paid/chat/v2`, { method: 'POST', body, headers });
    return { headers, required: decodePaymentRequiredHeader(unpaid.headers.get('PAYMENT-REQUIRED') ?? '') };
  }

  /** The official client, as it comes. */
  async function sign(required: Awaited<ReturnType<typeof challenge>>['required']) {
    const scheme = new ExactSvmScheme(await solanaSigner('payer'), { rpcUrl: solana.nodes[0].rpcUrl });
    const client = new x402Client().register(solanaNetwork, scheme);
    const accepts = required.accepts.filter(({ network }) => network === solanaNetwork);
    return client.createPaymentPayload({ ...required, accepts });
  }

  async function pay() {
    const { headers, required } = await challenge();
    const payload = await sign(required);
    return fetch(`${world.gateway.url}/paid/chat/v2`, {
      method: 'POST',
      body,
      headers: { ...headers, 'PAYMENT-SIGNATURE': encodePaymentSignatureHeader(payload) },
    });
  }

  it('offers Solana with its fee payer first, then Base', async () => {
    const { required } = await challenge();
    expect(required.accepts).toMatchObject([
      { network: solanaNetwork, payTo: payee, extra: { feePayer: solanaAddresses.facilitator } },
      { network: 'eip155:8453' },
    ]);
  });

  it('is paid by the official client, and the chain says so', async () => {
    const before = {
      slot: solana.slot(),
      payer: await solana.balanceOf(payer),
      payee: await solana.balanceOf(payee),
    };
    const answer = await pay();
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('[DONE]');

    const [transfer, ...more] = await solana.transfersSince(before.slot - 1n);
    expect(more).toEqual([]);
    expect(transfer).toMatchObject({ from: payer, to: payee });
    const value = transfer?.value ?? 0n;
    expect(value).toBeGreaterThan(4000n);
    expect(await solana.balanceOf(payer)).toBe(before.payer - value);
    expect(await solana.balanceOf(payee)).toBe(before.payee + value);
  });

  it('shows a settled payment under the payer’s token account, with its memo, in both nodes', async () => {
    const account = await tokenAccountOf(payer);
    const slot = solana.slot();
    await (await pay()).text();
    const [transfer] = await solana.transfersSince(slot - 1n);
    const { memo, signature } = transfer ?? {};
    expect(memo).toMatch(/^\[32\] [0-9a-f]{32}$/);
    expect(
      await rpc().getSignaturesForAddress(account, { commitment: 'finalized', limit: 1 }).send(),
    ).not.toMatchObject([{ signature }]);
    solana.advance(32);
    for (const node of [0, 1] as const) {
      const found = await rpc(node)
        .getSignaturesForAddress(account, { commitment: 'finalized', limit: 1 })
        .send();
      expect(found).toMatchObject([{ signature, memo, err: null, confirmationStatus: 'finalized' }]);
    }
  });

  it('gives the transaction back byte for byte', async () => {
    const slot = solana.slot();
    await (await pay()).text();
    const [transfer] = await solana.transfersSince(slot - 1n);
    const signature = (transfer?.signature ?? '') as Signature;
    const found = await rpc()
      .getTransaction(signature, {
        commitment: 'confirmed',
        encoding: 'base64',
        maxSupportedTransactionVersion: 0,
      })
      .send();
    const wire = getBase64Encoder().encode(found?.transaction[0] ?? '');
    const [first] = Object.values(getTransactionDecoder().decode(wire).signatures);
    expect(first && getBase58Decoder().decode(first)).toBe(signature);
  });

  it('charges a transaction once', async () => {
    const { headers, required } = await challenge();
    const header = encodePaymentSignatureHeader(await sign(required));
    const slot = solana.slot();
    const send = () =>
      fetch(`${world.gateway.url}/paid/chat/v2`, {
        method: 'POST',
        body,
        headers: { ...headers, 'PAYMENT-SIGNATURE': header },
      });
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(402);
    expect(await solana.transfersSince(slot - 1n)).toHaveLength(1);
  });

  it('does not settle a transaction whose blockhash is too old', async () => {
    const { headers, required } = await challenge();
    const header = encodePaymentSignatureHeader(await sign(required));
    const slot = solana.slot();
    solana.advance(151);
    const answer = await fetch(`${world.gateway.url}/paid/chat/v2`, {
      method: 'POST',
      body,
      headers: { ...headers, 'PAYMENT-SIGNATURE': header },
    });
    expect(answer.status).toBe(402);
    expect(reasonIn(answer)).toContain('simulation_failed');
    expect(await solana.transfersSince(slot - 1n)).toEqual([]);
  });

  const offered = async () =>
    (await challenge()).required.accepts.find(({ network }) => network === solanaNetwork);
  const faults: Record<SolanaFault, () => Promise<void>> = {
    async payeeWithoutAccount() {
      const slot = solana.slot();
      const answer = await pay();
      expect(answer.status).toBe(402);
      expect(reasonIn(answer)).toContain('simulation_failed');
      expect(await solana.transfersSince(slot - 1n)).toEqual([]);
    },
    async repeatedMemo() {
      expect(await offered()).toMatchObject({ extra: { memo: 'order 1' } });
    },
    async serverBlockhash() {
      expect(await offered()).toMatchObject({ extra: { lastValidBlockHeight: '1' } });
    },
    async feePayerIsPayer() {
      expect(await offered()).toMatchObject({ extra: { feePayer: payer } });
    },
  };

  it.each(Object.keys(faults) as SolanaFault[])('switches %s on for the next request', async (name) => {
    world.gateway.faults.next(name);
    await faults[name]();
    expect(world.gateway.faults.active().size).toBe(0);
    expect((await pay()).status).toBe(200);
  });
});

describe('a node of the local Solana', () => {
  let solana: SolanaChain;
  beforeAll(async () => {
    solana = await startSolana({ slotTime: 'instant' });
  });
  afterAll(() => solana.stop());
  const rpc = () => createSolanaRpc(solana.nodes[0].rpcUrl);

  it('keeps a blockhash for 150 blocks, and never takes its height for its slot', async () => {
    const { value, context } = await rpc().getLatestBlockhash({ commitment: 'confirmed' }).send();
    expect(value.lastValidBlockHeight).toBeLessThan(context.slot);
    const isValid = async () =>
      (await rpc().isBlockhashValid(value.blockhash, { commitment: 'confirmed' }).send()).value;
    solana.advance(150);
    expect(await isValid()).toBe(true);
    solana.advance(1);
    expect(await isValid()).toBe(false);
    const { blockHeight } = await rpc().getEpochInfo({ commitment: 'confirmed' }).send();
    expect(blockHeight).toBe(value.lastValidBlockHeight + 1n);
  });

  it('has a faucet, and no account for those who never got any', async () => {
    await solana.mint(solanaAddresses.payer, 5n);
    await solana.mint(solanaAddresses.payer, 7n);
    expect(await solana.balanceOf(solanaAddresses.payer)).toBe(12n);
    const nobody = await tokenAccountOf(solanaAddresses.stranger);
    expect((await rpc().getAccountInfo(nobody, { encoding: 'base64' }).send()).value).toBeNull();
  });

  it.each(['down', 'rate-limited'] as const)('can be %s', async (fault) => {
    solana.nodes[0].setFault(fault);
    await expect(rpc().getSlot().send()).rejects.toThrow();
    solana.nodes[0].setFault(undefined);
    expect(await rpc().getSlot().send()).toBeGreaterThan(0n);
  });
});
