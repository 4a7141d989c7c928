import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultConfiguration } from '../../src/core/configuration.ts';
import { Failure } from '../../src/core/failure.ts';
import { defaultGlobalCaps, defaultSiteCaps } from '../../src/core/limits.ts';
import type { SiteCaps } from '../../src/core/limits.ts';
import { microUsdc } from '../../src/core/money.ts';
import { changesBetween, loosens, withFile } from '../../src/core/settings.ts';
import type { FileSettings, Settings, SettingsChange } from '../../src/core/settings.ts';
import type { Site } from '../../src/core/site.ts';
import { readSettingsFile, writeSettingsFile } from '../../src/protocol/settingsFileSchemas.ts';
import { news, shop } from '../fakes/payments.ts';
import { ownGateway, testNetwork } from '../fakes/services.ts';

const money = fc.bigInt({ min: 0n, max: 999_999_999_999n }).map(microUsdc);
const anyCaps: fc.Arbitrary<SiteCaps> = fc.record({ request: money, day: money, month: money });
const siteNames = fc.constantFrom(shop, news, 'https://third.example' as Site);
const anyGateway = fc.record({
  id: fc.constantFrom('one', 'two', 'three'),
  name: fc.constantFrom('One', 'Two'),
  kind: fc.constantFrom('jumpgate' as const, 'openai' as const),
  baseUrl: fc.constantFrom('https://one.example', 'https://two.example/v1'),
  defaultModel: fc.constant('own/large'),
  defaultMaxTokens: fc.integer({ min: 1, max: 1_000_000 }),
});
const unique = <T>(one: fc.Arbitrary<T>, selector: (value: T) => string) =>
  fc.uniqueArray(one, { selector, maxLength: 3 });
const anyNodes = fc.array(
  fc.record({
    network: fc.constant('eip155:8453' as const),
    rpcUrls: fc.constantFrom(['https://a.example'] as const, ['https://b.example/k'] as const),
  }),
  { maxLength: 1 },
);
const anySettings: fc.Arbitrary<Settings> = fc.record({
  global: fc.record({ allDay: money, allMonth: money, panelDay: money, site: anyCaps }),
  sites: unique(
    fc.record(
      { site: siteNames, blocked: fc.boolean(), caps: anyCaps },
      { requiredKeys: ['site', 'blocked'] },
    ),
    ({ site }) => site,
  ),
  configuration: fc.record(
    {
      gateways: unique(anyGateway, ({ id }) => id),
      defaultGateway: fc.constantFrom('one', 'jumpgate'),
      nodes: anyNodes,
      developerMode: fc.boolean(),
      testNetwork: fc.constantFrom(testNetwork, { ...testNetwork, chainId: 1 }),
    },
    { requiredKeys: ['gateways', 'nodes', 'developerMode'] },
  ),
});
const plain: Settings = { global: defaultGlobalCaps, sites: [], configuration: defaultConfiguration };
const refusal = (text: string) => {
  try {
    readSettingsFile(text);
  } catch (error) {
    if (error instanceof Failure) return error.reason;
    throw error;
  }
  return undefined;
};
const fileOf = (settings: unknown) =>
  JSON.stringify({ paidchat: 'settings', version: 1, ...Object(settings) });
const capsOf = ({ sites, global }: Settings, site: Site) =>
  sites.find((known) => known.site === site)?.caps ?? global.site;
const isBlocked = ({ sites }: Settings, site: Site) =>
  sites.some((known) => known.site === site && known.blocked);

describe('a settings file', () => {
  it('read again changes nothing, whatever the settings', () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        const next = withFile(settings, readSettingsFile(writeSettingsFile(settings)));
        expect(next).toEqual(settings);
        expect(changesBetween(settings, next)).toEqual([]);
      }),
    );
  });

  it('brings everything that it says into settings that had nothing of it', () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        expect(withFile(plain, readSettingsFile(writeSettingsFile(settings)))).toEqual(settings);
      }),
    );
  });

  it('holds no grant and nothing that was paid', () => {
    const text = writeSettingsFile({
      ...plain,
      sites: [{ site: shop, blocked: false, caps: defaultSiteCaps }],
    });
    expect(text).not.toMatch(/auto|grant|payment|used/i);
    expect(refusal(fileOf({ sites: [{ site: shop, mode: 'auto' }] }))).toBe('fileUnreadable');
    expect(refusal(fileOf({ sites: [{ site: shop, grantedAtMs: 1 }] }))).toBe('fileUnreadable');
    expect(refusal(fileOf({ payments: [] }))).toBe('fileUnreadable');
  });

  it('may hold a part of the settings, and the rest stays', () => {
    const next = withFile(
      plain,
      readSettingsFile(fileOf({ limits: { allDay: '1.50', site: { day: '0.10' } } })),
    );
    expect(next).toEqual({
      ...plain,
      global: {
        ...defaultGlobalCaps,
        allDay: 1_500_000n,
        site: { ...defaultSiteCaps, day: 100_000n },
      },
    });
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'limits: 5'],
    ['another thing', '{"hello":1}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a prototype', '{"paidchat":"settings","version":1,"__proto__":{"limits":{"allDay":"900"}}}'],
    ['a prototype within', '{"paidchat":"settings","version":1,"limits":{"__proto__":{"allDay":"900"}}}'],
    [
      'a prototype in an extra field',
      fileOf({ gateways: [{ ...ownGateway }] }).replace('"name"', '"__proto__":{},"name"'),
    ],
    ['ten megabytes', fileOf({ padding: 'x'.repeat(10 * 1024 * 1024) })],
    ['a hundred thousand brackets', '['.repeat(100_000)],
    ['an unknown key', fileOf({ surprise: 1 })],
    ['a number as an amount', fileOf({ limits: { allDay: 5 } })],
    ['a negative amount', fileOf({ limits: { allDay: '-1' } })],
    ['an amount in exponents', fileOf({ limits: { allDay: '1e3' } })],
    ['an amount of seven decimals', fileOf({ limits: { allDay: '0.0000001' } })],
    ['too much', fileOf({ limits: { allDay: '1000000' } })],
    ['a site that is none', fileOf({ sites: [{ site: 'http://shop.example', blocked: true }] })],
    ['the side panel as a site', fileOf({ sites: [{ site: 'paidchat:panel', blocked: true }] })],
    ['a gateway on plain http', fileOf({ gateways: [{ ...ownGateway, baseUrl: 'http://gateway.example' }] })],
    ['a gateway of an unknown kind', fileOf({ gateways: [{ ...ownGateway, kind: 'other' }] })],
    ['a node that is a script', fileOf({ nodes: [{ network: 'eip155:8453', rpcUrls: ['javascript:1'] }] })],
    ['a version that is none', fileOf({ version: '1' })],
    ['an old version that never was', fileOf({ version: 0 })],
  ])('with %s in it is refused in one sentence', (_what, text) => {
    expect(refusal(text)).toBe('fileUnreadable');
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('of a later version says so', () => {
    expect(refusal(fileOf({ version: 2, anything: true }))).toBe('fileNewer');
  });

  it('never throws anything but a Failure, whatever it holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.jsonValue().map(fileOf)), (text) => {
        expect([undefined, 'fileUnreadable', 'fileNewer']).toContain(refusal(text));
      }),
    );
  });
});

describe('an import', () => {
  const listedLimit = (
    changes: readonly SettingsChange[],
    limit: string,
    site: Site | undefined,
    to: bigint,
  ) =>
    changes.some(
      (change) =>
        change.kind === 'limit' &&
        change.limit === limit &&
        change.site === site &&
        change.to === to &&
        loosens(change),
    );

  it('raises no limit, unblocks nothing and trusts nobody without naming it', () => {
    const anyFile: fc.Arbitrary<FileSettings> = anySettings.map((said) =>
      readSettingsFile(writeSettingsFile(said)),
    );
    fc.assert(
      fc.property(anySettings, anyFile, (before, file) => {
        const after = withFile(before, file);
        const changes = changesBetween(before, after);
        const walls = [
          ['all-day', before.global.allDay, after.global.allDay],
          ['all-month', before.global.allMonth, after.global.allMonth],
          ['panel-day', before.global.panelDay, after.global.panelDay],
        ] as const;
        for (const [limit, was, is] of walls)
          if (is > was) expect(listedLimit(changes, limit, undefined, is)).toBe(true);
        for (const site of [shop, news, 'https://third.example' as Site, 'https://unnamed.example' as Site]) {
          if (isBlocked(before, site)) expect(isBlocked(after, site)).toBe(true);
          const own = after.sites.find((known) => known.site === site)?.caps === undefined ? undefined : site;
          const was = capsOf(before, site);
          const is = capsOf(after, site);
          for (const [limit, key] of [
            ['request', 'request'],
            ['site-day', 'day'],
            ['site-month', 'month'],
          ] as const)
            if (is[key] > was[key]) expect(listedLimit(changes, limit, own, is[key])).toBe(true);
        }
        for (const gateway of after.configuration.gateways) {
          const known = before.configuration.gateways.some(
            (one) => JSON.stringify(one) === JSON.stringify(gateway),
          );
          const named = changes.some(
            (change) => change.kind === 'gateway' && change.gateway.id === gateway.id,
          );
          expect(known || named).toBe(true);
        }
        const kinds = changes.filter(loosens).map(({ kind }) => kind);
        if (after.configuration.developerMode && !before.configuration.developerMode)
          expect(kinds).toContain('developer-mode');
        if (after.configuration.defaultGateway !== before.configuration.defaultGateway)
          expect(kinds).toContain('default-gateway');
        if (JSON.stringify(after.configuration.nodes) !== JSON.stringify(before.configuration.nodes))
          expect(kinds).toContain('nodes');
        if (after.configuration.testNetwork?.chainId !== before.configuration.testNetwork?.chainId)
          expect(kinds).toContain('test-network');
      }),
      { numRuns: 500 },
    );
  });

  it('names a site’s limit that is above what any site has, though it had none of its own', () => {
    const after = withFile(
      plain,
      readSettingsFile(fileOf({ sites: [{ site: shop, limits: { day: '0.60' } }] })),
    );
    expect(changesBetween(plain, after)).toEqual([
      { kind: 'limit', limit: 'site-day', site: shop, from: 500_000n, to: 600_000n },
    ]);
  });

  it('lets a gateway that is known be changed only by name', () => {
    const before = { ...plain, configuration: { ...defaultConfiguration, gateways: [ownGateway] } };
    const moved = { ...ownGateway, baseUrl: 'https://elsewhere.example' };
    const after = withFile(before, readSettingsFile(fileOf({ gateways: [moved] })));
    expect(changesBetween(before, after)).toEqual([{ kind: 'gateway', gateway: moved, isNew: false }]);
  });
});
