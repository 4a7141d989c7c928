import {
  each,
  getPrototypeOf,
  isArray,
  isFinite,
  keys,
  matches,
  setPrototypeOf,
  cut,
  stringify,
} from '../core/pristine.ts';
import { wireLimits } from '../protocol/wire.ts';
import { pageError } from './error.ts';
import type { Json } from '../core/json.ts';

const maxDepth = 64;
const maxValues = 200_000;

/** Bounds on one copy: a value that refers to itself, or a Proxy without end, ends here. */
interface Room {
  values: number;
  characters: number;
}

/**
 * What is ours alone as JSON: its objects lose their prototypes, since a page, or a library as old as Prototype.js, can
 * give all others a `toJSON`.
 */
export function toText(value: object): string {
  strip(value);
  return stringify(value);
}

function strip(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  each(keys(value), (key) => strip((value as never)[key]));
  setPrototypeOf(value, null);
}

/**
 * Copies a page's value to plain JSON of bare objects and arrays, reading each property once: what is checked is what
 * is sent. Properties that are `undefined` are left out, as in JSON.
 *
 * @param name how messages call the value
 * @throws {PaidChatError} invalid_params, naming the field that cannot be sent
 */
export function toPlain(value: unknown, name: string): Json {
  let refusal: Error | undefined;
  const refuse = (path: string, problem: string): never => {
    refusal = pageError('badRequest', `${cut(path, 120)} ${problem}`);
    throw refusal;
  };
  const room: Room = { values: maxValues, characters: wireLimits.pageFrame };

  const take = (characters: number) => {
    room.values -= 1;
    room.characters -= characters;
    if (room.values < 0 || room.characters < 0) {
      refusal = pageError('tooLarge');
      throw refusal;
    }
  };

  const copy = (from: unknown, path: string, depth: number): Json => {
    take(typeof from === 'string' ? from.length : 1);
    if (from === null || typeof from === 'boolean' || typeof from === 'string') return from;
    if (typeof from === 'number') return isFinite(from) ? from : refuse(path, 'is not a finite number');
    if (typeof from !== 'object') return refuse(path, `is ${typeof from}, which cannot be sent`);
    if (depth > maxDepth) return refuse(path, 'is nested too deep or contains itself');
    if (isArray(from)) return copyArray(from, path, depth);
    const prototype = getPrototypeOf(from) as object | null;
    // Not compared with Object.prototype: a plain object of another frame is plain as well.
    if (prototype !== null && getPrototypeOf(prototype) !== null) refuse(path, 'is not a plain object');
    const to = { __proto__: null } as unknown as Record<string, Json>;
    each(keys(from), (key) => {
      const item = (from as Record<string, unknown>)[key];
      take(key.length);
      if (item !== undefined)
        to[key] = copy(item, matches(/^\w+$/, key) ? `${path}.${key}` : path, depth + 1);
    });
    return to;
  };

  const copyArray = (from: readonly unknown[], path: string, depth: number): Json => {
    const to = setPrototypeOf([], null) as Json[];
    each(from, (item, index) => {
      to[index] = copy(item, `${path}[${index}]`, depth + 1);
    });
    return to;
  };

  try {
    return copy(value, name, 0);
  } catch {
    // A getter or a Proxy of the page threw: its error stays its own.
    throw refusal ?? pageError('badRequest', `${name} cannot be read`);
  }
}
