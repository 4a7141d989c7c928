import { decodePaymentRequiredHeader } from '@x402/core/http';
import { Challenge } from 'mppx';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startChain } from '../rig/chain.ts';
import type { Chain } from '../rig/chain.ts';
import { createFacilitator } from '../rig/facilitator.ts';
import { faultDocs } from '../rig/faults.ts';
import type { FaultName } from '../rig/faults.ts';
import { startGateway } from '../rig/gateway.ts';
import type { RigGateway } from '../rig/gateway.ts';
import { keys, people, strangerAddress } from '../rig/keys.ts';
import type { SolanaFault } from '../rig/solana/offer.ts';
import { contentOf, dataOf, unguardedClient } from './unguardedClient.ts';

let chain: Chain;
let gateway: RigGateway;
let client: ReturnType<typeof unguardedClient>;

beforeAll(async () => {
  chain = await startChain({ blockTime: 'instant' });
  await chain.mint(people.payer, 20_000_000n);
  const facilitator = createFacilitator(chain.rpcUrl);
  gateway = await startGateway({ facilitator, payee: people.payee, tokenDelayMs: 0 });
  client = unguardedClient(gateway, keys.payer);
});
afterAll(async () => {
  await gateway.stop();
  await chain.stop();
});
beforeEach(() => gateway.faults.clear());

/** The micro-USDC that leave the payer meanwhile. */
async function costOf(work: () => Promise<unknown>): Promise<bigint> {
  const before = await chain.balanceOf(people.payer);
  await work();
  return before - (await chain.balanceOf(people.payer));
}

async function offered() {
  const response = await client.ask();
  expect(response.status).toBe(402);
  const challenge = decodePaymentRequiredHeader(response.headers.get('payment-required') ?? '');
  return { ...challenge, offer: challenge.accepts[0] };
}

const paidText = async () => (await client.pay()).text();

/** One proof for each switch, but for Solana's (solana.test.ts): it is on for the next request that meets it. */
const proofs: Record<Exclude<FaultName, SolanaFault>, () => Promise<void>> = {
  async quoteDown() {
    await expect(client.quote()).rejects.toThrow('503');
  },
  async quoteHtml() {
    await expect(client.quote()).rejects.toThrow(SyntaxError);
  },
  async quoteHuge() {
    expect(JSON.stringify(await client.quote()).length).toBeGreaterThan(200_000);
  },
  async quoteHostileHeaders() {
    expect((await client.quote()).headers).toHaveProperty('authorization');
  },
  async challengeMissing() {
    expect((await client.ask()).headers.has('payment-required')).toBe(false);
  },
  async holdChallenge() {
    let answered = false;
    const response = client.ask().finally(() => (answered = true));
    await gateway.hold.reached();
    expect(answered).toBe(false);
    gateway.hold.release();
    expect((await response).status).toBe(402);
  },
  async challengeMalformed() {
    expect((await offered()).accepts).toBe(7);
  },
  async challengeHuge() {
    // Over what Node's fetch takes in headers.
    await expect(client.ask()).rejects.toThrow();
  },
  async priceAboveQuote() {
    expect((await offered()).offer?.amount).toBe('4475');
  },
  async priceChangedBetween() {
    const first = await client.pay();
    expect(first.status).toBe(402);
    const again = await offered();
    expect(again.offer?.amount).toBe('4468');
    expect(await costOf(paidText)).toBe(4468n);
  },
  async otherPayee() {
    expect(await costOf(paidText)).toBe(4424n);
    expect(await chain.balanceOf(strangerAddress)).toBe(4424n);
  },
  async otherNetwork() {
    expect((await offered()).offer?.network).toBe('eip155:84532');
  },
  async otherAsset() {
    expect((await offered()).offer?.asset).toBe('0x50c5725949A6F0c72E6C4a641F24049A917DB0Cb');
  },
  async otherResource() {
    expect((await offered()).resource?.url).toContain('elsewhere.example');
  },
  async longTimeout() {
    expect(await costOf(paidText)).toBe(4424n);
    const payment = gateway.requests.at(-1)?.headers['payment-signature'] ?? '';
    expect(Buffer.from(payment, 'base64').toString()).toContain('"maxTimeoutSeconds":315360000');
  },
  async permit2() {
    expect((await offered()).offer?.extra).toMatchObject({ assetTransferMethod: 'permit2' });
  },
  async challengeAs401() {
    const response = await client.ask();
    expect([response.status, response.headers.has('payment-required')]).toEqual([401, true]);
  },
  async mppBeside() {
    const offers = Challenge.fromResponseList(await client.ask());
    expect(offers.map(({ method }) => method)).toEqual(['tempo', 'evm']);
    expect(offers[0]?.request).toMatchObject({ amount: '4424' });
  },
  async wholeAnswer() {
    const response = await client.pay();
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(JSON.parse(await response.text())).toMatchObject({
      choices: [{ message: { content: expect.stringContaining('Verifiable inference') } }],
    });
  },
  async redirect() {
    expect(await costOf(paidText)).toBe(0n);
    expect(gateway.elsewhere.requests).toHaveLength(1);
    // The unguarded client carries prompt and signature along.
    expect(gateway.elsewhere.requests[0]?.body).toContain('verifiable inference');
    expect(gateway.elsewhere.requests[0]?.headers).toHaveProperty('payment-signature');
  },
  async dropBeforeSettle() {
    expect(await costOf(() => expect(client.pay()).rejects.toThrow())).toBe(0n);
    expect(await costOf(async () => (await client.resend()).text())).toBe(4424n);
  },
  async dropAfterSettle() {
    expect(await costOf(() => expect(client.pay()).rejects.toThrow())).toBe(4424n);
    expect((await client.resend()).status).toBe(402);
  },
  async dropMidStream() {
    const response = await client.pay();
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  },
  async noDone() {
    const text = await paidText();
    expect(text).toContain('Verification');
    expect(text).not.toContain('[DONE]');
  },
  async doubleChallenge() {
    const cost = await costOf(async () => expect((await client.pay()).status).toBe(402));
    expect(cost).toBe(4424n);
  },
  async error500AfterPaying() {
    const cost = await costOf(async () => expect((await client.pay()).status).toBe(500));
    expect(cost).toBe(4424n);
  },
  async noReceipt() {
    const response = await client.pay();
    expect(response.headers.has('payment-response')).toBe(false);
    expect(await response.text()).toContain('[DONE]');
  },
  async noWorkers() {
    const response = await client.ask();
    expect(response.status).toBe(429);
    expect(await response.text()).toContain('No workers available');
  },
  async paymentTooSmall() {
    const cost = await costOf(async () => expect((await client.pay()).status).toBe(403));
    expect(cost).toBe(0n);
  },
  async slowHeaders() {
    gateway.faults.next('slowHeaders', { ms: 150 });
    const before = performance.now();
    await client.pay();
    expect(performance.now() - before).toBeGreaterThan(150);
  },
  async slowTokens() {
    gateway.faults.next('slowTokens', { ms: 3 });
    const response = await client.pay();
    const before = performance.now();
    const words = contentOf(await response.text()).split(' ').length;
    expect(performance.now() - before).toBeGreaterThan(words);
  },
  async holdStream() {
    const response = await client.pay();
    let ended = false;
    const text = response.text().finally(() => (ended = true));
    await gateway.hold.reached();
    expect(ended).toBe(false);
    gateway.hold.release();
    expect(await text).toContain('[DONE]');
  },
  async emptyAnswer() {
    const text = await paidText();
    expect(contentOf(text)).toBe('');
    expect(text).toContain('"completion_tokens":0');
    expect(text).toContain('[DONE]');
  },
  async badFrame() {
    const text = await paidText();
    const bad = dataOf(text).filter((data) => data !== '[DONE]' && !isJson(data));
    expect(bad).toHaveLength(3);
    expect(bad[2]).toContain('\uFFFD');
    expect(text).toContain('[DONE]');
  },
  async plainChunks() {
    const text = await paidText();
    expect(text).not.toContain('"Content"');
    expect(text).toContain('"reasoning":');
    expect(text).toContain('"finish_reason":"stop"');
  },
  async hugeEvent() {
    const sizes = dataOf(await paidText()).map((data) => data.length);
    expect(Math.max(...sizes)).toBeGreaterThan(2 * 1024 * 1024 - 10);
  },
  async endless() {
    const leave = new AbortController();
    const response = await client.pay(leave.signal);
    let bytes = 0;
    for await (const part of response.body ?? []) {
      bytes += part.length;
      if (bytes > 17 * 1024 * 1024) break;
    }
    leave.abort();
    expect(bytes).toBeGreaterThan(17 * 1024 * 1024);
  },
};

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isProved(name: string): name is keyof typeof proofs {
  return Object.hasOwn(proofs, name);
}

describe('a fault switch', () => {
  for (const fault of Object.keys(proofs).filter(isProved)) {
    it(`${fault}: ${faultDocs[fault]}`, async () => {
      gateway.faults.next(fault);
      await proofs[fault]();
      expect(gateway.faults.active().has(fault)).toBe(false);
    });
  }

  it('leaves nothing behind', async () => {
    expect(await costOf(async () => expect(await paidText()).toContain('[DONE]'))).toBe(4424n);
  });

  it('stays on until cleared where it is set so', async () => {
    gateway.faults.set('quoteDown');
    await expect(client.quote()).rejects.toThrow('503');
    await expect(client.quote()).rejects.toThrow('503');
    gateway.faults.clear('quoteDown');
    expect((await client.quote()).amount_micro_usdc).toBe(4424);
  });

  it.each([301, 302, 303, 307, 308])('redirects with %i too', async (status) => {
    const { headers } = await client.quote();
    gateway.faults.next('redirect', { status });
    const response = await fetch(`${gateway.url}/paid/chat/v2`, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...headers, 'payment-signature': 'any' },
      body: gateway.requests.findLast(({ path }) => path === '/paid/chat/v2')?.body ?? '',
    });
    expect(response.status).toBe(status);
  });

  it('is set and cleared over HTTP', async () => {
    const order = async (body: object) => {
      const init = { method: 'POST', body: JSON.stringify(body) };
      const response = await fetch(`${gateway.url}/rig/faults`, init);
      const { faults }: { faults: { name: string; on: string }[] } = JSON.parse(await response.text());
      return faults.filter(({ on }) => on !== 'off').map(({ name, on }) => `${name} ${on}`);
    };
    expect(await order({ name: 'noDone', until: 'cleared' })).toEqual(['noDone cleared']);
    expect(await order({ name: 'noReceipt', until: 'next' })).toEqual(['noDone cleared', 'noReceipt next']);
    expect(await order({ clear: 'noDone' })).toEqual(['noReceipt next']);
    expect(await order({ clear: true })).toEqual([]);
    const unknown = { method: 'POST', body: '{"name":"constructor","until":"next"}' };
    expect((await fetch(`${gateway.url}/rig/faults`, unknown)).status).toBe(400);
  });
});
