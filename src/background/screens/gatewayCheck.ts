import { usdcOn } from '../../core/assets.ts';
import { Failure, toWireError } from '../../core/failure.ts';
import type { Gateway } from '../../core/gateways.ts';
import { fetchModels } from '../../gateway/models.ts';
import type { GatewayCheck } from '../../protocol/options.ts';
import type { Deps } from '../deps.ts';
import { price } from '../paying/pricing.ts';

/** Small, and above the floor that a facilitator is said to have. */
const boundTokens = 300;
const modelsNamed = 3;
const timeoutMs = 30_000;

/**
 * Asks a gateway for its models and for the price of a short question, up to where a wallet would be asked: nothing is
 * paid, and nothing of the person's is sent.
 */
export async function checkGateway(deps: Deps, gateway: Gateway): Promise<GatewayCheck> {
  const late = new AbortController();
  const cancel = deps.clock.after(timeoutMs, () => late.abort(new Failure('gatewayDown')));
  try {
    const models = await attempt(() => modelsOf(deps, gateway, late.signal));
    return { models, price: await attempt(() => priceOf(deps, gateway, late.signal)) };
  } finally {
    cancel();
  }
}

async function modelsOf({ http }: Deps, gateway: Gateway, signal: AbortSignal) {
  if (gateway.catalogueUrl === undefined) return { only: gateway.defaultModel };
  const models = await fetchModels(http, gateway, signal);
  return { count: models.length, names: models.slice(0, modelsNamed).map(({ id }) => id) };
}

async function priceOf(deps: Deps, gateway: Gateway, signal: AbortSignal) {
  const request = { messages: [{ role: 'user', content: 'Say hello.' }], max_tokens: boundTokens } as const;
  const { offer, model, alsoOffered } = await price(deps, gateway, request, undefined, signal);
  return {
    amount: offer.amount.toString(),
    model,
    maxOutputTokens: boundTokens,
    networkName: usdcOn(deps.configured.known(), offer.network)?.networkName ?? offer.network,
    payTo: offer.payTo,
    alsoOffered,
  };
}

/** @returns what was found, or a sentence on why nothing was */
async function attempt<Found>(find: () => Promise<Found>): Promise<Found | { readonly problem: string }> {
  try {
    return await find();
  } catch (error) {
    return { problem: toWireError(error).message };
  }
}
