import { errorCodes } from '../../src/core/errorCodes.ts';
import { panelSite } from '../../src/core/site.ts';
import type { Charge } from './charges.ts';
import { raisedBy, sum } from './history.ts';
import type { Told } from './judge.ts';
import type { LedgerImage } from './ledgerImage.ts';
import type { KilledIn } from './round.ts';
import { settleOf } from './story.ts';
import type { SoakOptions, Story } from './story.ts';

/** What one soak says. Amounts are micro-USDC, as decimal text. */
export interface SoakReport {
  readonly ok: boolean;
  readonly seed: number;
  readonly settle: 'first' | 'while-streaming';
  readonly kills: { readonly worker: number; readonly browser: number };
  /** How many questions of the killed rounds were in which state of their payment. */
  readonly killedIn: Readonly<Record<KilledIn, number>>;
  readonly questions: number;
  /** What pages were told of the money, at the end of their questions. */
  readonly told: Readonly<Record<'receipt' | 'yes' | 'no' | 'unknown', number>>;
  /** Questions that a limit ended without a payment. */
  readonly refusedByLimit: number;
  readonly payments: { readonly settled: number; readonly released: Readonly<Record<string, number>> };
  /** By the chains' own records. */
  readonly charged: Readonly<Record<Charge['chain'], Charged>> & { readonly stolen: number };
  readonly raises: { readonly used: number; readonly microUsdc: string };
  /** How many limits were so full at the end that the cheapest question no longer fits. */
  readonly fullLimits: {
    readonly sites: number;
    readonly of: number;
    readonly panel: boolean;
    readonly all: boolean;
  };
  /** Promises that did not hold, in words. */
  readonly broken: readonly string[];
}

/** What left the payer on one chain. */
interface Charged {
  readonly transfers: number;
  readonly microUsdc: string;
}

const cheapest = 4_424n;
/** States that a soak of so many kills has to have met, or it proves little. */
const enoughKills = 60;
const toBeMet: readonly KilledIn[] = ['none', 'reserved', 'signing', 'sent'];

/** Puts a soak into figures. */
export function reportOf(soaked: {
  readonly options: SoakOptions;
  readonly story: Story;
  readonly judged: readonly string[];
  readonly charges: readonly Charge[];
  readonly told: readonly Told[];
  readonly stolen: number;
}): SoakReport {
  const { options, story, charges, stolen } = soaked;
  const { image } = story;
  const { seed, workerKills, browserKills } = options;
  // Without a receipt no payment is settled while its call lives.
  const states = settleOf(seed) === 'first' ? [...toBeMet, 'settled' as const] : toBeMet;
  const unmet = states.filter((state) => !story.killedIn.has(state));
  const narrow = workerKills + browserKills >= enoughKills ? unmet : [];
  const broken = [
    ...new Set([
      ...story.broken,
      ...soaked.judged,
      ...narrow.map((state) => `no kill met a payment in "${state}"`),
    ]),
  ];
  const raised = [...raisedBy(image).values()];
  return {
    ok: broken.length === 0,
    seed,
    settle: settleOf(seed),
    kills: { worker: workerKills, browser: browserKills },
    killedIn: {
      none: 0,
      reserved: 0,
      signing: 0,
      signed: 0,
      sent: 0,
      settled: 0,
      ...Object.fromEntries(story.killedIn),
    },
    questions: story.questions,
    told: tally(soaked.told),
    refusedByLimit: soaked.told.filter(({ outcome }) => outcome.error?.code === errorCodes.limit_exceeded)
      .length,
    payments: {
      settled: image.rows.filter(({ state }) => state === 'settled').length,
      released: countBy(image.rows.flatMap(({ releasedReason }) => releasedReason ?? [])),
    },
    charged: { Base: chargedOn('Base', charges), Solana: chargedOn('Solana', charges), stolen },
    raises: { used: raised.length, microUsdc: String(sum(raised)) },
    fullLimits: fullLimits(story),
    broken,
  };
}

function chargedOn(chain: Charge['chain'], charges: readonly Charge[]): Charged {
  const values = charges.filter((charge) => charge.chain === chain).map(({ value }) => value);
  return { transfers: values.length, microUsdc: String(sum(values)) };
}

function tally(told: readonly Told[]): SoakReport['told'] {
  const words = told.map(({ outcome: { receipt, error } }) =>
    receipt ? 'receipt' : (error?.paid ?? 'unknown'),
  );
  return { receipt: 0, yes: 0, no: 0, unknown: 0, ...countBy(words) };
}

function fullLimits({ image, caps }: Story): SoakReport['fullLimits'] {
  const usedOf = (of: (site: string) => boolean) => usedBy(image, of);
  const isFull = (cap: bigint, used: bigint) => used + cheapest > cap;
  return {
    sites: [...caps.sites].filter(([site, cap]) =>
      isFull(
        cap,
        usedOf((one) => one === site),
      ),
    ).length,
    of: caps.sites.size,
    panel: isFull(
      caps.panel,
      usedOf((site) => site === panelSite),
    ),
    all: isFull(
      caps.all,
      usedOf((site) => site !== panelSite),
    ),
  };
}

function usedBy({ rows }: LedgerImage, of: (site: string) => boolean): bigint {
  return sum(rows.filter(({ site, state }) => state !== 'released' && of(site)).map(({ amount }) => amount));
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
