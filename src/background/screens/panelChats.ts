import { Failure } from '../../core/failure.ts';
import { effectiveMode } from '../../core/policy.ts';
import { panelSite } from '../../core/site.ts';
import { microUsdc, parseMicroUsdc } from '../../core/money.ts';
import type { ChatRequest } from '../../protocol/page.ts';
import type { PanelChat, PanelQuote } from '../../protocol/panelChat.ts';
import type { Deps } from '../deps.ts';
import type { PageCall } from '../pages/pageCall.ts';
import { freeze, quoteOf } from '../paying/pricing.ts';
import { requestDigestOf } from '../runs/repeats.ts';
import { startRun } from '../runs/runChat.ts';
import { gatewayOf } from '../paying/seller.ts';

const quoteTimeoutMs = 30_000;

/** What exactly this chat costs. It leaves the machine with the question: only Send may call this. */
export async function quotePanelChat(deps: Deps, chat: PanelChat): Promise<PanelQuote> {
  const gateway = gatewayOf(deps, chat.gateway, undefined);
  const request = requestOf(chat);
  const late = new AbortController();
  const cancel = deps.clock.after(quoteTimeoutMs, () => late.abort(new Failure('gatewayDown')));
  try {
    const price = await quoteOf(deps, gateway, request, late.signal);
    return {
      model: (await freeze(request, gateway)).model,
      amount: price.amount.toString(),
      ...(price.maxAmount === undefined ? {} : { maxAmount: price.maxAmount.toString() }),
      ...(price.inputTokens === undefined ? {} : { inputTokens: price.inputTokens }),
      maxOutputTokens: price.maxOutputTokens,
    };
  } finally {
    cancel();
  }
}

/**
 * Sends a chat of the side panel. Send is the person's approval up to `maxAmount`; the same `pay()` as for a page, with
 * the wallet of the document that the tab shows now, out of the panel's own bucket.
 *
 * @returns the run's id, as soon as the run has begun
 */
export async function sendPanelChat(
  deps: Deps,
  { tabId, chat, maxAmount }: { tabId: number; chat: PanelChat; maxAmount: string },
): Promise<{ readonly runId: string }> {
  const { policy } = await deps.policies.rules(panelSite);
  if (effectiveMode(policy, deps.clock.nowMs()) === 'blocked') throw new Failure('blocked');
  const document = await deps.documents.reach(tabId);
  if (!document) throw new Failure('noWallet', { phase: 'approve' });
  const call: PageCall = {
    id: deps.newId(),
    site: panelSite,
    tabId,
    wallet: document.wallet,
    walletSite: document.site,
    documentKey: document.key,
    active: true,
    // The panel ends a run by Stop; closing the panel leaves it running.
    signal: new AbortController().signal,
    sink: { chunks: () => undefined, end: () => undefined },
  };
  const request = requestOf(chat);
  const bound = parseMicroUsdc(maxAmount) ?? microUsdc(0n);
  const chatToPay = { request, gatewayId: chat.gateway, maxAmount: bound };
  const requestDigest = await requestDigestOf(request);
  const run = startRun(deps, call, chatToPay, { form: 'stream', requestDigest });
  return { runId: run.head.id };
}

function requestOf({ model, maxTokens, messages }: PanelChat): ChatRequest {
  return { ...(model === undefined ? {} : { model }), messages, max_tokens: maxTokens, stream: true };
}
