import { isJsonObject } from '../../core/json.ts';
import { registrableDomain } from '../../core/registrableDomain.ts';
import type { Clock } from '../../core/clock.ts';
import type { Site } from '../../core/site.ts';
import type { KeyValue } from '../../platform/keyValue.ts';

const refusals = 3;
const withinMs = 30_000;
const muteMs = 10 * 60_000;

/** Three refusals within 30 s mute a registrable domain for ten minutes, so that nobody is worn down by cards. */
export interface Mutes {
  /** Until when the site is muted, unix ms; undefined when it is not. */
  mutedUntilMs(site: Site): Promise<number | undefined>;
  refused(site: Site): Promise<void>;
  /** The person lets it ask again. */
  forgive(site: Site): Promise<void>;
}

/** Keeps refusals for the browser's session: a restart of the background forgets nothing. */
export function createMutes(session: KeyValue, clock: Clock): Mutes {
  const key = (site: Site) => `refusals:${registrableDomain(site)}`;
  const times = async (site: Site): Promise<readonly number[]> => {
    const stored = await session.get(key(site));
    const list = isJsonObject(stored) ? stored['atMs'] : undefined;
    return Array.isArray(list) ? list.filter((time): time is number => typeof time === 'number') : [];
  };
  return {
    async mutedUntilMs(site) {
      const last = (await times(site)).slice(-refusals);
      const [first = 0, latest = 0] = [last[0], last.at(-1)];
      if (last.length < refusals || latest - first > withinMs) return undefined;
      return clock.nowMs() < latest + muteMs ? latest + muteMs : undefined;
    },
    async refused(site) {
      const atMs = [...(await times(site)), clock.nowMs()].slice(-refusals);
      // A refusal that cannot be kept is still one.
      await session.set(key(site), { atMs }).catch(() => undefined);
    },
    forgive: (site) => session.set(key(site), { atMs: [] }),
  };
}
