import type { Network } from './assets.ts';
import type { Configuration, NodeChoice, TestNetwork } from './configuration.ts';
import type { Gateway } from './gateways.ts';
import type { GlobalCaps, LimitName, SiteCaps } from './limits.ts';
import type { MicroUsdc } from './money.ts';
import type { Site } from './site.ts';

/** No settings file is longer, in characters. */
export const maxSettingsFile = 256 * 1024;

/** What the person has set, as far as a file may carry it: no grant, no history. */
export interface Settings {
  readonly global: GlobalCaps;
  readonly sites: readonly SiteSetting[];
  readonly configuration: Configuration;
}

/** A site that is blocked, has limits of its own, or a gateway or a chain that was chosen for it. */
export interface SiteSetting {
  readonly site: Site;
  readonly blocked: boolean;
  readonly caps?: SiteCaps;
  readonly gateway?: string;
  /** Of that gateway. */
  readonly model?: string;
  /** The chain to pay on. */
  readonly network?: Network;
}

/** What a settings file says. What it leaves out stays as it is; it removes, unblocks and allows nothing. */
export interface FileSettings {
  readonly global: Partial<Omit<GlobalCaps, 'site'>> & { readonly site?: Partial<SiteCaps> };
  readonly sites: readonly {
    readonly site: Site;
    readonly blocked: boolean;
    readonly caps?: Partial<SiteCaps>;
    readonly gateway?: string;
    readonly model?: string;
    readonly network?: Network;
  }[];
  readonly gateways: readonly Gateway[];
  readonly defaultGateway?: string;
  readonly nodes: readonly NodeChoice[];
  readonly developerMode?: boolean;
  readonly testNetwork?: TestNetwork;
}

/** One thing that differs between two states of the settings. */
export type SettingsChange =
  | {
      readonly kind: 'limit';
      readonly limit: LimitName;
      /** Absent for a limit over all sites, and for one of any site. */
      readonly site?: Site;
      readonly from: MicroUsdc;
      readonly to: MicroUsdc;
    }
  | { readonly kind: 'block'; readonly site: Site }
  | { readonly kind: 'site-gateway'; readonly site: Site; readonly gateway: string; readonly model?: string }
  | { readonly kind: 'site-network'; readonly site: Site; readonly network: Network }
  | { readonly kind: 'gateway'; readonly gateway: Gateway; readonly isNew: boolean }
  | { readonly kind: 'default-gateway'; readonly id: string | undefined }
  | { readonly kind: 'nodes'; readonly choice: NodeChoice }
  | { readonly kind: 'developer-mode'; readonly on: boolean }
  | { readonly kind: 'test-network'; readonly testNetwork: TestNetwork };

/** What the settings become with a file. */
export function withFile(now: Settings, file: FileSettings): Settings {
  const { configuration } = now;
  const { defaultGateway = configuration.defaultGateway, testNetwork = configuration.testNetwork } = file;
  const { site, ...walls } = file.global;
  return {
    global: { ...now.global, ...walls, site: { ...now.global.site, ...site } },
    sites: file.sites.reduce(withSite(now.global.site), now.sites),
    configuration: {
      gateways: replaced(configuration.gateways, file.gateways, ({ id }) => id),
      nodes: replaced(configuration.nodes, file.nodes, ({ network }) => network),
      developerMode: file.developerMode ?? configuration.developerMode,
      ...(defaultGateway === undefined ? {} : { defaultGateway }),
      ...(testNetwork === undefined ? {} : { testNetwork }),
    },
  };
}

/** Everything that differs, so that nothing becomes looser without being named. */
export function changesBetween(before: Settings, after: Settings): readonly SettingsChange[] {
  return [
    ...globalChanges(before.global, after.global),
    ...after.sites.flatMap((site) => siteChanges(before, site)),
    ...configurationChanges(before.configuration, after.configuration),
  ];
}

/** Whether more may be spent with it, or somebody new is trusted: the person has to agree to it by name. */
export function loosens(change: SettingsChange): boolean {
  switch (change.kind) {
    case 'limit':
      return change.to > change.from;
    case 'block':
    // No more can be spent by it, and nobody new is paid.
    case 'site-network':
      return false;
    case 'developer-mode':
      return change.on;
    case 'gateway':
    case 'site-gateway':
    case 'default-gateway':
    case 'nodes':
    case 'test-network':
      return true;
  }
}

function withSite(defaults: SiteCaps) {
  return (known: readonly SiteSetting[], said: FileSettings['sites'][number]): readonly SiteSetting[] => {
    const before = known.find(({ site }) => site === said.site);
    const caps = said.caps && { ...(before?.caps ?? defaults), ...said.caps };
    const next: SiteSetting = {
      site: said.site,
      blocked: said.blocked || before?.blocked === true,
      ...((caps ?? before?.caps) ? { caps: caps ?? before?.caps ?? defaults } : {}),
      ...choiceOf(said.gateway === undefined ? before : said),
      ...networkOf(said.network ?? before?.network),
    };
    return replaced(known, [next], ({ site }) => site);
  };
}

function networkOf(network: Network | undefined): Pick<SiteSetting, 'network'> {
  return network === undefined ? {} : { network };
}

function choiceOf(
  by: Pick<SiteSetting, 'gateway' | 'model'> | undefined,
): Pick<SiteSetting, 'gateway' | 'model'> {
  const { gateway, model } = by ?? {};
  if (gateway === undefined) return {};
  return { gateway, ...(model === undefined ? {} : { model }) };
}

/** The list with those of `by` in the place of what has their name, or after it. */
function replaced<T>(list: readonly T[], by: readonly T[], nameOf: (one: T) => string): readonly T[] {
  const said = new Map(by.map((one) => [nameOf(one), one]));
  const kept = list.map((one) => said.get(nameOf(one)) ?? one);
  const known = new Set(list.map(nameOf));
  return [...kept, ...[...said.values()].filter((one) => !known.has(nameOf(one)))];
}

function globalChanges(before: GlobalCaps, after: GlobalCaps): readonly SettingsChange[] {
  const walls = [
    limitChange('all-day', before.allDay, after.allDay),
    limitChange('all-month', before.allMonth, after.allMonth),
    limitChange('panel-day', before.panelDay, after.panelDay),
  ];
  return [...walls.flat(), ...capsChanges(before.site, after.site)];
}

/** Compared with what holds for the site before: its own limits, or those of any site. */
function siteChanges(before: Settings, after: SiteSetting): readonly SettingsChange[] {
  const { site, blocked, caps, gateway, model, network } = after;
  const known = before.sites.find((other) => other.site === site);
  const isSame = gateway === known?.gateway && model === known?.model;
  return [
    ...(blocked && known?.blocked !== true ? [{ kind: 'block', site } as const] : []),
    ...(caps === undefined ? [] : capsChanges(known?.caps ?? before.global.site, caps, site)),
    ...(gateway === undefined || isSame
      ? []
      : [{ kind: 'site-gateway', site, gateway, ...(model === undefined ? {} : { model }) } as const]),
    ...(network === undefined || network === known?.network
      ? []
      : [{ kind: 'site-network', site, network } as const]),
  ];
}

function capsChanges(before: SiteCaps, after: SiteCaps, site?: Site): readonly SettingsChange[] {
  return [
    ...limitChange('request', before.request, after.request, site),
    ...limitChange('site-day', before.day, after.day, site),
    ...limitChange('site-month', before.month, after.month, site),
  ];
}

function limitChange(
  limit: LimitName,
  from: MicroUsdc,
  to: MicroUsdc,
  site?: Site,
): readonly SettingsChange[] {
  return from === to ? [] : [{ kind: 'limit', limit, from, to, ...(site === undefined ? {} : { site }) }];
}

function configurationChanges(before: Configuration, after: Configuration): readonly SettingsChange[] {
  const gateways = after.gateways.flatMap((gateway): readonly SettingsChange[] => {
    const known = before.gateways.find(({ id }) => id === gateway.id);
    return same(known, gateway) ? [] : [{ kind: 'gateway', gateway, isNew: known === undefined }];
  });
  const nodes = after.nodes.flatMap((choice): readonly SettingsChange[] => {
    const known = before.nodes.find(({ network }) => network === choice.network);
    return same(known, choice) ? [] : [{ kind: 'nodes', choice }];
  });
  const { defaultGateway: id, developerMode: on, testNetwork } = after;
  return [
    ...gateways,
    ...(id === before.defaultGateway ? [] : [{ kind: 'default-gateway', id } as const]),
    ...nodes,
    ...(on === before.developerMode ? [] : [{ kind: 'developer-mode', on } as const]),
    ...(testNetwork === undefined || same(before.testNetwork, testNetwork)
      ? []
      : [{ kind: 'test-network', testNetwork } as const]),
  ];
}

/** Plain JSON, compared by what it says whatever the order of its keys. */
function same(a: object | undefined, b: object): boolean {
  return a !== undefined && JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entry]) => [key, ordered(entry)]);
}
