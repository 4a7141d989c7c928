import type { Settings, SiteSetting } from '../core/settings.ts';
import { panelSite } from '../core/site.ts';
import { decodeConfiguration, putConfiguration } from './configurationRows.ts';
import type { PaidChatDb, ReadTransaction } from './db.ts';
import { decodePolicy, putGlobalCaps, putPolicy, readPolicy, readRules } from './policyRows.ts';

/** All that the person has set, as one: for a settings file. */
export interface SettingsStore {
  /** @throws Failure `ledgerUnavailable` */
  read(): Promise<Settings>;
  /** Changes all of it within one transaction; what `by` throws changes nothing. Grants only ever end by it. */
  change(by: (now: Settings) => Settings): Promise<void>;
}

const stores = ['policies', 'settings'] as const;

/** Opens the settings as one. */
export function createSettingsStore(db: PaidChatDb): SettingsStore {
  return {
    read: () => db.read([...stores], readSettings),
    change: (by) =>
      db.write([...stores], async (tx) => {
        const next = by(await readSettings(tx));
        await putGlobalCaps(tx, next.global);
        await putConfiguration(tx, next.configuration);
        for (const setting of next.sites) {
          const { site, blocked, caps, gateway, model, network } = setting;
          const known = (await readPolicy(tx, site)) ?? { site, mode: 'ask' as const };
          const { grantedAtMs, gateway: _before, model: _own, ...policy } = known;
          await putPolicy(tx, {
            ...policy,
            ...(caps === undefined ? {} : { caps }),
            ...(gateway === undefined ? {} : { gateway }),
            ...(model === undefined ? {} : { model }),
            ...(network === undefined ? {} : { network }),
            ...(blocked ? { mode: 'blocked' } : grantedAtMs === undefined ? {} : { grantedAtMs }),
          });
        }
      }),
  };
}

async function readSettings(tx: ReadTransaction): Promise<Settings> {
  const [rows, { global }, configuration] = await Promise.all([
    tx.objectStore('policies').getAll(),
    readRules(tx, panelSite),
    tx.objectStore('settings').get('configuration'),
  ]);
  const sites = rows
    .map(decodePolicy)
    .filter(({ site, mode, caps, gateway, network }) => {
      const isSet = [caps, gateway, network].some((choice) => choice !== undefined);
      return site !== panelSite && (mode === 'blocked' || isSet);
    })
    .map(({ site, mode, caps, gateway, model, network }): SiteSetting => {
      return {
        site,
        blocked: mode === 'blocked',
        ...(caps === undefined ? {} : { caps }),
        ...(gateway === undefined ? {} : { gateway }),
        ...(model === undefined ? {} : { model }),
        ...(network === undefined ? {} : { network }),
      };
    });
  return { global, sites, configuration: decodeConfiguration(configuration) };
}
