import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultGlobalCaps, defaultSiteCaps, paymentsPerMinute } from '../../src/core/limits.ts';
import { microUsdc } from '../../src/core/money.ts';
import type { MicroUsdc } from '../../src/core/money.ts';
import { admit, decide, effectiveMode, exceededCaps, grantEndsAtMs } from '../../src/core/policy.ts';
import type { Judged, Rules, SitePolicy } from '../../src/core/policy.ts';
import { panelSite } from '../../src/core/site.ts';
import type { Usage, Used } from '../../src/core/usage.ts';
import { shop } from '../fakes/payments.ts';

const now = Date.UTC(2026, 0, 15, 12);
const day = 24 * 3_600_000;
const granted: SitePolicy = { site: shop, mode: 'auto', caps: defaultSiteCaps, grantedAtMs: now - day };
const nothing: Used = { used: microUsdc(0n), held: microUsdc(0n) };
const unused: Usage = {
  siteDay: nothing,
  siteMonth: nothing,
  allDay: nothing,
  allMonth: nothing,
  panelDay: nothing,
};
const used = (amount: bigint, held = 0n): Used => ({ used: microUsdc(amount), held: microUsdc(held) });
const rulesOf = (policy: SitePolicy | undefined, paused = false): Rules => ({
  policy,
  global: defaultGlobalCaps,
  paused,
});
const judged = (change: Partial<Judged> = {}): Judged => ({
  site: shop,
  amount: microUsdc(4424n),
  rules: rulesOf(granted),
  usage: unused,
  nowMs: now,
  paymentsInLastMinute: 0,
  ...change,
});
const verdict = (change: Partial<Judged> = {}, newPayee = false) => decide({ ...judged(change), newPayee });

describe('the walls', () => {
  it('stand exactly at the cap', () => {
    const siteDay = used(495_576n, 100n);
    const usage = { ...unused, siteDay };
    expect(exceededCaps(shop, microUsdc(4424n), rulesOf(granted), usage)).toEqual([]);
    expect(exceededCaps(shop, microUsdc(4425n), rulesOf(granted), usage)).toEqual([
      { limit: 'site-day', cap: 500_000n, ...siteDay },
    ]);
  });

  it('are named each', () => {
    const full = used(30_000_000n);
    const usage: Usage = { siteDay: full, siteMonth: full, allDay: full, allMonth: full, panelDay: full };
    const names = (site: typeof shop) =>
      exceededCaps(site, microUsdc(1n), rulesOf(undefined), usage).map(({ limit }) => limit);
    expect(names(shop)).toEqual(['site-day', 'site-month', 'all-day', 'all-month']);
    expect(names(panelSite)).toEqual(['panel-day']);
  });

  it("are the default ones where the person has set none, and the person's where they have", () => {
    const amount = microUsdc(500_001n);
    expect(exceededCaps(shop, amount, rulesOf(undefined), unused)).toMatchObject([{ limit: 'site-day' }]);
    const caps = { ...defaultSiteCaps, day: microUsdc(600_000n) };
    expect(exceededCaps(shop, amount, rulesOf({ ...granted, caps }), unused)).toEqual([]);
  });

  it('of websites are not the side panel’s, nor the other way round', () => {
    const full = used(30_000_000n);
    const websitesFull = { ...unused, siteDay: full, siteMonth: full, allDay: full, allMonth: full };
    expect(exceededCaps(panelSite, microUsdc(1n), rulesOf(undefined), websitesFull)).toEqual([]);
    expect(exceededCaps(shop, microUsdc(1n), rulesOf(undefined), { ...unused, panelDay: full })).toEqual([]);
  });
});

describe('a grant', () => {
  it('ends after 90 days of use', () => {
    const policy = { ...granted, grantedAtMs: now, lastUsedAtMs: now + 80 * day };
    expect(grantEndsAtMs(policy)).toBe(now + 90 * day);
    expect(effectiveMode(policy, now + 90 * day - 1)).toBe('auto');
    expect(effectiveMode(policy, now + 90 * day)).toBe('ask');
  });

  it('ends after 30 days without use, counted from the last one or from its beginning', () => {
    expect(grantEndsAtMs({ ...granted, grantedAtMs: now })).toBe(now + 30 * day);
    expect(grantEndsAtMs({ ...granted, grantedAtMs: now, lastUsedAtMs: now + day })).toBe(now + 31 * day);
    // A use under an earlier grant shortens no new one.
    expect(grantEndsAtMs({ ...granted, grantedAtMs: now, lastUsedAtMs: now - 60 * day })).toBe(
      now + 30 * day,
    );
  });

  it('is nothing where there is no policy, no beginning or another mode', () => {
    const { grantedAtMs: _none, ...undated } = granted;
    expect(grantEndsAtMs(undefined)).toBeUndefined();
    expect(grantEndsAtMs(undated)).toBeUndefined();
    expect(grantEndsAtMs({ ...granted, mode: 'ask' })).toBeUndefined();
    expect(effectiveMode(undefined, now)).toBe('ask');
    expect(effectiveMode(undated, now)).toBe('ask');
    expect(effectiveMode({ ...granted, mode: 'blocked' }, now + 900 * day)).toBe('blocked');
  });
});

describe('the decision', () => {
  it('allows a granted payment inside every limit', () => {
    expect(verdict()).toEqual({ kind: 'allow' });
  });

  it('asks where nothing was decided or a grant has ended', () => {
    expect(verdict({ rules: rulesOf(undefined) })).toEqual({ kind: 'ask', exceeded: [] });
    expect(verdict({ nowMs: now + 30 * day })).toEqual({ kind: 'ask', exceeded: [] });
  });

  it('asks above the threshold of one request, which is no wall without a grant', () => {
    const amount = microUsdc(50_001n);
    expect(verdict({ amount })).toEqual({
      kind: 'ask',
      exceeded: [{ limit: 'request', cap: 50_000n, used: 0n, held: 0n }],
    });
    expect(verdict({ amount, rules: rulesOf(undefined) })).toEqual({ kind: 'ask', exceeded: [] });
    expect(verdict({ amount: microUsdc(50_000n) })).toEqual({ kind: 'allow' });
  });

  it('asks for a payee that the person has not seen', () => {
    expect(verdict({}, true)).toEqual({ kind: 'ask', exceeded: [] });
  });

  it('names the walls when it asks', () => {
    const usage = { ...unused, siteDay: used(500_000n, 4424n) };
    const exceeded = [{ limit: 'site-day', cap: 500_000n, used: 500_000n, held: 4424n }];
    expect(verdict({ usage })).toEqual({ kind: 'ask', exceeded });
    expect(verdict({ usage, rules: rulesOf(undefined) })).toEqual({ kind: 'ask', exceeded });
  });

  it('refuses a blocked site and everything while paused', () => {
    const blocked: SitePolicy = { ...granted, mode: 'blocked' };
    expect(verdict({ rules: rulesOf(blocked, true) })).toEqual({ kind: 'deny', reason: 'blocked' });
    expect(verdict({ rules: rulesOf(granted, true) })).toEqual({ kind: 'deny', reason: 'paused' });
    expect(verdict({ site: panelSite, rules: rulesOf(undefined, true) })).toEqual({
      kind: 'deny',
      reason: 'paused',
    });
  });

  it('refuses the eleventh payment without a card within a minute, and still shows cards', () => {
    expect(verdict({ paymentsInLastMinute: paymentsPerMinute - 1 })).toEqual({ kind: 'allow' });
    expect(verdict({ paymentsInLastMinute: paymentsPerMinute })).toEqual({
      kind: 'deny',
      reason: 'tooManyPayments',
    });
    expect(verdict({ paymentsInLastMinute: 99, rules: rulesOf(undefined) }).kind).toBe('ask');
  });

  it('takes Send in the side panel for the approval, inside the panel’s own limit', () => {
    const panel = { site: panelSite, rules: rulesOf(undefined) };
    expect(verdict(panel)).toEqual({ kind: 'allow' });
    expect(verdict({ ...panel, amount: microUsdc(90_000n), paymentsInLastMinute: 99 })).toEqual({
      kind: 'allow',
    });
    expect(verdict(panel, true)).toEqual({ kind: 'ask', exceeded: [] });
    expect(verdict({ ...panel, usage: { ...unused, panelDay: used(999_000n) } })).toMatchObject({
      kind: 'ask',
      exceeded: [{ limit: 'panel-day' }],
    });
  });
});

const money = fc.bigInt({ min: 0n, max: 30_000_000n }).map(microUsdc);
const anyUsed = fc.tuple(money, money).map(([sum, held]): Used => ({ used: microUsdc(sum + held), held }));
const anyUsage: fc.Arbitrary<Usage> = fc.record({
  siteDay: anyUsed,
  siteMonth: anyUsed,
  allDay: anyUsed,
  allMonth: anyUsed,
  panelDay: anyUsed,
});
const anyPolicy: fc.Arbitrary<SitePolicy> = fc.record(
  {
    site: fc.constant(shop),
    mode: fc.constantFrom('ask', 'auto', 'blocked'),
    caps: fc.record({ request: money, day: money, month: money }),
    grantedAtMs: fc.integer({ min: now - 100 * day, max: now }),
    lastUsedAtMs: fc.integer({ min: now - 100 * day, max: now }),
  },
  { requiredKeys: ['site', 'mode'] },
);
const anyRules: fc.Arbitrary<Rules> = fc.record({
  policy: fc.option(anyPolicy, { nil: undefined }),
  global: fc.record({
    allDay: money,
    allMonth: money,
    panelDay: money,
    site: fc.record({ request: money, day: money, month: money }),
  }),
  paused: fc.boolean(),
});
const anyJudged: fc.Arbitrary<Judged> = fc.record({
  site: fc.constantFrom(shop, panelSite),
  amount: money,
  rules: anyRules,
  usage: anyUsage,
  nowMs: fc.constant(now),
  paymentsInLastMinute: fc.nat(20),
});

/** Whether the payment fits under every wall, written down once more and plainly. */
function fits({ site, amount, rules, usage }: Judged): boolean {
  const room = (use: Used, cap: MicroUsdc) => use.used + amount <= cap;
  if (site === panelSite) return room(usage.panelDay, rules.global.panelDay);
  const caps = rules.policy?.caps ?? rules.global.site;
  return (
    room(usage.siteDay, caps.day) &&
    room(usage.siteMonth, caps.month) &&
    room(usage.allDay, rules.global.allDay) &&
    room(usage.allMonth, rules.global.allMonth)
  );
}

describe('whatever the person has set and used', () => {
  it('no decision allows what passes a wall, a pause, a block, or asks a grant for too much', () => {
    fc.assert(
      fc.property(anyJudged, fc.boolean(), (facts, newPayee) => {
        const result = decide({ ...facts, newPayee });
        if (result.kind !== 'allow') return;
        expect(fits(facts)).toBe(true);
        expect(newPayee || facts.rules.paused || facts.rules.policy?.mode === 'blocked').toBe(false);
        if (facts.site === panelSite) return;
        expect(effectiveMode(facts.rules.policy, now)).toBe('auto');
        expect(facts.amount <= (facts.rules.policy?.caps ?? facts.rules.global.site).request).toBe(true);
        expect(facts.paymentsInLastMinute).toBeLessThan(paymentsPerMinute);
      }),
      { numRuns: 2000 },
    );
  });

  it('a question names a wall if and only if there is one', () => {
    fc.assert(
      fc.property(anyJudged, (facts) => {
        const result = decide({ ...facts, newPayee: false });
        if (result.kind !== 'ask') return true;
        return result.exceeded.some(({ limit }) => limit !== 'request') !== fits(facts);
      }),
      { numRuns: 2000 },
    );
  });

  it('no reservation passes a wall but on a one-time raise that stands', () => {
    fc.assert(
      fc.property(
        anyJudged,
        fc.constantFrom('card', 'grant', 'override'),
        fc.boolean(),
        (facts, approvedBy, overrideStands) => {
          const result = admit({ ...facts, approvedBy, overrideStands });
          if (result.kind !== 'allow') return;
          expect(facts.rules.paused || facts.rules.policy?.mode === 'blocked').toBe(false);
          if (approvedBy === 'override') expect(overrideStands).toBe(true);
          else expect(fits(facts)).toBe(true);
          if (approvedBy === 'grant' && facts.site !== panelSite)
            expect(effectiveMode(facts.rules.policy, now)).toBe('auto');
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('the admission of a reservation', () => {
  const admitted = (
    approvedBy: 'card' | 'grant' | 'override',
    change: Partial<Judged> = {},
    overrideStands = false,
  ) => admit({ ...judged(change), approvedBy, overrideStands });
  const full = { ...unused, siteDay: used(500_000n) };

  it('lets a card pay what fits, whatever its size and the rate', () => {
    expect(admitted('card', { amount: microUsdc(90_000n), paymentsInLastMinute: 99 })).toEqual({
      kind: 'allow',
    });
    expect(admitted('card', { usage: full })).toMatchObject({
      kind: 'ask',
      exceeded: [{ limit: 'site-day' }],
    });
  });

  it('takes back what a grant that has gone meanwhile had approved', () => {
    expect(admitted('grant')).toEqual({ kind: 'allow' });
    expect(admitted('grant', { rules: rulesOf(undefined) })).toEqual({ kind: 'ask', exceeded: [] });
    expect(admitted('grant', { paymentsInLastMinute: paymentsPerMinute })).toEqual({
      kind: 'deny',
      reason: 'tooManyPayments',
    });
  });

  it('lets a raise that stands pass every wall but a block and a pause', () => {
    expect(admitted('override', { usage: full }, true)).toEqual({ kind: 'allow' });
    expect(admitted('override', { usage: full, rules: rulesOf(granted, true) }, true)).toEqual({
      kind: 'deny',
      reason: 'paused',
    });
    expect(admitted('override', { rules: rulesOf({ ...granted, mode: 'blocked' }) }, true)).toEqual({
      kind: 'deny',
      reason: 'blocked',
    });
  });

  it('asks again where the raise no longer stands, even if there is room', () => {
    expect(admitted('override')).toEqual({ kind: 'ask', exceeded: [] });
    expect(admitted('override', { usage: full })).toMatchObject({
      kind: 'ask',
      exceeded: [{ limit: 'site-day' }],
    });
    // A raise is used up by a payment that names it, nothing else.
    expect(admitted('card', { usage: full }, true).kind).toBe('ask');
  });
});
