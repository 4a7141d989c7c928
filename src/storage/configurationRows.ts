import { defaultConfiguration } from '../core/configuration.ts';
import type { Configuration } from '../core/configuration.ts';
import { configurationSchema } from '../protocol/configurationSchemas.ts';
import type { WriteTransaction } from './db.ts';
import { parseStored } from './fields.ts';

/** The person's own services as they are stored. @throws Failure `ledgerUnavailable` */
export function decodeConfiguration(stored: unknown): Configuration {
  return stored === undefined ? defaultConfiguration : parseStored(configurationSchema, stored);
}

/** Writes them in the transaction. Refuses what could not be read back. @returns what was written */
export async function putConfiguration(
  tx: WriteTransaction,
  configuration: Configuration,
): Promise<Configuration> {
  const row = decodeConfiguration(configuration);
  await tx.objectStore('settings').put(row, 'configuration');
  return row;
}
