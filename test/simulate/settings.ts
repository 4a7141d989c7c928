import { parseSite, panelSite } from '../../src/core/site.ts';
import type { Site } from '../../src/core/site.ts';
import type { Random } from './random.ts';

/** What is fixed for one schedule. */
export interface Settings {
  readonly steps: number;
  readonly sites: readonly [Site, ...Site[]];
  readonly siteCaps: { readonly day: bigint; readonly month: bigint };
  readonly globalCaps: { readonly allDay: bigint; readonly allMonth: bigint; readonly panelDay: bigint };
  /** From a quarter to six tenths of the smallest cap, so that a few payments stand before it. */
  readonly amount: () => bigint;
  /** Which part of the payments is made on Solana. */
  readonly onSolana: number;
  readonly nodes: number;
  /** The node that lies; -1 where none does. */
  readonly liar: number;
  readonly trouble: Trouble;
}

/** How often the local clock is set, the background killed, a wallet or gateway dishonest; 1 is sometimes. */
export type Trouble = Readonly<Record<'clock' | 'kill' | 'wallet' | 'gateway', number>>;

const websites = ['https://shop.example', 'https://news.example'].map((origin) => {
  const site = parseSite(origin);
  if (site === undefined) throw new Error(`${origin} is no site.`);
  return site;
});

/** Draws them. */
export function drawSettings(random: Random): Settings {
  const day = BigInt(random.int(20, 60)) * 1_000n;
  const times = (cap: bigint, least: number, most: number) => (cap * BigInt(random.int(least, most))) / 10n;
  const allDay = times(day, 11, 20);
  const nodes = random.weighted({ '1': 2, '2': 3, '3': 1 });
  return {
    steps: random.int(40, 80),
    sites: [...websites, panelSite] as unknown as readonly [Site, ...Site[]],
    siteCaps: { day, month: times(day, 12, 30) },
    globalCaps: { allDay, allMonth: times(allDay, 12, 30), panelDay: times(day, 8, 14) },
    amount: () => BigInt(random.int(Math.ceil(Number(day) / 4), Math.floor(Number(day) * 0.6))),
    onSolana: random.pick([0, 0, 0.3, 1]),
    nodes: Number(nodes),
    // One node that the person has chosen is trusted; of several one may lie.
    liar: nodes !== '1' && random.chance(0.5) ? random.int(0, Number(nodes) - 1) : -1,
    trouble: {
      clock: random.pick([0, 1, 4]),
      kill: random.pick([0, 1, 4]),
      wallet: random.pick([0, 1, 4]),
      gateway: random.pick([0, 1, 4]),
    },
  };
}
