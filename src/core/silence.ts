import { windowMs } from './limits.ts';

/** A node that has said nothing of use since then, in so many looks that asked it. */
export interface Silence {
  readonly url: string;
  readonly sinceMs: number;
  readonly misses: number;
}

/** Fewer missed looks are bad luck, however long ago the first of them was. */
const leastMisses = 6;
/** Two must say the same, where the person has not chosen a single one. */
const enoughNodes = 2;

/**
 * How many nodes have to agree.
 *
 * @param configured all nodes of the network: one that is left out counts here too, so that silence, which anybody
 *   between us and a node can bring about, never makes one node's word enough
 */
export function neededNodes(configured: number): number {
  return Math.min(enoughNodes, configured);
}

/** Whether nobody has to wait for it any more. */
export function isSilent({ sinceMs, misses }: Silence, nowMs: number): boolean {
  return misses >= leastMisses && nowMs - sinceMs >= windowMs.day;
}

/** The nodes to wait for: those that are not silent, or all where the others alone could decide nothing. */
export function awaitedNodes(urls: readonly string[], silent: readonly string[]): readonly string[] {
  const others = urls.filter((url) => !silent.includes(url));
  return others.length >= neededNodes(urls.length) ? others : urls;
}

/** The silent nodes that a proof has to wait for: none where the others can decide. */
export function missedNodes(urls: readonly string[], silent: readonly Silence[]): readonly Silence[] {
  const awaited = awaitedNodes(
    urls,
    silent.map(({ url }) => url),
  );
  return silent.filter(({ url }) => awaited.includes(url));
}

/** What is known once these nodes have missed one more look. */
export function afterMissing(
  known: readonly Silence[],
  missed: readonly string[],
  atMs: number,
): readonly Silence[] {
  const others = known.filter(({ url }) => !missed.includes(url));
  const silences = missed.map((url) => {
    const before = known.find((silence) => silence.url === url);
    return before === undefined
      ? { url, sinceMs: atMs, misses: 1 }
      : { ...before, misses: before.misses + 1 };
  });
  return [...others, ...silences];
}
