/** A small key-value store apart from the database: `storage.local` in the browser. */
export interface WitnessStorage {
  get(key: string): Promise<unknown>;
  set(key: string, value: Readonly<Record<string, string | number>>): Promise<void>;
}
