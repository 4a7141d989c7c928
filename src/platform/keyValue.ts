import { browser } from './browser.ts';
import type { Storage } from 'webextension-polyfill';
import type { Json } from '../core/json.ts';

/** Named JSON values. */
export interface KeyValue {
  /** Undefined where nothing is stored under the key. */
  get(key: string): Promise<Json | undefined>;
  /** Everything whose key starts so. */
  entries(prefix: string): Promise<readonly (readonly [string, Json])[]>;
  set(key: string, value: Json): Promise<void>;
  remove(keys: readonly string[]): Promise<void>;
  /** Everything, also what cannot be read. */
  clear(): Promise<void>;
}

/** Survives the background's death and ends with the browser: what is running. */
export function sessionValues(): KeyValue {
  return keyValue(browser.storage.session);
}

/** Survives the browser; readable by content scripts, so nothing in it grants permission. */
export function localValues(): KeyValue {
  return keyValue(browser.storage.local);
}

function keyValue(area: Storage.StorageArea): KeyValue {
  return {
    async get(key) {
      return (await area.get(key))[key] as Json | undefined;
    },
    async entries(prefix) {
      const all = await area.get(null);
      return Object.entries(all).filter(([key]) => key.startsWith(prefix)) as [string, Json][];
    },
    set: (key, value) => area.set({ [key]: value }),
    remove: (keys) => area.remove([...keys]),
    clear: () => area.clear(),
  };
}
