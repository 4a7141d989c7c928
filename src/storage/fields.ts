import * as v from 'valibot';
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
export const siteField = v.custom<Site>(isSite);

/** Sites that were parsed before: to parse a URL costs as much as half a row. */
const parsedSites = new Set<unknown>([panelSite]);
const mostParsedSites = 1_000;

/** Whether it is an exact web origin, or the side panel. */
export function isSite(value: unknown): value is Site {
  if (parsedSites.has(value)) return true;
  if (parseSite(value) === undefined) return false;
  if (parsedSites.size < mostParsedSites) parsedSites.add(value);
  return true;
}

/** Unix milliseconds. */
export const timeField = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A count. */
export const countField = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

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
export function refuseUnreadable(row: unknown, read: (row: unknown) => unknown): void {
  try {
    read(row);
  } catch (error) {
    if (error instanceof DamagedRecord) throw unavailable('a record that could not be read back');
    throw error;
  }
}

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
