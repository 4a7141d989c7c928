import * as v from 'valibot';
import { isNetwork } from '../core/assets.ts';
import type { Network } from '../core/assets.ts';
import { Failure } from '../core/failure.ts';
import { isJsonObject } from '../core/json.ts';
import type { SiteCaps } from '../core/limits.ts';
import { formatUsdc, parseUsdc } from '../core/money.ts';
import type { MicroUsdc } from '../core/money.ts';
import { maxSettingsFile } from '../core/settings.ts';
import type { FileSettings, Settings } from '../core/settings.ts';
import { parseSite } from '../core/site.ts';
import type { Site } from '../core/site.ts';
import { configurationSchema, gatewaySchema } from './configurationSchemas.ts';

const version = 1;
const maxSites = 1000;

/** In whole USDC, as a person reads and writes it. */
const amount = v.pipe(
  v.string(),
  v.rawTransform<string, MicroUsdc>(({ dataset, addIssue, NEVER }) => {
    const parsed = parseUsdc(dataset.value);
    if (parsed !== undefined) return parsed;
    addIssue({ message: 'an amount in USDC such as "0.50"' });
    return NEVER;
  }),
);
const siteCaps = v.strictObject({
  request: v.exactOptional(amount),
  day: v.exactOptional(amount),
  month: v.exactOptional(amount),
});

const file = v.strictObject({
  paidchat: v.literal('settings'),
  version: v.literal(version),
  limits: v.exactOptional(
    v.strictObject({
      allDay: v.exactOptional(amount),
      allMonth: v.exactOptional(amount),
      panelDay: v.exactOptional(amount),
      site: v.exactOptional(siteCaps),
    }),
  ),
  sites: v.exactOptional(
    v.pipe(
      v.array(
        v.strictObject({
          site: v.custom<Site>((site) => parseSite(site) !== undefined, 'a site'),
          blocked: v.exactOptional(v.boolean()),
          limits: v.exactOptional(siteCaps),
          gateway: v.exactOptional(gatewaySchema.entries.id),
          model: v.exactOptional(gatewaySchema.entries.defaultModel),
          network: v.exactOptional(v.custom<Network>(isNetwork)),
        }),
      ),
      v.maxLength(maxSites),
    ),
  ),
  gateways: v.exactOptional(configurationSchema.entries.gateways),
  defaultGateway: v.exactOptional(v.string()),
  nodes: v.exactOptional(configurationSchema.entries.nodes),
  developerMode: v.exactOptional(v.boolean()),
  testNetwork: configurationSchema.entries.testNetwork,
});

/**
 * Reads a settings file, whatever is in it.
 *
 * @throws {Failure} fileUnreadable, fileNewer
 */
export function readSettingsFile(text: string): FileSettings {
  const json = parse(text);
  if (isNewer(json)) throw new Failure('fileNewer');
  const read = v.safeParse(file, json);
  if (!read.success) throw new Failure('fileUnreadable', detailOf(v.getDotPath(read.issues[0])));
  const {
    limits = {},
    sites = [],
    gateways = [],
    nodes = [],
    paidchat: _is,
    version: _of,
    ...rest
  } = read.output;
  return {
    global: limits,
    sites: sites.map(({ blocked = false, limits: caps, ...site }) => ({
      ...site,
      blocked,
      ...(caps === undefined ? {} : { caps }),
    })),
    gateways,
    nodes,
    ...rest,
  };
}

/** The settings as a file: for people to read, and for `readSettingsFile`. */
export function writeSettingsFile({ global, sites, configuration }: Settings): string {
  const { gateways, nodes, ...rest } = configuration;
  const content = {
    paidchat: 'settings',
    version,
    limits: {
      allDay: formatUsdc(global.allDay),
      allMonth: formatUsdc(global.allMonth),
      panelDay: formatUsdc(global.panelDay),
      site: capsText(global.site),
    },
    sites: sites.map(({ site, blocked, caps, ...choice }) => ({
      site,
      ...(blocked ? { blocked } : {}),
      ...(caps === undefined ? {} : { limits: capsText(caps) }),
      ...choice,
    })),
    gateways,
    nodes,
    ...rest,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function capsText({ request, day, month }: SiteCaps) {
  return { request: formatUsdc(request), day: formatUsdc(day), month: formatUsdc(month) };
}

function parse(text: string): unknown {
  if (text.length > maxSettingsFile) throw new Failure('fileUnreadable', { detail: 'too long' });
  try {
    // A key of this name is nobody's setting, at any depth.
    return JSON.parse(text, (key, value: unknown) => {
      if (key === '__proto__') throw new Failure('fileUnreadable', { detail: '__proto__' });
      return value;
    });
  } catch (cause) {
    throw cause instanceof Failure ? cause : new Failure('fileUnreadable', { detail: 'no JSON', cause });
  }
}

function isNewer(json: unknown): boolean {
  if (!isJsonObject(json) || json['paidchat'] !== 'settings') return false;
  return Number.isSafeInteger(json['version']) && Number(json['version']) > version;
}

function detailOf(path: string | null): { detail?: string } {
  // A key of the file's own making is not repeated on a screen.
  return path !== null && /^[a-zA-Z0-9.]{1,60}$/.test(path) ? { detail: path } : {};
}
