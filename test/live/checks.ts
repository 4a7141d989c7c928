import { pinnedAssets } from '../../src/core/assets.ts';
import type { Gateway } from '../../src/core/gateways.ts';
import { defaultSiteCaps } from '../../src/core/limits.ts';
import { formatUsdc } from '../../src/core/money.ts';
import type { MicroUsdc } from '../../src/core/money.ts';
import type { Http } from '../../src/gateway/http.ts';
import { askChallenge } from '../../src/gateway/challenge.ts';
import { clientOf } from '../../src/gateway/clients.ts';
import { fetchModels } from '../../src/gateway/models.ts';
import { waysToPay, readChallenge } from '../../src/x402/offer.ts';
import type { Challenge } from '../../src/x402/offer.ts';

/** Runs one check: what it finds, in words, and what the next one needs. */
export type Step = <Found>(
  check: string,
  run: () => Promise<Found>,
  words: (found: Found) => string,
) => Promise<Found>;

const messages = [{ role: 'user', content: 'Say hello.' }] as const;
/** Small, and above the floor that a facilitator is said to have. */
const boundTokens = 300;
const networks = pinnedAssets.map(({ network }) => network);

/** A gateway as PaidChat uses it: the same functions, up to where the wallet would be asked. */
export async function checkGateway(http: Http, step: Step, gateway: Gateway): Promise<void> {
  const client = clientOf(gateway);
  const models = await step(
    'models',
    () => fetchModels(http, gateway),
    (found) => listed(found.map(({ id }) => id)),
  );
  const model = preferred(
    models.map(({ id }) => id),
    gateway.defaultModel,
  );
  const chat = client.freeze({ model, messages: [...messages], max_tokens: boundTokens }, gateway);
  const { quote } = client;
  const quoted =
    quote &&
    (await step(
      'quote',
      () => quote(http, gateway, chat),
      ({ amount, maxAmount, inputTokens, maxOutputTokens }) =>
        `${usdc(amount)}, at most ${usdc(maxAmount)}, for ${inputTokens} tokens in and ${maxOutputTokens} out of ${model}`,
    ));
  const request = client.request(gateway, chat, quoted);
  const { challenge } = await step(
    'challenge',
    async () => {
      const { header, dateMs, alsoOffered } = await askChallenge(http, request);
      return { challenge: readChallenge(header, pinnedAssets, dateMs), alsoOffered };
    },
    ({ challenge, alsoOffered }) =>
      [challengeWords(challenge), ...alsoOffered.map((method) => `also offers MPP by ${method}`)].join('; '),
  );
  const maxAmount = quoted?.maxAmount ?? defaultSiteCaps.request;
  await step(
    'gates',
    async () => waysToPay(challenge, { requestUrl: request.url, maxAmount, networks })[0],
    offerWords,
  );
}

function preferred(ids: readonly string[], wanted: string): string {
  return ids.includes(wanted) ? wanted : (ids[0] ?? wanted);
}

function listed(ids: readonly string[]): string {
  const first = ids.slice(0, 3).join(', ');
  return ids.length > 3 ? `${ids.length}: ${first}, …` : `${ids.length}: ${first}`;
}

function challengeWords({ raw, serverTimeMs }: Challenge): string {
  const offers = raw.accepts.map(({ scheme, network }) => `${scheme} on ${network}`).join(', ');
  if (serverTimeMs === undefined) return offers;
  const seconds = Math.round((serverTimeMs - Date.now()) / 1000);
  return Math.abs(seconds) > 5 ? `${offers}; its clock is ${seconds} s from ours` : offers;
}

function offerWords(offer: ReturnType<typeof waysToPay>[0]): string {
  const { amount, usdc: asset, payTo, maxTimeoutSeconds } = offer;
  return `would pay ${usdc(amount)} on ${asset.networkName} to ${payTo}, signed for ${maxTimeoutSeconds} s`;
}

function usdc(amount: MicroUsdc): string {
  return `${formatUsdc(amount)} USDC`;
}
