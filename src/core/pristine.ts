/*
 * The language's own functions as they were when this module loaded. In a page that is document_start, before any of
 * its scripts: what they override later neither sees nor changes what our code there does. The same code must not
 * iterate (`for…of`, array spread and array patterns call the page's iterators), must not read a property that may be
 * missing from an object with a prototype (a page can put a getter there), and gives objects that the language reads
 * options from the prototype `null`.
 */

// One by one: a bundler leaves out a property that nobody reads, and keeps all of a pattern.
/** Calls a function with a `this`. */
export const apply = Reflect.apply;
/** What is done to objects without asking them. */
export const freeze = Object.freeze;
export const keys = Object.keys;
export const getPrototypeOf = Object.getPrototypeOf;
export const setPrototypeOf = Object.setPrototypeOf;
export const defineProperty = Object.defineProperty;
export const hasOwn = Object.hasOwn;
/** Whether a value is an array, of whichever frame. */
export const isArray = Array.isArray;
/** Tests that convert nothing. */
export const isFinite = Number.isFinite;
export const isSafeInteger = Number.isSafeInteger;
/** JSON both ways; texts are made from bare objects only, others have a `toJSON` as soon as a page wants. */
export const parse = JSON.parse;
export const stringify = JSON.stringify;
/** The constructor; `await` and `then` ask the page's `constructor` and are not used. */
export const PristinePromise = Promise;
/** A number from text. */
export const toNumber = Number;

/** A method as a function whose first argument is `this`. */
export type Unbound<T, F> = F extends (...args: infer A) => infer R ? (self: T, ...args: A) => R : never;

/** Takes a method from its prototype, once and for good. */
export function unbound<T extends object, K extends keyof T>(prototype: T, key: K): Unbound<T, T[K]> {
  const method = prototype[key] as (...args: unknown[]) => unknown;
  return ((self: T, ...args: unknown[]) => apply(method, self, args)) as Unbound<T, T[K]>;
}

/** Takes a getter from its prototype, once and for good. */
export function unboundGetter<T extends object, K extends keyof T>(prototype: T, key: K): (self: T) => T[K] {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, key) as { get: () => T[K] };
  return unbound(descriptor, 'get') as unknown as (self: T) => T[K];
}

/** Visits the items of a list by their places: `for…of` would ask the page's iterators. */
export function each<T>(list: readonly T[], visit: (item: T, index: number) => void): void {
  const { length } = list;
  for (let index = 0; index < length; index += 1) visit(list[index] as T, index);
}

const exec = /* @__PURE__ */ (() => unbound(RegExp.prototype, 'exec'))();
const slice = /* @__PURE__ */ (() => unbound(String.prototype, 'slice'))();

/** Whether a text matches; the pattern has neither `g` nor `y`. */
export function matches(pattern: RegExp, text: string): boolean {
  return exec(pattern, text) !== null;
}

/** The first so many UTF-16 units of a text. */
export function cut(text: string, length: number): string {
  return slice(text, 0, length);
}
