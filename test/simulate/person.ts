import { microUsdc } from '../../src/core/money.ts';
import type { Exceeded } from '../../src/core/policy.ts';
import { panelSite } from '../../src/core/site.ts';
import type { Site } from '../../src/core/site.ts';
import { capHistory } from './capHistory.ts';
import type { Life } from './life.ts';
import type { Wall } from './oracle.ts';
import type { Random } from './random.ts';
import type { Settings } from './settings.ts';

/** What a card was answered with. */
export type CardAnswer = 'once' | 'once anyway' | 'no';

/** The person: sets limits and answers cards. */
export interface Person {
  /** Sets all limits as the schedule begins; some sites may pay by themselves. */
  begin(life: Life): Promise<void>;
  answer(life: Life, site: Site, amount: bigint, exceeded: readonly Exceeded[]): Promise<CardAnswer>;
  /** Remembers the click on a one-time raise. */
  clicked(overrideId: string): void;
  raised(overrideId: string | undefined): boolean;
  /** Changes limits, or what a site may do. */
  act(life: Life): Promise<void>;
  capMark(): number;
  /** The most that the cap behind this wall may have been since then. */
  capOf(wall: Wall, mark: number): bigint;
}

/** The request threshold is no wall: everything in a schedule is below it. */
const request = microUsdc(1_000_000n);

/** Makes one. */
export function openPerson(random: Random, settings: Settings, say: (text: string) => void): Person {
  const websites = settings.sites.filter((site) => site !== panelSite);
  const { siteCaps, globalCaps } = settings;
  const histories = new Map<string, ReturnType<typeof capHistory>>([
    ...websites.flatMap((site) => [
      [`site-day ${site}`, capHistory(siteCaps.day)] as const,
      [`site-month ${site}`, capHistory(siteCaps.month)] as const,
    ]),
    ['all-day', capHistory(globalCaps.allDay)],
    ['all-month', capHistory(globalCaps.allMonth)],
    ['panel-day', capHistory(globalCaps.panelDay)],
  ]);
  const clicks = new Set<string>();
  let mark = 0;
  let busy: Life | undefined;

  /** Values that may stand while they are written, and that stand alone when they are. */
  const change = async (caps: Readonly<Record<string, bigint>>, write: () => Promise<void>) => {
    const changes = Object.entries(caps).map(([name, cap]) => histories.get(name)?.set(cap));
    await write();
    mark += 1;
    for (const change of changes) change?.kept(mark);
  };
  const setSite = (life: Life, site: Site, day: bigint, month: bigint) => {
    say(`the person sets ${site} to ${day} a day, ${month} a month`);
    const write = () =>
      life.policies.changeSiteCaps(site, () => ({ request, day: microUsdc(day), month: microUsdc(month) }));
    return change({ [`site-day ${site}`]: day, [`site-month ${site}`]: month }, write);
  };
  const setAll = (life: Life, factor: number) => {
    const scaled = (cap: bigint) => microUsdc((cap * BigInt(factor)) / 10n);
    const allDay = scaled(globalCaps.allDay);
    const allMonth = scaled(globalCaps.allMonth);
    const panelDay = scaled(globalCaps.panelDay);
    say(`the person sets all sites to ${allDay} a day, ${allMonth} a month, the panel to ${panelDay}`);
    const write = () => life.policies.changeGlobalCaps((known) => ({ ...known, allDay, allMonth, panelDay }));
    return change({ 'all-day': allDay, 'all-month': allMonth, 'panel-day': panelDay }, write);
  };
  const scaledSite = (life: Life, site: Site, factor: number) =>
    setSite(life, site, (siteCaps.day * BigInt(factor)) / 10n, (siteCaps.month * BigInt(factor)) / 10n);

  /** One change at a time: of two at once nobody could tell which stands. */
  const alone = async (life: Life, work: () => Promise<void>) => {
    if (busy !== undefined && !busy.isOver) return;
    busy = life;
    try {
      await work();
    } finally {
      busy = undefined;
    }
  };

  return {
    async begin(life) {
      for (const site of websites) {
        await scaledSite(life, site, 10);
        await life.policies.setMode(site, random.chance(0.6) ? 'auto' : 'ask');
      }
      await setAll(life, 10);
    },
    async answer(life, site, amount, exceeded) {
      const choice = random.weighted({ once: 6, anyway: exceeded.length > 0 ? 1.5 : 0, raise: 0.5, no: 1 });
      if (choice === 'no') return 'no';
      if (choice === 'anyway') return 'once anyway';
      if (choice === 'raise' && site !== panelSite)
        await alone(life, () => setSite(life, site, siteCaps.day + amount, siteCaps.month + amount));
      return 'once';
    },
    clicked: (overrideId) => void clicks.add(overrideId),
    raised: (overrideId) => overrideId !== undefined && clicks.has(overrideId),
    act: (life) =>
      alone(life, async () => {
        const site = random.pick(websites as [Site, ...Site[]]);
        switch (
          random.weighted({ lower: 2, raise: 1, all: 1, auto: 2, ask: 1, block: 0.3, pause: 0.2, goOn: 0.6 })
        ) {
          case 'lower':
            return scaledSite(life, site, random.int(3, 9));
          case 'raise':
            return scaledSite(life, site, random.int(10, 13));
          case 'all':
            return setAll(life, random.int(5, 12));
          case 'auto':
            return life.policies.setMode(site, 'auto');
          case 'ask':
            return life.policies.setMode(site, 'ask');
          case 'block':
            return life.policies.setMode(site, 'blocked');
          case 'pause':
            return life.policies.setPaused(true);
          case 'goOn':
            return life.policies.setPaused(false);
        }
      }),
    capMark: () => mark,
    capOf(wall, since) {
      const name = 'site' in wall ? `${wall.limit} ${wall.site}` : wall.limit;
      const history = histories.get(name);
      if (!history) throw new Error(`Nobody has set ${name}.`);
      return history.mostSince(since);
    },
  };
}
