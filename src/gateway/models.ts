import { Failure } from '../core/failure.ts';
import type { Gateway } from '../core/gateways.ts';
import { isJsonObject } from '../core/json.ts';
import type { Model } from '../protocol/page.ts';
import { failureOf } from './answers.ts';
import { parseJson, shortAnswer } from './http.ts';
import type { Http } from './http.ts';

const maxCatalogueBytes = 1024 * 1024;
const maxModels = 500;
/** ASCII only: a name that only looks like another one is not listed. */
const modelId = /^[A-Za-z0-9][\w.:/@+-]{0,127}$/;

/** A model with what its gateway's catalogue says of its price. */
export interface ListedModel extends Model {
  /** Micro-USDC for a million tokens. */
  readonly prices?: { readonly input: bigint; readonly output: bigint };
}

/** What can be asked where the catalogue cannot be read: the gateway's documented example. */
export function fallbackModels(gateway: Gateway): readonly Model[] {
  return [{ id: gateway.defaultModel, gateway: gateway.id }];
}

/**
 * The models that a gateway can answer with now.
 *
 * @throws {Failure} gatewayDown, gatewayUnclear
 */
export async function fetchModels(
  http: Http,
  gateway: Gateway,
  signal?: AbortSignal,
): Promise<readonly ListedModel[]> {
  if (gateway.catalogueUrl === undefined) return fallbackModels(gateway);
  const response = await http.get(gateway.catalogueUrl, {
    headers: { accept: 'application/json' },
    ...(signal ? { signal } : {}),
  });
  if (response.status !== 200)
    throw failureOf(response.status, await http.text(response, shortAnswer, signal));
  return readModels(parseJson(await http.text(response, maxCatalogueBytes, signal)), gateway);
}

/**
 * Reads a catalogue: entries that are not ready, or not understood, are left out; each name once; 500 at most.
 *
 * @throws {Failure} gatewayUnclear where it is no list at all
 */
export function readModels(catalogue: unknown, gateway: Gateway): readonly ListedModel[] {
  const entries = isJsonObject(catalogue) ? catalogue['data'] : catalogue;
  if (!Array.isArray(entries)) throw new Failure('gatewayUnclear', { detail: 'models' });
  const models = new Map<string, ListedModel>();
  for (const entry of entries) {
    if (models.size === maxModels) break;
    const model = readModel(entry, gateway);
    if (model && !models.has(model.id)) models.set(model.id, model);
  }
  return [...models.values()];
}

function readModel(entry: unknown, gateway: Gateway): ListedModel | undefined {
  if (!isJsonObject(entry) || !isReady(entry, gateway)) return undefined;
  const { id, context_length: contextWindow, max_output_length: maxOutputTokens } = entry;
  if (typeof id !== 'string' || !modelId.test(id)) return undefined;
  return {
    id,
    gateway: gateway.id,
    ...(isCount(contextWindow) ? { contextWindow } : {}),
    ...(isCount(maxOutputTokens) ? { maxOutputTokens } : {}),
    ...readPrices(entry['pricing']),
  };
}

/** Dollars for one token, as decimals. Anything else is no price. */
function readPrices(pricing: unknown): Pick<ListedModel, 'prices'> {
  if (!isJsonObject(pricing)) return {};
  const input = perMillion(pricing['prompt']);
  const output = perMillion(pricing['completion']);
  return input === undefined || output === undefined ? {} : { prices: { input, output } };
}

/** More than a thousand dollars for a million tokens is no price but another unit. */
const dearest = 1_000_000_000n;

function perMillion(dollars: unknown): bigint | undefined {
  if (typeof dollars !== 'string') return undefined;
  const [, whole, decimals = ''] = /^(\d{1,4})(?:\.(\d{1,12}))?$/.exec(dollars) ?? [];
  if (whole === undefined) return undefined;
  const price = BigInt(whole + decimals.padEnd(12, '0'));
  return price > dearest ? undefined : price;
}

/** Ambient says of each model whether it is up; OpenAI's list knows only models that are. */
function isReady({ is_ready }: Record<string, unknown>, { kind }: Gateway): boolean {
  return kind === 'openai' ? is_ready !== false : is_ready === true;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
