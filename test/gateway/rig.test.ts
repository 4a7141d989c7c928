import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/core/clock.ts';
import { Failure } from '../../src/core/failure.ts';
import { pinnedAssets } from '../../src/core/assets.ts';
import { jumpGate } from '../../src/core/gateways.ts';
import type { Gateway } from '../../src/core/gateways.ts';
import type { AnswerItem } from '../../src/gateway/answerFrames.ts';
import { createHttp } from '../../src/gateway/http.ts';
import { askChallenge } from '../../src/gateway/challenge.ts';
import { jumpGateClient } from '../../src/gateway/jumpgate.ts';
import { fetchModels } from '../../src/gateway/models.ts';
import { readAnswer } from '../../src/gateway/sse.ts';
import { readTypedData } from '../../src/x402/evmGate.ts';
import { waysToPay, readChallenge } from '../../src/x402/offer.ts';
import { payOverX402, readReceipt } from '../../src/x402/payload.ts';
import { startChain } from '../rig/chain.ts';
import type { Chain } from '../rig/chain.ts';
import { createFacilitator } from '../rig/facilitator.ts';
import type { FaultName } from '../rig/faults.ts';
import { startGateway } from '../rig/gateway.ts';
import type { RigGateway } from '../rig/gateway.ts';
import { keys, people } from '../rig/keys.ts';
import { walletSignature } from '../x402/paying.ts';

/** Real time: the chain and the official client go by it. */
const clock: Clock = {
  nowMs: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
const http = createHttp(globalThis.fetch, { clock, allowLocalhost: () => true });
const wallet = privateKeyToAccount(keys.payer);

let chain: Chain;
let rig: RigGateway;
let gateway: Gateway;

beforeAll(async () => {
  chain = await startChain({ port: 0, blockTime: 'instant' });
  await chain.mint(people.payer, 20_000_000n);
  rig = await startGateway({
    facilitator: createFacilitator(chain.rpcUrl),
    payee: people.payee,
    tokenDelayMs: 0,
  });
  gateway = { ...jumpGate, baseUrl: rig.url, catalogueUrl: `${rig.url}/v1/models` };
});

afterEach(() => rig.faults.clear());

afterAll(async () => {
  await rig.stop();
  await chain.stop();
});

interface Bought {
  readonly response: Response;
  readonly items: readonly AnswerItem[];
  readonly failure: unknown;
}

/** From the quote to the end of the answer, as the background does it. */
async function buy(): Promise<Bought> {
  const messages = [{ role: 'user' as const, content: 'Explain verifiable inference in one paragraph.' }];
  const chat = jumpGateClient.freeze({ messages, max_completion_tokens: 1000 }, gateway);
  const quoted = await jumpGateClient.quote(http, gateway, chat);
  const request = jumpGateClient.request(gateway, chat, quoted);
  const { header, dateMs } = await askChallenge(http, request);
  const read = readChallenge(header, pinnedAssets, dateMs);
  const wishes = { requestUrl: request.url, maxAmount: quoted.maxAmount, networks: ['eip155:8453'] } as const;
  const [offer] = waysToPay(read, wishes);
  const response = await payOverX402({
    offer,
    challenge: read,
    account: wallet.address,
    request,
    async sign(typedData) {
      const authorization = readTypedData(typedData, {
        account: wallet.address,
        offer,
        nowMs: clock.nowMs(),
      });
      return walletSignature(authorization, wallet);
    },
    send: ({ url, headers, body }) => http.post(url, { headers, body, lostAs: 'paymentUnknown' }),
  });
  const items: AnswerItem[] = [];
  let failure: unknown;
  try {
    if (response.ok && response.body) {
      for await (const batch of readAnswer(response.body, { clock })) items.push(...batch);
    }
  } catch (error) {
    failure = error;
  }
  return { response, items, failure };
}

/** What a fault leads to: the reason and its detail, where it happened, and what was charged. */
async function underFault(name: FaultName): Promise<{ end: string; charged: bigint; paidRequests: number }> {
  const block = await chain.blockNumber();
  const seen = rig.requests.length;
  rig.faults.set(name);
  let end: unknown;
  try {
    const { response, failure, items } = await buy();
    end = failure ?? (response.ok ? items.at(-1)?.type : `status ${response.status}`);
  } catch (error) {
    end = error;
  }
  const paidRequests = rig.requests.slice(seen).filter(({ headers }) => 'payment-signature' in headers);
  const moved = await chain.transfersSince(block);
  return {
    end: end instanceof Failure ? end.reason : String(end),
    charged: moved.reduce((sum, { value }) => sum + value, 0n),
    paidRequests: paidRequests.length,
  };
}

function textOf(items: readonly AnswerItem[], key: 'content' | 'reasoning' = 'content'): string {
  return items
    .flatMap((item) => (item.type === 'delta' ? item.choices.map(({ delta }) => delta[key] ?? '') : []))
    .join('');
}

describe('the documented example on a local Base, with the official server and facilitator', () => {
  it('costs 4424 micro-USDC, says so in its receipt, and is answered', async () => {
    const before = { payer: await chain.balanceOf(people.payer), payee: await chain.balanceOf(people.payee) };
    const block = await chain.blockNumber();
    const { response, items, failure } = await buy();
    expect(failure).toBeUndefined();
    expect(await chain.balanceOf(people.payer)).toBe(before.payer - 4424n);
    expect(await chain.balanceOf(people.payee)).toBe(before.payee + 4424n);
    const [transfer] = await chain.transfersSince(block);
    expect(readReceipt(response.headers)).toEqual({
      success: true,
      transaction: transfer?.transaction,
      network: 'eip155:8453',
    });
    expect(textOf(items)).toContain('erifiable inference');
    expect(items.slice(-3).map(({ type }) => type)).toEqual(['usage', 'verification', 'done']);
  });

  it('is found in the catalogue', async () => {
    expect((await fetchModels(http, gateway)).map(({ id }) => id)).toContain('ambient/large');
  });

  it('keeps reasoning apart from the answer in plain chunks', async () => {
    rig.faults.set('plainChunks');
    const { items } = await buy();
    expect(textOf(items, 'reasoning')).not.toBe('');
    expect(textOf(items)).not.toContain(textOf(items, 'reasoning'));
  });
});

describe('a gateway that fails', () => {
  it.each<[FaultName, string]>([
    ['quoteDown', 'gatewayDown'],
    ['quoteHtml', 'gatewayUnclear'],
    ['quoteHuge', 'gatewayUnclear'],
    ['quoteHostileHeaders', 'unsafeQuote'],
    ['challengeMissing', 'noChallenge'],
    ['challengeMalformed', 'noChallenge'],
    // Node refuses so long a header by itself; browsers leave that to us.
    ['challengeHuge', 'gatewayDown'],
    ['noWorkers', 'gatewayDown'],
    ['priceAboveQuote', 'aboveQuote'],
    ['otherNetwork', 'noUsableOffer'],
    ['otherAsset', 'noUsableOffer'],
    ['otherResource', 'unsafeOffer'],
    ['longTimeout', 'unsafeOffer'],
    ['permit2', 'unsafeOffer'],
  ])('before the payment gets no signature: %s', async (fault, end) => {
    expect(await underFault(fault)).toEqual({ end, charged: 0n, paidRequests: 0 });
  });

  it.each<[FaultName, string, bigint]>([
    ['redirect', 'paymentUnknown', 0n],
    ['dropBeforeSettle', 'paymentUnknown', 0n],
    ['dropAfterSettle', 'paymentUnknown', 4424n],
    ['doubleChallenge', 'status 402', 4424n],
    ['error500AfterPaying', 'status 500', 4424n],
    ['paymentTooSmall', 'status 403', 0n],
    ['dropMidStream', 'streamBroken', 4424n],
    ['noDone', 'verification', 4424n],
    ['noReceipt', 'done', 4424n],
    ['emptyAnswer', 'done', 4424n],
    ['badFrame', 'done', 4424n],
    ['hugeEvent', 'streamTooLarge', 4424n],
    ['endless', 'streamTooLarge', 4424n],
  ])('after the payment gets one request and one charge at most: %s', async (fault, end, charged) => {
    expect(await underFault(fault)).toEqual({ end, charged, paidRequests: 1 });
    expect(rig.elsewhere.requests).toEqual([]);
  });
});
