import type { FaultName } from '../rig/faults.ts';
import type { WalletMode } from '../rig/wallet/options.ts';
import { markNames } from './marks.ts';
import type { Mark } from './marks.ts';
import type { Random } from './random.ts';

/** How the wallet of a page behaves. */
export interface Manners {
  readonly mode: WalletMode;
  /** A wallet that does not answer signs all the same, and its page charges that so much later. */
  readonly stealsAfterMs?: number;
}

/** Who asks in a round, and how. */
export interface Asker {
  readonly wallet: Manners;
  /** From a click, so that a card may open; else by a script, with the site's grant alone. */
  readonly click: boolean;
  /** Raises the price by a tenth of a cent each. */
  readonly toolCalls: number;
}

/** One round: some pages ask, gateways fail, and something is killed at a moment of the first one's payment. */
export interface Plan {
  readonly kill: 'worker' | 'browser';
  /** The first one's payment is aimed at. */
  readonly askers: readonly [Asker, ...Asker[]];
  /** The wallet that the side panel sends with, where it sends something too. */
  readonly panel: Manners | undefined;
  readonly faults: readonly FaultName[];
  readonly mark: Mark;
  /** From the mark to the kill. */
  readonly delayMs: number;
}

/** What goes wrong before anything is signed, and what goes wrong with the money out. */
const faults: readonly FaultName[] = [
  'quoteDown',
  'challengeMissing',
  'priceChangedBetween',
  'priceAboveQuote',
  'otherPayee',
  'otherAsset',
  'longTimeout',
  'noWorkers',
  'redirect',
  'dropBeforeSettle',
  'dropAfterSettle',
  'dropAfterSettle',
  'dropMidStream',
  'noDone',
  'doubleChallenge',
  'error500AfterPaying',
  'noReceipt',
  'noReceipt',
  'paymentTooSmall',
  'badFrame',
  'payeeWithoutAccount',
  'repeatedMemo',
  'serverBlockhash',
  'feePayerIsPayer',
];

const modes: readonly WalletMode[] = ['sign', 'sign', 'sign', 'sign', 'late', 'reject', 'hang'];

/** Draws a round. */
export function planRound(random: Random, kill: Plan['kill']): Plan {
  const mark = random.pick(markNames);
  const reachesWallet = markNames.indexOf(mark) > markNames.indexOf('sign');
  const manners = (mode: WalletMode): Manners => {
    const steals = (mode === 'reject' || mode === 'hang') && random.chance(0.5);
    return steals ? { mode, stealsAfterMs: random.below(4_000) } : { mode };
  };
  const asker = (mode: WalletMode, clicks = 0.1): Asker => ({
    wallet: manners(mode),
    click: random.chance(clicks),
    toolCalls: random.below(8),
  });
  const first = asker(reachesWallet ? (random.chance(0.2) ? 'late' : 'sign') : random.pick(modes), 0.35);
  const others = Array.from({ length: random.below(3) }, () => asker(random.pick(modes)));
  return {
    kill,
    askers: [{ ...first, click: mark === 'card' || first.click }, ...others],
    panel: random.chance(0.2) ? manners(random.pick(modes)) : undefined,
    faults: random.chance(0.4) ? [random.pick(faults)] : [],
    mark,
    // Short delays are likelier: most steps are short.
    delayMs: Math.floor(random.next() ** 2 * 120),
  };
}
