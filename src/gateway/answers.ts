import { Failure } from '../core/failure.ts';
import { isJsonObject } from '../core/json.ts';

/** How much of a gateway's own words is shown. */
const maxWords = 200;

/** Statuses by which a gateway says that the request itself is at fault. */
const refusals: ReadonlySet<number> = new Set([400, 404, 413, 415, 422]);

/** Why an unpaid call ends whose answer has this status and body. */
export function failureOf(status: number, body: string): Failure {
  const words = gatewayWords(body);
  const detail = words ?? `status ${status}`;
  if (refusals.has(status)) return new Failure('gatewayRefused', { detail });
  // Seen for payments under a facilitator's floor; a firewall's 403 is a page of HTML.
  if (status === 403 && words !== undefined) return new Failure('belowMinimum', { detail });
  const reason = status === 429 || status >= 500 ? 'gatewayDown' : 'gatewayUnclear';
  return new Failure(reason, { detail: `status ${status}` });
}

/**
 * The message in an error body, OpenAI's shape or a bare one: one short line without control or direction characters.
 *
 * @returns undefined where the body has none, or is a page of HTML
 */
export function gatewayWords(body: string): string | undefined {
  return cleanWords(messageIn(body));
}

/** One short line without control or direction characters; undefined when nothing is left. */
export function cleanWords(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  const line = text
    .slice(0, 4 * maxWords)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\s]+/gu, ' ')
    .trim();
  if (line === '') return undefined;
  const characters = Array.from(line);
  return characters.length > maxWords ? `${characters.slice(0, maxWords).join('')}…` : line;
}

function messageIn(body: string): unknown {
  if (/^\s*</.test(body)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return body;
  }
  return errorMessage(value);
}

/** The text of an error object: a string, `error`, `error.message`, `message` or `detail`. */
export function errorMessage(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  const { error, message, detail } = value;
  return error === undefined || error === null ? (message ?? detail) : errorMessage(error);
}
