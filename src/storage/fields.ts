import * as v from 'valibot';
import { isNetwork } from '../core/assets.ts';
import type { Network } from '../core/assets.ts';
import { Failure } from '../core/failure.ts';
import { microUsdc, parseMicroUsdc, parseSum } from '../core/money.ts';
import { panelSite, parseSite } from '../core/site.ts';
import type { Site } from '../core/site.ts';
import { unavailable } from './db.ts';

/** One payment's amount or one limit, as decimal digits. */
export const amountField = v.pipe(
  v.custom<string>((text) => parseMicroUsdc(text) !== undefined),
  v.transform((text) => microUsdc(BigInt(text))),
);

/** A sum of amounts, as decimal digits: years of payments may pass what a single amount can hold. */
export const sumField = v.pipe(
  v.custom<string>((text) => parseSum(text) !== undefined),
  v.transform((text) => microUsdc(BigInt(text))),
);

/** An exact web origin, or the side panel. */
export const siteField = v.custom<Site>((site) => site === panelSite || parseSite(site) !== undefined);

/** A chain; not only those that are known now: a row outlives the test network that it was paid on. */
export const networkField = v.custom<Network>(isNetwork);

/** Unix milliseconds. */
export const timeField = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A count. */
export const countField = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Hex with its prefix. */
export const hexField = v.custom<`0x${string}`>(
  (text) => typeof text === 'string' && /^0x[0-9a-fA-F]+$/.test(text),
);

/** A record in the database is not what we wrote: nothing in it can be trusted until the person has agreed to go on. */
export class DamagedRecord extends Failure {
  constructor() {
    super('ledgerUnavailable', { detail: 'a stored record is damaged' });
  }
}

/**
 * Refuses to write what could not be read back.
 *
 * @throws Failure `ledgerUnavailable`
 */
export function refuseUnreadable(schema: v.GenericSchema, row: unknown): void {
  if (!v.is(schema, row)) throw unavailable('a record that could not be read back');
}

/** An address of an EVM chain, or of Solana. */
export const addressField = v.custom<string>(
  (text) => typeof text === 'string' && /^(0x[0-9a-fA-F]+|[1-9A-HJ-NP-Za-km-z]{32,44})$/.test(text),
);

/** A signature in hex with its prefix, or a signed Solana transaction in base64. */
export const signatureField = v.custom<string>(
  (text) => typeof text === 'string' && /^(0x[0-9a-fA-F]+|[A-Za-z0-9+/]+={0,2})$/.test(text),
);

/**
 * Parses what was stored. A row that is not what we wrote is never skipped: it could be the one that fills a limit.
 *
 * @throws DamagedRecord
 */
export function parseStored<Schema extends v.GenericSchema>(
  schema: Schema,
  stored: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, stored);
  if (!result.success) throw new DamagedRecord();
  return result.output;
}
