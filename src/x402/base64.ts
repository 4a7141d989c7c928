import { isJsonObject } from '../core/json.ts';

/** The longest x402 header that is read, in characters. */
const maxHeaderLength = 16 * 1024;

const standardBase64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * The JSON object in a base64 header of x402 (specification v2, transports/http), deeply frozen.
 *
 * @returns undefined for anything else: too long, not standard base64, not UTF-8, not a JSON object, or with a
 *   `__proto__` key anywhere
 */
export function decodeHeaderObject(header: string): Readonly<Record<string, unknown>> | undefined {
  if (header.length > maxHeaderLength || !standardBase64.test(header)) return undefined;
  try {
    const bytes = bytesOf(atob(header));
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), freezeOwn);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function freezeOwn(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new SyntaxError('__proto__ is no key of x402');
  return Object.freeze(value);
}

/** The bytes of a text that has one character for each. */
function bytesOf(binary: string): Uint8Array {
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

/** Bytes as standard base64. */
export function toBase64(bytes: ArrayLike<number>): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 1) text += String.fromCharCode(bytes[index] ?? 0);
  return btoa(text);
}

/**
 * The bytes that a text encodes as standard base64 with its padding.
 *
 * @returns undefined for anything else, and for more than `maxBytes`
 */
export function fromBase64(text: string, maxBytes = 64 * 1024): Uint8Array | undefined {
  if (text.length > Math.ceil(maxBytes / 3) * 4 || !standardBase64.test(text)) return undefined;
  try {
    const bytes = bytesOf(atob(text));
    return bytes.length <= maxBytes && toBase64(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}
