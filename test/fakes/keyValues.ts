import type { Json } from '../../src/core/json.ts';
import type { KeyValue } from '../../src/platform/keyValue.ts';

/** What becomes of writes. */
export type KeyValueMode = 'keep' | 'fail' | 'hang';

/** The browser's `storage` in memory; it outlives the background. */
export interface FakeKeyValue extends KeyValue {
  readonly values: ReadonlyMap<string, Json>;
  mode: KeyValueMode;
}

/** Makes an empty one. Values cross as JSON; each call takes a turn of the event loop. */
export function fakeKeyValue(): FakeKeyValue {
  const texts = new Map<string, string>();
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  const write = async (change: () => void) => {
    await turn();
    if (store.mode === 'hang') await new Promise<never>(() => undefined);
    if (store.mode === 'fail') throw new Error('QUOTA_BYTES quota exceeded');
    change();
  };
  const store: FakeKeyValue = {
    mode: 'keep',
    get values() {
      return new Map([...texts].map(([key, text]) => [key, JSON.parse(text) as Json]));
    },
    async get(key) {
      await turn();
      const text = texts.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as Json);
    },
    async entries(prefix) {
      await turn();
      return [...store.values].filter(([key]) => key.startsWith(prefix));
    },
    set: (key, value) => {
      const text = JSON.stringify(value);
      return write(() => texts.set(key, text));
    },
    remove: (keys) => write(() => keys.forEach((key) => texts.delete(key))),
    clear: () => write(() => texts.clear()),
  };
  return store;
}
