import { parseMicroUsdc, parseSum } from '../core/money.ts';
import type { MicroUsdc } from '../core/money.ts';
import type { Site } from '../core/site.ts';
import { DamagedRecord, isSite } from './fields.ts';

/** A record of the database, none of whose fields is known to be what we wrote. */
export type Unread = Readonly<Record<string, unknown>>;

/** Gives back a field's value as what it has to be. @throws DamagedRecord where it is none */
export type Reader<Value> = (value: unknown) => Value;

/** @throws DamagedRecord always */
export function damaged(): never {
  throw new DamagedRecord();
}

/** A record with any fields. @throws DamagedRecord */
export function record(value: unknown): Unread {
  return typeof value === 'object' && value !== null ? (value as Unread) : damaged();
}

/** How many fields a record has: one that was not read makes it another than ours. */
export function fieldsOf(value: object): number {
  return Object.keys(value).length;
}

/** Any text. @throws DamagedRecord */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : damaged();
}

/** Text that a pattern fits. */
export function textLike<Text extends string = string>(pattern: RegExp): Reader<Text> {
  return (value) => (typeof value === 'string' && pattern.test(value) ? (value as Text) : damaged());
}

/** One of these values. */
export function oneOf<Value extends string | number>(...known: readonly Value[]): Reader<Value> {
  return (value) => (known.includes(value as Value) ? (value as Value) : damaged());
}

/** A count, or Unix milliseconds. @throws DamagedRecord */
export function whole(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : damaged();
}

/** One payment's amount. @throws DamagedRecord */
export function amount(value: unknown): MicroUsdc {
  return parseMicroUsdc(value) ?? damaged();
}

/** A sum of amounts: years of payments may pass what a single one can hold. @throws DamagedRecord */
export function sum(value: unknown): MicroUsdc {
  return parseSum(value) ?? damaged();
}

/** The same value, where nothing is in the record beside it. @throws DamagedRecord */
export function only<Value extends object>(unread: Unread, value: Value): Value {
  return fieldsOf(unread) === fieldsOf(value) ? value : damaged();
}

/** An exact web origin, or the side panel. @throws DamagedRecord */
export function site(value: unknown): Site {
  return isSite(value) ? value : damaged();
}
