import { withTimeout } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { Failure } from '../core/failure.ts';
import type { KeyValue } from '../platform/keyValue.ts';
import { storageTimeoutMs } from '../storage/db.ts';

/** The values with an end to every wait: a flipped byte on disk was seen to make the browser's storage hang for ever. */
export function timelyValues(values: KeyValue, clock: Clock): KeyValue {
  const inTime = <T>(call: Promise<T>) =>
    withTimeout(clock, storageTimeoutMs, call, () => new Failure('storageSilent'));
  return {
    get: (key) => inTime(values.get(key)),
    entries: (prefix) => inTime(values.entries(prefix)),
    set: (key, value) => inTime(values.set(key, value)),
    remove: (keys) => inTime(values.remove(keys)),
    clear: () => inTime(values.clear()),
  };
}
