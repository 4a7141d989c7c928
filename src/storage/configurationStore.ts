import type { Configuration } from '../core/configuration.ts';
import { decodeConfiguration, putConfiguration } from './configurationRows.ts';
import type { PaidChatDb, ReadTransaction } from './db.ts';

/** Where the person's own services are kept: beside the ledger, out of every page's reach. */
export interface ConfigurationStore {
  /** @throws Failure `ledgerUnavailable` */
  read(): Promise<Configuration>;
  /** Changes it within one transaction; what `by` throws changes nothing. @returns what it has become */
  change(by: (known: Configuration) => Configuration): Promise<Configuration>;
}

/** Opens the store of the person's own services. */
export function createConfigurationStore(db: PaidChatDb): ConfigurationStore {
  const read = async (tx: ReadTransaction) =>
    decodeConfiguration(await tx.objectStore('settings').get('configuration'));
  return {
    read: () => db.read(['settings'], read),
    change: (by) => db.write(['settings'], async (tx) => putConfiguration(tx, by(await read(tx)))),
  };
}
