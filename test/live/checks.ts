import { usdcByNetwork } from '../../src/core/assets.ts';
import type { Network } from '../../src/core/assets.ts';
import { Failure } from '../../src/core/failure.ts';
import { jumpGate } from '../../src/core/gateways.ts';
import { isJsonObject } from '../../src/core/json.ts';
import { defaultSiteCaps } from '../../src/core/limits.ts';
import { formatUsdc } from '../../src/core/money.ts';
import type { MicroUsdc } from '../../src/core/money.ts';
import { failureOf } from '../../src/gateway/answers.ts';
import { parseJson, shortAnswer } from '../../src/gateway/http.ts';
import type { Http } from '../../src/gateway/http.ts';
import { buildBody, challenge, chatUrl, quote } from '../../src/gateway/jumpgate.ts';
import type { RawChallenge } from '../../src/gateway/jumpgate.ts';
import { fetchModels } from '../../src/gateway/models.ts';
import { chooseOffer, readChallenge } from '../../src/x402/offer.ts';
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
const networks = Object.keys(usdcByNetwork) as Network[];
const maxCatalogueBytes = 1024 * 1024;

/** JumpGate as PaidChat uses it: the same functions, up to where the wallet would be asked. */
export async function checkJumpGate(
  http: Http,
  step: Step,
  baseUrl: string,
  catalogueUrl: string,
): Promise<void> {
  const gateway = { ...jumpGate, baseUrl, catalogueUrl };
  const models = await step(
    'models',
    () => fetchModels(http, gateway),
    (found) => listed(found.map(({ id }) => id)),
  );
  const ids = models.map(({ id }) => id);
  const model = preferred(ids, gateway.defaultModel);
  const bodies = buildBody({ model, messages: [...messages], max_tokens: boundTokens }, gateway);
  const priced = await step(
    'quote',
    () => quote(http, gateway, bodies),
    ({ amount, maxAmount, inputTokens, maxOutputTokens }) =>
      `${usdc(amount)}, at most ${usdc(maxAmount)}, for ${inputTokens} tokens in and ${maxOutputTokens} out of ${model}`,
  );
  const raw = await step(
    'challenge',
    async () => readRaw(await challenge(http, gateway, bodies.body, priced.headers)),
    challengeWords,
  );
  await step('gates', async () => chooseOffer(raw, wishes(chatUrl(gateway), priced.maxAmount)), offerWords);
}

/** Rungate, whose price is its challenge: read with PaidChat's gates, which do not know its kind yet. */
export async function checkRungate(http: Http, step: Step, baseUrl: string): Promise<void> {
  const ids = await step('models', () => openAiModels(http, `${baseUrl}/models`), listed);
  const url = `${baseUrl}/chat/completions`;
  const model = preferred(ids, 'deepseek/deepseek-v3.2');
  const body = JSON.stringify({ model, messages, max_tokens: boundTokens, stream: true });
  const { raw } = await step(
    'challenge',
    () => openAiChallenge(http, url, body),
    ({ raw, alsoOffers }) =>
      [challengeWords(raw), ...alsoOffers.map((method) => `also offers MPP by ${method}`)].join('; '),
  );
  await step('gates', async () => chooseOffer(raw, wishes(url, defaultSiteCaps.request)), offerWords);
}

async function openAiModels(http: Http, url: string): Promise<string[]> {
  const response = await http.get(url, { headers: { accept: 'application/json' } });
  if (response.status !== 200) throw failureOf(response.status, await http.text(response, shortAnswer));
  const catalogue = parseJson(await http.text(response, maxCatalogueBytes));
  const entries: unknown = isJsonObject(catalogue) ? catalogue['data'] : undefined;
  if (!Array.isArray(entries)) throw new Failure('gatewayUnclear', { detail: 'models' });
  return entries.flatMap((entry) =>
    isJsonObject(entry) && typeof entry['id'] === 'string' ? entry['id'] : [],
  );
}

async function openAiChallenge(
  http: Http,
  url: string,
  body: string,
): Promise<{ raw: Challenge; alsoOffers: string[] }> {
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
  const response = await http.post(url, { body, headers });
  const header = response.headers.get('PAYMENT-REQUIRED');
  // Some send their challenge with 401.
  if (header === null || (response.status !== 402 && response.status !== 401)) {
    if (response.status === 402 || response.status < 300) {
      void response.body?.cancel();
      throw new Failure('noChallenge', { detail: `status ${response.status}` });
    }
    throw failureOf(response.status, await http.text(response, shortAnswer));
  }
  void response.body?.cancel();
  const dateMs = Date.parse(response.headers.get('date') ?? '');
  const authenticate = response.headers.get('www-authenticate') ?? '';
  return {
    raw: readRaw({ header, ...(Number.isNaN(dateMs) ? {} : { dateMs }) }),
    alsoOffers: [...authenticate.matchAll(/\bmethod="([\w-]{1,32})"/g)].map(([, method = '']) => method),
  };
}

function readRaw({ header, dateMs }: RawChallenge): Challenge {
  return readChallenge(header, dateMs);
}

function wishes(requestUrl: string, maxAmount: MicroUsdc) {
  return { requestUrl, maxAmount, networks };
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

function offerWords({ amount, network, payTo, maxTimeoutSeconds }: ReturnType<typeof chooseOffer>): string {
  const { networkName } = usdcByNetwork[network];
  return `would pay ${usdc(amount)} on ${networkName} to ${payTo}, signed for ${maxTimeoutSeconds} s`;
}

function usdc(amount: MicroUsdc): string {
  return `${formatUsdc(amount)} USDC`;
}
