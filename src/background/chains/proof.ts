import { usdcOn } from '../../core/assets.ts';
import type { Payment } from '../../core/ledger.ts';
import { neededNodes } from '../../core/silence.ts';
import { lookUpAuthorization } from './baseChain.ts';
import type { Deps } from '../deps.ts';
import type { Evidence, Sighting } from './evidence.ts';
import type { NodeLook } from './silentNodes.ts';
import { lookUpEnd, lookUpTransaction } from './solanaChain.ts';

/** A payment that its chain can say something about. */
export type Dispatched = Exclude<Payment, { state: 'reserved' | 'released' }>;

type AgreedDeps = Pick<Deps, 'http' | 'ledger'> & { readonly configured: Pick<Deps['configured'], 'known'> };

/** @returns what enough nodes say with none against it, or undefined */
export async function agreedEvidence(
  { http, ledger, configured }: AgreedDeps,
  payment: Dispatched,
  nodes: NodeLook,
): Promise<Evidence | undefined> {
  const { network, authorization, reservedAtMs } = payment;
  const usdc = usdcOn(configured.known(), network);
  if (!usdc) return undefined;
  const urls = usdc.rpcUrls;
  const provesAnother = async (transaction: string) => {
    const proved = await ledger.provedBy(transaction);
    return proved !== undefined && proved.id !== payment.id;
  };
  const lookUp = async (url: string): Promise<Sighting> => {
    if (usdc.kind === 'svm' && authorization.kind === 'svm')
      return lookUpTransaction(http, url, usdc, authorization, provesAnother);
    if (usdc.kind === 'evm' && authorization.kind === undefined)
      return lookUpAuthorization(http, url, usdc, authorization, reservedAtMs);
    throw new TypeError('A payment’s message is of another chain than its money.');
  };
  const heard = await nodes.ask(urls, lookUp);
  // Of all that are configured: leaving a silent one out never lowers the bar to one.
  const enough = neededNodes(urls.length);
  await noteReached(ledger, heard, enough);
  const [first] = heard;
  // A node that lags behind says "open"; that contradicts a release, but waiting mends it.
  const agree = heard.every(({ evidence }) => JSON.stringify(evidence) === JSON.stringify(first?.evidence));
  return agree && heard.length >= enough ? first?.evidence : undefined;
}

/**
 * The time of a final block in which a payment's transaction can no longer land, by enough nodes with none against it:
 * the latest that any of them names, so that one that lies cannot make the charge look older than another shows.
 */
export async function agreedEnd(
  { http, ledger, configured }: AgreedDeps,
  { network, authorization }: Dispatched,
  nodes: NodeLook,
): Promise<number | undefined> {
  const urls = usdcOn(configured.known(), network)?.rpcUrls;
  // On Base the message itself says when it ends.
  if (!urls || authorization.kind !== 'svm') return undefined;
  const heard = await nodes.ask(urls, (url) => lookUpEnd(http, url, authorization));
  const enough = neededNodes(urls.length);
  await noteReached(ledger, heard, enough);
  const times = heard.flatMap(({ blockTimeMs }) => blockTimeMs ?? []);
  return heard.every(({ isPast }) => isPast) && times.length >= enough ? Math.max(...times) : undefined;
}

/** Notes the latest time that so many nodes have shown a final block of: one alone, wrong or lying, does not move it. */
async function noteReached(
  ledger: AgreedDeps['ledger'],
  heard: readonly { readonly blockTimeMs?: number }[],
  nodes: number,
): Promise<void> {
  const times = heard.flatMap(({ blockTimeMs }) => blockTimeMs ?? []);
  const seenMs = times.toSorted((a, b) => b - a)[nodes - 1];
  if (seenMs !== undefined) await ledger.noteSeenTime(seenMs);
}
