import type { Configuration } from '../core/configuration.ts';
import { defaultConfiguration } from '../core/configuration.ts';
import { configurationSchema } from '../protocol/configurationSchemas.ts';
import type { PaidChatDb } from './db.ts';
import { parseStored } from './fields.ts';

/** Where the person's own services are kept: beside the ledger, out of every page's reach. */
export interface ConfigurationStore {
  /** @throws Failure `ledgerUnavailable` */
  read(): Promise<Configuration>;
  /** Changes it within one transaction. @returns what it has become */
  change(by: (known: Configuration) => Configuration): Promise<Configuration>;
}

const key = 'configuration';

/** Opens the store of the person's own services. */
export function createConfigurationStore(db: PaidChatDb): ConfigurationStore {
  return {
    read: () => db.read(['settings'], async (tx) => decode(await tx.objectStore('settings').get(key))),
    change: (by) =>
      db.write(['settings'], async (tx) => {
        const settings = tx.objectStore('settings');
        // Read back, so that nothing is ever written that could not be read.
        const changed = decode(by(decode(await settings.get(key))));
        await settings.put(changed, key);
        return changed;
      }),
  };
}

function decode(stored: unknown): Configuration {
  return stored === undefined ? defaultConfiguration : parseStored(configurationSchema, stored);
}
