import type { Network } from './assets.ts';
import { grantMs, paymentsPerMinute } from './limits.ts';
import type { GlobalCaps, LimitName, SiteCaps } from './limits.ts';
import { noMoney } from './money.ts';
import type { MicroUsdc } from './money.ts';
import { panelSite } from './site.ts';
import type { Site } from './site.ts';
import type { ApprovedBy } from './ledger.ts';
import type { Usage, Used } from './usage.ts';

/** What a site may do without our card: ask every time, pay within its limits, or nothing. */
export type SiteMode = 'ask' | 'auto' | 'blocked';

/** What the person has decided about one site, and what PaidChat remembers for it. */
export interface SitePolicy {
  readonly site: Site;
  readonly mode: SiteMode;
  /** Absent: the limits of any site. */
  readonly caps?: SiteCaps;
  /** When the person last allowed payments without a card. */
  readonly grantedAtMs?: number;
  readonly lastUsedAtMs?: number;
  /** Who answers the site where its call names no gateway; absent: the default one. */
  readonly gateway?: string;
  /** That gateway's model where the call names none that it offers; absent: the gateway's own default. */
  readonly model?: string;
  readonly walletRdns?: string;
  readonly walletId?: string;
  /** The chain that the person chose to pay on, where there was a choice. */
  readonly network?: Network;
}

/** Everything the person has set that a payment of one site must obey. */
export interface Rules {
  /** Absent: the person has decided nothing about the site, so it asks. */
  readonly policy: SitePolicy | undefined;
  readonly global: GlobalCaps;
  readonly paused: boolean;
}

/** What the site may cost: its own limits, or those of any site. */
export function siteCapsOf({ policy, global }: Pick<Rules, 'policy' | 'global'>): SiteCaps {
  return policy?.caps ?? global.site;
}

/** A limit that a payment would pass; `held` is the part of `used` that is not settled. */
export interface Exceeded extends Used {
  readonly limit: LimitName;
  readonly cap: MicroUsdc;
}

/** Why a payment is refused whatever the person might click on a card. */
export type Denial = 'blocked' | 'paused' | 'tooManyPayments';

/** What is to be done about a payment: nothing, a card (with the limits it would pass), or a refusal. */
export type Verdict =
  | { readonly kind: 'allow' }
  | { readonly kind: 'ask'; readonly exceeded: readonly Exceeded[] }
  | { readonly kind: 'deny'; readonly reason: Denial };

/** What is known about a payment when it is judged. */
export interface Judged {
  readonly site: Site;
  readonly amount: MicroUsdc;
  readonly rules: Rules;
  readonly usage: Usage;
  readonly nowMs: number;
  /** Those without a card. */
  readonly paymentsInLastMinute: number;
}

/**
 * The walls that the payment would pass: the side panel has its own, which no site can spend. The threshold of one
 * request is no wall: above it the person is asked.
 */
export function exceededCaps(site: Site, amount: MicroUsdc, rules: Rules, usage: Usage): readonly Exceeded[] {
  const caps = siteCapsOf(rules);
  const { global } = rules;
  const walls: readonly Exceeded[] =
    site === panelSite
      ? [{ limit: 'panel-day', cap: global.panelDay, ...usage.panelDay }]
      : [
          { limit: 'site-day', cap: caps.day, ...usage.siteDay },
          { limit: 'site-month', cap: caps.month, ...usage.siteMonth },
          { limit: 'all-day', cap: global.allDay, ...usage.allDay },
          { limit: 'all-month', cap: global.allMonth, ...usage.allMonth },
        ];
  return walls.filter(({ cap, used }) => used + amount > cap);
}

/** When the site's grant ends: after 90 days, or 30 unused. Undefined where there is none. */
export function grantEndsAtMs(policy: SitePolicy | undefined): number | undefined {
  if (policy?.mode !== 'auto' || policy.grantedAtMs === undefined) return undefined;
  const { grantedAtMs, lastUsedAtMs = grantedAtMs } = policy;
  return Math.min(grantedAtMs + grantMs.total, Math.max(grantedAtMs, lastUsedAtMs) + grantMs.unused);
}

/** What the site may do now: without a policy, or after its grant has ended, it asks. */
export function effectiveMode(policy: SitePolicy | undefined, nowMs: number): SiteMode {
  if (policy?.mode !== 'auto') return policy?.mode ?? 'ask';
  const endsAtMs = grantEndsAtMs(policy);
  return endsAtMs !== undefined && nowMs < endsAtMs ? 'auto' : 'ask';
}

/** Whether a payment needs a card. A courtesy before anything is shown: the reservation judges again. */
export function decide(judged: Judged & { readonly newPayee: boolean }): Verdict {
  const { site, amount, rules, usage, nowMs } = judged;
  const mode = effectiveMode(rules.policy, nowMs);
  if (mode === 'blocked') return { kind: 'deny', reason: 'blocked' };
  if (rules.paused) return { kind: 'deny', reason: 'paused' };
  const walls = exceededCaps(site, amount, rules, usage);
  // In the side panel the person's Send is the approval: no card unless a limit or the payee is in question.
  if (site === panelSite)
    return walls.length > 0 || judged.newPayee ? { kind: 'ask', exceeded: walls } : { kind: 'allow' };
  if (mode === 'ask') return { kind: 'ask', exceeded: walls };
  const exceeded = [...overThreshold(siteCapsOf(rules), amount), ...walls];
  // A standing grant never pays a payee that the person has not seen.
  if (exceeded.length > 0 || judged.newPayee) return { kind: 'ask', exceeded };
  if (judged.paymentsInLastMinute >= paymentsPerMinute) return { kind: 'deny', reason: 'tooManyPayments' };
  return { kind: 'allow' };
}

/**
 * Whether a reservation may be written, judged inside its transaction. `ask` with no limit named: what approved it (a
 * grant, a one-time raise) no longer stands.
 */
export function admit(
  judged: Judged & {
    readonly approvedBy: ApprovedBy;
    /** A one-time raise for exactly this site, request and amount waits to be used. */
    readonly overrideStands: boolean;
  },
): Verdict {
  const { site, amount, rules, usage, approvedBy } = judged;
  if (approvedBy === 'grant') return decide({ ...judged, newPayee: false });
  if (effectiveMode(rules.policy, judged.nowMs) === 'blocked') return { kind: 'deny', reason: 'blocked' };
  if (rules.paused) return { kind: 'deny', reason: 'paused' };
  if (approvedBy === 'override' && judged.overrideStands) return { kind: 'allow' };
  const exceeded = exceededCaps(site, amount, rules, usage);
  return exceeded.length > 0 || approvedBy === 'override' ? { kind: 'ask', exceeded } : { kind: 'allow' };
}

function overThreshold(caps: SiteCaps, amount: MicroUsdc): readonly Exceeded[] {
  return amount > caps.request ? [{ limit: 'request', cap: caps.request, used: noMoney, held: noMoney }] : [];
}
