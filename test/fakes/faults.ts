import type { Platform } from '../../src/background/main.ts';
import type { Json } from '../../src/core/json.ts';
import type { Peer } from '../../src/platform/peers.ts';
import type { Port } from '../../src/protocol/port.ts';
import type { Frame } from '../../src/protocol/wire.ts';

/** What one call to the browser meets in place of an answer. */
export type Fault =
  | 'kill'
  | 'reject'
  | 'hang'
  /** Writes to storage only. */
  | 'quota'
  /** Requests only: it is carried out, and its answer is lost. */
  | 'lose';

/** Counts every asynchronous call that a background makes, and lets one of them fail. */
export interface Faults {
  /** What was called, in order. */
  readonly calls: readonly FaultyCall[];
  /** The call with this number, counted from now on, meets the fault. */
  arm(at: number, fault: Fault, kill: () => void): void;
  disarm(): void;
  /** Whether the armed call has come. */
  readonly struck: boolean;
  wrap(platform: Platform): Platform;
}

/** One call. */
export interface FaultyCall {
  readonly name: string;
  /** It writes to storage, which may be full. */
  readonly writes: boolean;
}

const never = () => new Promise<never>(() => undefined);

/** Makes a proxy that lets everything pass until it is armed. */
export function createFaults(): Faults {
  const calls: FaultyCall[] = [];
  let armed: { readonly at: number; readonly fault: Fault; readonly kill: () => void } | undefined;
  let struck = false;

  const meet = (name: string, writes: boolean): Exclude<Fault, 'kill'> | 'dead' | undefined => {
    calls.push({ name, writes });
    if (armed === undefined || calls.length !== armed.at) return undefined;
    struck = true;
    if (armed.fault !== 'kill') return armed.fault;
    armed.kill();
    return 'dead';
  };

  const guarded =
    <A extends readonly unknown[], R>(name: string, writes: boolean, call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      switch (meet(name, writes)) {
        case undefined:
          return call(...args);
        case 'dead':
        case 'hang':
          return never();
        case 'reject':
          throw new TypeError(`${name} failed`);
        case 'lose':
          await call(...args);
          throw new TypeError(`the answer to ${name} was lost`);
        case 'quota':
          throw new DOMException('The disk is full.', 'QuotaExceededError');
      }
    };

  const fetch = (platform: Platform) =>
    guarded('fetch', false, (url: string, init: RequestInit) => platform.fetch(url, init));

  const keyValue = (name: string, store: Platform['local']): Platform['local'] => ({
    get: guarded(`${name}.get`, false, (key) => store.get(key)),
    entries: guarded(`${name}.entries`, false, (prefix) => store.entries(prefix)),
    set: guarded(`${name}.set`, true, (key, value) => store.set(key, value)),
    remove: guarded(`${name}.remove`, false, (keys) => store.remove(keys)),
    clear: guarded(`${name}.clear`, false, () => store.clear()),
  });

  const observe = (database: IDBDatabase) => {
    const begin = database.transaction.bind(database);
    database.transaction = (stores, mode, options) => {
      const names = typeof stores === 'string' ? [stores] : [...stores];
      const fault = meet(`${mode ?? 'readonly'} ${names.join(',')}`, mode === 'readwrite');
      const transaction = begin(stores, mode, options);
      if (fault === 'reject') setImmediate(() => transaction.abort());
      if (fault === 'quota') alterStores(transaction, ['put', 'add'], refuseForSpace);
      if (fault === 'hang') alterStores(transaction, requestMethods, () => new IDBRequest());
      return transaction;
    };
  };

  const indexedDb = (factory: IDBFactory): IDBFactory => {
    const faulty: Pick<IDBFactory, 'open' | 'databases'> = {
      databases: guarded('list databases', false, () => factory.databases()),
      open(name, version) {
        const fault = meet('open database', false);
        if (fault === 'reject' || fault === 'quota') throw new DOMException('It failed.', 'UnknownError');
        if (fault !== undefined) return new IDBOpenDBRequest();
        const request = factory.open(name, version);
        request.addEventListener('success', () => observe(request.result));
        return request;
      },
    };
    return faulty as IDBFactory;
  };

  return {
    calls,
    get struck() {
      return struck;
    },
    arm(at, fault, kill) {
      armed = { at: calls.length + at, fault, kill };
    },
    disarm: () => (armed = undefined),
    wrap: (platform) => ({
      ...platform,
      fetch: (url, init) => Promise.race([fetch(platform)(url, init), aborted(init.signal)]),
      session: keyValue('session', platform.session),
      local: keyValue('local', platform.local),
      indexedDb: indexedDb(platform.indexedDb),
      windows: {
        ...platform.windows,
        open: guarded('windows.open', false, (cardId) => platform.windows.open(cardId)),
        focus: guarded('windows.focus', false, (windowId) => platform.windows.focus(windowId)),
        close: guarded('windows.close', false, (windowId) => platform.windows.close(windowId)),
      },
      tabUrl: guarded('tabUrl', false, (tabId) => platform.tabUrl(tabId)),
      wakeTab: guarded('wakeTab', false, (tabId) => platform.wakeTab(tabId)),
      bringScripts: guarded('bringScripts', false, (tabId) => platform.bringScripts(tabId)),
      readPage: guarded('readPage', false, (tabId) => platform.readPage(tabId)),
      onPeer: (listener) =>
        platform.onPeer(({ identity, port }: Peer) => listener({ identity, port: faultyPort(port, meet) })),
    }),
  };
}

/** However a request hangs, the browser ends it when it is told to. */
function aborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

/** Asks of a page's wallet are calls too: it fails, never answers, or answers with what is no answer. */
function faultyPort(port: Port, meet: (name: string, writes: boolean) => Fault | 'dead' | undefined): Port {
  const listeners = new Set<(message: unknown) => void>();
  const answer = (id: string, ok: boolean, value: Json) =>
    setImmediate(() => {
      for (const listener of listeners) listener({ v: 1, id, kind: 'answer', ok, value });
    });
  return {
    ...port,
    onMessage(listener) {
      listeners.add(listener);
      const undo = port.onMessage(listener);
      return () => {
        listeners.delete(listener);
        undo();
      };
    },
    post(frame: Frame) {
      if (frame.kind !== 'ask') return port.post(frame);
      switch (meet(`ask ${(frame.ask as { type: string }).type}`, false)) {
        case undefined:
          return port.post(frame);
        case 'reject':
          return void answer(frame.id, false, { kind: 'failed', message: 'Internal error' });
        case 'quota':
          return void answer(frame.id, true, { quota: 'exceeded' });
        case 'lose':
        case 'kill':
        case 'dead':
        case 'hang':
          return undefined;
      }
    },
  };
}

const requestMethods = [
  'get',
  'getAll',
  'getAllKeys',
  'getKey',
  'put',
  'add',
  'delete',
  'count',
  'openCursor',
];

/** Lets some methods of a transaction's stores and indexes do something else. */
function alterStores(transaction: IDBTransaction, methods: readonly string[], instead: () => unknown): void {
  const altered = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(_, key) {
        if (methods.includes(String(key))) return instead;
        const value = Reflect.get(target, key, target) as unknown;
        if (key === 'index')
          return (...args: unknown[]) => altered(Reflect.apply(value as () => object, target, args));
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  const objectStore = transaction.objectStore.bind(transaction);
  transaction.objectStore = (name) => altered(objectStore(name));
}

function refuseForSpace(): never {
  throw new DOMException('The disk is full.', 'QuotaExceededError');
}
