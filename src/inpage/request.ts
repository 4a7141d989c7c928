import { each, hasOwn, isArray, isSafeInteger, keys } from '../core/pristine.ts';
import { pageError } from './error.ts';
import { toPlain } from './plain.ts';
import type { Json } from '../core/json.ts';

/** A bare object, as `toPlain` makes them: a key that is missing reads as undefined whatever the page has done. */
type Bare = Readonly<Record<string, Json | undefined>>;

/** The options of a call: what is sent, and the signal, which cannot be. */
export interface GivenOptions {
  readonly options: Json;
  readonly signal: unknown;
}

const roles: Readonly<Record<string, true>> = {
  system: true,
  developer: true,
  user: true,
  assistant: true,
  tool: true,
};

/**
 * The copy of a chat request that is sent, checked as far as a quick answer helps; the background checks all of it.
 *
 * @throws {PaidChatError} invalid_params, naming the field
 */
export function readRequest(value: unknown): Json {
  const request = toPlain(value, 'request');
  if (!isBare(request)) return refuse('request is not an object');
  const { model, messages, stream } = request;
  if (model !== undefined && (typeof model !== 'string' || model === ''))
    refuse('request.model is not a name');
  if (stream !== undefined && typeof stream !== 'boolean') refuse('request.stream is not true or false');
  checkCount(request, 'max_tokens', 1);
  checkCount(request, 'max_completion_tokens', 1);
  checkCount(request, 'max_tool_calls', 0);
  checkNumber(request, 'temperature');
  checkNumber(request, 'top_p');
  if (!isArray(messages)) return refuse('request.messages is not an array');
  const list = messages as readonly Json[];
  if (list.length === 0) refuse('request.messages is empty');
  each(list, (message, index) => checkMessage(message, `request.messages[${index}]`));
  return request;
}

/** Whether a checked request wants a stream. */
export function wantsStream(request: Json): boolean {
  return (request as Bare)['stream'] === true;
}

/**
 * The options of a call without the signal, which cannot be sent.
 *
 * @throws {PaidChatError} invalid_params
 */
export function readOptions(value: unknown): GivenOptions {
  if (value === undefined || value === null) return { options: bare(), signal: undefined };
  if (typeof value !== 'object') return refuse('options is not an object');
  const given = value as Record<string, unknown>;
  const sent = bare();
  let signal: unknown;
  try {
    each(keys(given), (name) => {
      if (name === 'signal') signal = given[name];
      else sent[name] = given[name] as Json;
    });
  } catch {
    return refuse('options cannot be read');
  }
  const options = toPlain(sent, 'options') as Bare;
  checkText(options, 'maxSpend');
  checkText(options, 'quoteId');
  checkText(options, 'gateway');
  checkText(options, 'idempotencyKey');
  return { options, signal };
}

function checkMessage(message: Json | undefined, path: string): void {
  if (!isBare(message)) return refuse(`${path} is not an object`);
  const { role, content } = message;
  if (typeof role !== 'string' || !hasOwn(roles, role)) {
    return refuse(`${path}.role is none of system, developer, user, assistant, tool`);
  }
  if (content !== undefined && content !== null && typeof content !== 'string' && !isArray(content)) {
    refuse(`${path}.content is neither text nor an array of parts`);
  }
}

function checkCount(request: Bare, key: string, least: number): void {
  const value = request[key];
  if (value === undefined || (isSafeInteger(value) && (value as number) >= least)) return;
  refuse(`request.${key} is not a whole number from ${least} on`);
}

function checkNumber(request: Bare, key: string): void {
  if (request[key] !== undefined && typeof request[key] !== 'number')
    refuse(`request.${key} is not a number`);
}

function checkText(options: Bare, key: string): void {
  if (options[key] !== undefined && typeof options[key] !== 'string') refuse(`options.${key} is not a text`);
}

function isBare(value: Json | undefined): value is { readonly [key: string]: Json | undefined } {
  return typeof value === 'object' && value !== null && !isArray(value);
}

function bare(): Record<string, Json> {
  return { __proto__: null };
}

function refuse(problem: string): never {
  throw pageError('badRequest', problem);
}
