import { isJsonObject } from '../core/json.ts';
import type { Json } from '../core/json.ts';
import type { WireError } from '../core/failure.ts';

/** An unguessable name of one call, chosen by the side that calls. */
export type CallId = string;

/**
 * All that is said between worlds. Page → bridge → background: call, cancel, resume, answer. The other way: event,
 * end, fail, ask, notice. Our own screens use the same frames on their own door.
 */
export type Frame =
  | {
      readonly v: 1;
      readonly id: CallId;
      readonly kind: 'call';
      readonly method: string;
      readonly params: Json;
      /** Transient user activation when the call arrived; set by the bridge, a page's own word is overwritten. */
      readonly active?: boolean;
    }
  | {
      readonly v: 1;
      readonly id: CallId;
      readonly kind: 'event';
      /** Position of the first item of this event in the call's stream. */
      readonly offset: number;
      /** For answers: the chunks that one read brought, an array. */
      readonly event: Json;
    }
  | { readonly v: 1; readonly id: CallId; readonly kind: 'end'; readonly result: Json }
  | { readonly v: 1; readonly id: CallId; readonly kind: 'fail'; readonly error: WireError }
  | { readonly v: 1; readonly id: CallId; readonly kind: 'cancel' }
  /** Background → a page that watches its site; id is that of its call. */
  | { readonly v: 1; readonly id: CallId; readonly kind: 'notice'; readonly notice: Json }
  /** After a lost port: items from this offset on are wanted again. */
  | { readonly v: 1; readonly id: CallId; readonly kind: 'resume'; readonly offset: number }
  /** Background → the page's wallet. */
  | { readonly v: 1; readonly id: CallId; readonly kind: 'ask'; readonly ask: Json }
  | {
      readonly v: 1;
      readonly id: CallId;
      readonly kind: 'answer';
      readonly ok: boolean;
      readonly value: Json;
    };

/** The kinds of frame that a page, or a screen, may send to the background. */
export type UpwardFrame = Extract<Frame, { kind: 'call' | 'cancel' | 'resume' | 'answer' }>;

/** Bounds on what crosses. */
export const wireLimits = {
  /** Characters of one call's frame as JSON, from a page. */
  pageFrame: 4 * 1024 * 1024,
  method: 64,
} as const;

const idPattern = /^[A-Za-z0-9_-]{8,64}$/;

/** Whether a value is an id that a frame may carry. */
export function isCallId(value: unknown): value is CallId {
  return typeof value === 'string' && idPattern.test(value);
}

/**
 * The frame that a less trusted world may send upward, or undefined for anything else: another version, a kind that
 * only flows down, a key too many, a wrong type. Content of `params` and `value` is the schemas' business.
 */
export function readUpwardFrame(value: unknown): UpwardFrame | undefined {
  if (!isJsonObject(value) || value['v'] !== 1 || !isCallId(value['id'])) return undefined;
  const { id } = value as { id: CallId };
  switch (value['kind']) {
    case 'call': {
      const { method, params, active } = value;
      if (typeof method !== 'string' || method.length === 0 || method.length > wireLimits.method)
        return undefined;
      if (!hasOnly(value, ['v', 'id', 'kind', 'method', 'params', 'active'])) return undefined;
      return { v: 1, id, kind: 'call', method, params: (params ?? null) as Json, active: active === true };
    }
    case 'cancel':
      return hasOnly(value, ['v', 'id', 'kind']) ? { v: 1, id, kind: 'cancel' } : undefined;
    case 'resume': {
      const { offset } = value;
      if (!Number.isSafeInteger(offset) || (offset as number) < 0) return undefined;
      return hasOnly(value, ['v', 'id', 'kind', 'offset'])
        ? { v: 1, id, kind: 'resume', offset: offset as number }
        : undefined;
    }
    case 'answer': {
      const { ok } = value;
      if (typeof ok !== 'boolean' || !hasOnly(value, ['v', 'id', 'kind', 'ok', 'value'])) return undefined;
      return { v: 1, id, kind: 'answer', ok, value: (value['value'] ?? null) as Json };
    }
    default:
      return undefined;
  }
}

function hasOnly(value: Record<string, unknown>, keys: readonly string[]): boolean {
  return Object.keys(value).every((key) => keys.includes(key));
}
