import { Failure } from '../core/failure.ts';
import { parseUsdc } from '../core/money.ts';
import type { MicroUsdc } from '../core/money.ts';
import type { ChatRequest } from '../protocol/page.ts';
import type { PageParams } from '../protocol/pageSchemas.ts';
import type { Deps } from './deps.ts';
import type { PageCall } from './pageCall.ts';
import type { ChatToPay } from './payments.ts';
import { freeze, gatewayOf } from './pricing.ts';
import { startRun } from './runChat.ts';

/** Starts a page's chat, within what its options allow; the call's sink gets all that follows. */
export async function startChat(deps: Deps, call: PageCall, params: PageParams<'chat'>): Promise<void> {
  const { request, options, stream } = params;
  if (deps.runs.ofCall(call.site, call.id)) throw new Failure('badRequest', { detail: 'id' });
  startRun(deps, call, await boundsOf(deps, call, request, options), stream);
}

/** The least that `maxSpend` and the named quote allow, and whose gateway is meant. */
async function boundsOf(
  deps: Deps,
  call: PageCall,
  request: ChatRequest,
  options: PageParams<'chat'>['options'],
): Promise<ChatToPay> {
  const bounds: MicroUsdc[] = [];
  const maxSpend = parseUsdc(options.maxSpend);
  if (maxSpend !== undefined) bounds.push(maxSpend);
  let gatewayId = options.gateway;
  if (options.quoteId !== undefined) {
    const quote = await deps.quotes.find(call.site, options.quoteId);
    gatewayId ??= quote.gatewayId;
    const isOther = quote.gatewayId !== gatewayId;
    if (isOther || quote.bodyDigest !== freeze(request, gatewayOf(deps, gatewayId, undefined)).bodyDigest) {
      throw new Failure('unknownQuote');
    }
    bounds.push(quote.maxAmount);
  }
  const maxAmount = bounds.length === 0 ? undefined : bounds.reduce((a, b) => (a < b ? a : b));
  return { request, gatewayId, maxAmount };
}
