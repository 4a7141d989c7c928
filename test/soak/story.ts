import { defaultGlobalCaps } from '../../src/core/limits.ts';
import { lostBetween, overLimits } from './history.ts';
import type { Caps } from './history.ts';
import { emptyImage } from './ledgerImage.ts';
import type { LedgerImage } from './ledgerImage.ts';
import { planRound } from './plan.ts';
import type { Plan } from './plan.ts';
import { createRandom } from './random.ts';
import { playRound } from './round.ts';
import type { KilledIn, Table } from './round.ts';
import { createSites } from './sites.ts';

/** How long and how wild. */
export interface SoakOptions {
  readonly workerKills: number;
  readonly browserKills: number;
  /** Of everything that is drawn; how the browser and the machine take it is chance still. */
  readonly seed: number;
}

/** Whether the gateway gives a receipt before its answer: with two seeds of three. */
export function settleOf(seed: number): 'first' | 'while-streaming' {
  return seed % 3 === 0 ? 'while-streaming' : 'first';
}

/** What has happened so far. */
export interface Story {
  readonly image: LedgerImage;
  readonly caps: Caps;
  readonly questions: number;
  readonly killedIn: ReadonlyMap<KilledIn, number>;
  /** Promises that did not hold, in words. */
  readonly broken: readonly string[];
}

/** What the panel may cost a day here: little enough to be reached. */
const panelCap = 80_000n;

/** Plays all rounds on one stage, and looks at the ledger before and after each kill. */
export async function playAll(
  stage: Omit<Table, 'sites' | 'newQuestion'>,
  { workerKills, browserKills, seed }: SoakOptions,
  progress: (line: string) => void,
): Promise<{ readonly look: (image: LedgerImage) => void; readonly now: () => Story }> {
  const random = createRandom(seed);
  const { life } = stage;
  const sites = createSites(life, random);
  const caps = (): Caps => ({ sites: sites.caps, all: defaultGlobalCaps.allDay, panel: panelCap });
  const broken: string[] = [];
  const killedIn = new Map<KilledIn, number>();
  let image: LedgerImage = emptyImage;
  let questions = 0;
  const look = (later: LedgerImage) => {
    broken.push(...lostBetween(image, later), ...overLimits(later, caps()));
    image = later;
  };
  const table: Table = {
    ...stage,
    sites,
    newQuestion: () => `q${(questions += 1)}`,
    async revive() {
      sites.forgetPages();
      await stage.revive();
    },
  };

  await life().door.call('panel.setDayCap', { cap: panelCap.toString() });
  for (const [at, kill] of killOrder(workerKills, browserKills).entries()) {
    look(await life().door.image());
    const played = await playRound(planRound(random, kill), image, table);
    look(played.image);
    broken.push(...played.broken);
    for (const state of played.killedIn) killedIn.set(state, (killedIn.get(state) ?? 0) + 1);
    if ((at + 1) % 10 === 0)
      progress(`${at + 1} kills, ${image.rows.length} payments, ${broken.length} broken promises`);
  }
  return { look, now: () => ({ image, caps: caps(), questions, killedIn, broken }) };
}

/** The browser is killed at even distances among the kills of the worker. */
function killOrder(workerKills: number, browserKills: number): readonly Plan['kill'][] {
  const total = workerKills + browserKills;
  return Array.from({ length: total }, (_, at) =>
    Math.floor(((at + 1) * browserKills) / total) > Math.floor((at * browserKills) / total)
      ? 'browser'
      : 'worker',
  );
}
