import type { Clock } from '../../core/clock.ts';
import { afterMissing, awaitedNodes, isSilent } from '../../core/silence.ts';
import type { Silence } from '../../core/silence.ts';
import type { SilenceStore } from '../../storage/silenceStore.ts';
import type { Changes } from '../changes.ts';
import type { Configured } from '../configured.ts';

/** Which nodes have long said nothing. */
export interface SilentNodes {
  list(): readonly Silence[];
  beginLook(): NodeLook;
}

/** One look at some payments, through their nodes. */
export interface NodeLook {
  /**
   * Asks every node and waits for those that are not silent. A silent one is asked once in a look, and what it has said
   * by then counts like any other answer.
   *
   * @returns what was answered; a node that fails has said nothing
   */
  ask<Answer>(
    urls: readonly string[],
    question: (url: string) => Promise<Answer>,
  ): Promise<readonly Answer[]>;
  /** Whoever was asked and has answered nothing has missed this look. */
  end(): void;
}

interface SilentNodesDeps {
  readonly clock: Clock;
  readonly changes: Pick<Changes, 'notify'>;
  readonly configured: Pick<Configured, 'known'>;
  readonly store: Pick<SilenceStore, 'write'>;
}

/** Goes on from what was known before. */
export function createSilentNodes(
  { clock, changes, configured, store }: SilentNodesDeps,
  before: readonly Silence[],
): SilentNodes {
  let known = before;

  const become = (next: readonly Silence[]) => {
    known = next;
    // Unwritten it costs a missed look, after a restart.
    store.write(next).catch(() => undefined);
    changes.notify();
  };
  const hearFrom = (url: string) => {
    if (known.some((silence) => silence.url === url)) become(known.filter((silence) => silence.url !== url));
  };
  const list = () => known.filter((silence) => isSilent(silence, clock.nowMs()));

  return {
    list,
    beginLook() {
      const asked = new Set<string>();
      const answered = new Set<string>();
      return {
        async ask<Answer>(urls: readonly string[], question: (url: string) => Promise<Answer>) {
          const heard: Answer[] = [];
          const askOne = async (url: string) => {
            asked.add(url);
            const answer = await question(url).catch(() => undefined);
            if (answer === undefined) return;
            heard.push(answer);
            answered.add(url);
            hearFrom(url);
          };
          const silent = list().map(({ url }) => url);
          const awaited = awaitedNodes(urls, silent);
          for (const url of urls) if (!awaited.includes(url) && !asked.has(url)) void askOne(url);
          await Promise.all(awaited.map(askOne));
          return [...heard];
        },
        end() {
          const missed = [...asked].filter((url) => !answered.has(url));
          if (missed.length === 0) return;
          const urls = new Set(configured.known().flatMap(({ rpcUrls }) => rpcUrls));
          become(afterMissing(known, missed, clock.nowMs()).filter(({ url }) => urls.has(url)));
        },
      };
    },
  };
}
