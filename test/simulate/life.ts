import { createRecovery } from '../../src/background/chains/recovery.ts';
import type { Recovery } from '../../src/background/chains/recovery.ts';
import { noteInterrupted } from '../../src/background/runs/resume.ts';
import { createSilentNodes } from '../../src/background/chains/silentNodes.ts';
import { baseUsdc, solanaUsdc } from '../../src/core/assets.ts';
import type { SvmUsdc } from '../../src/core/assets.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { LedgerEvent } from '../../src/core/ledger.ts';
import type { Http } from '../../src/gateway/http.ts';
import { unavailable } from '../../src/storage/db.ts';
import { createLedgerStore } from '../../src/storage/ledgerStore.ts';
import type { LedgerStore } from '../../src/storage/ledgerStore.ts';
import { createPolicyStore } from '../../src/storage/policyStore.ts';
import type { PolicyStore } from '../../src/storage/policyStore.ts';
import type { WitnessStorage } from '../../src/storage/witness.ts';
import type { MemoryDisk } from './memoryDatabase.ts';

/** One life of the background: the real ledger, policies and recovery, which may end at any step. */
export interface Life {
  readonly isOver: boolean;
  /** Steps that wait for the schedule to let them go on. */
  readonly waiting: number;
  /** Waits until the schedule goes on here; for ever when the life ends before. */
  step(what: string): Promise<void>;
  /** Lets one of the waiting steps go on. @returns what it is */
  goOn(which: number): string;
  /** Kills: whatever waits never goes on. */
  end(): void;
  /** Resolves as soon as payments may begin. */
  readonly ready: Promise<unknown>;
  readonly clock: Clock;
  readonly ledger: LedgerStore;
  readonly policies: PolicyStore;
  readonly recovery: Recovery;
  readonly changes: { notify(): void; subscribe(): () => void };
  readonly http: Http;
  readonly solana: SvmUsdc;
  /** Runs that are under way in this life. */
  readonly runs: Set<string>;
}

/** What a life stands on, and what outlives it. */
export interface LifeDeps {
  readonly clock: Clock;
  readonly disk: MemoryDisk;
  readonly witness: WitnessStorage;
  readonly rpcUrls: readonly string[];
  /** Names this life among all others. */
  readonly writer: string;
  readonly post: (life: Life, url: string, body: string, withinMs: number) => Promise<Response>;
  /** Whether a gateway's or a block's time is told to the ledger. */
  readonly notesSeenTimes: boolean;
  /** What is written in place of an event. */
  readonly alter: (event: LedgerEvent) => LedgerEvent;
  /** Asked at each commit: may kill the life before or after it, or refuse as a full disk does. */
  readonly fate: () => 'keep' | 'die before' | 'die after' | 'full';
}

const never = () => new Promise<never>(() => undefined);

/** Begins one over what the last one left. */
export function beginLife(deps: LifeDeps): Life {
  const waiting: { readonly what: string; readonly resolve: () => void }[] = [];
  let over = false;

  const clock: Clock = {
    nowMs: () => deps.clock.nowMs(),
    after: (ms, callback) => deps.clock.after(ms, () => over || callback()),
  };
  const step = (what: string) =>
    over ? never() : new Promise<void>((resolve) => waiting.push({ what, resolve }));
  const end = () => {
    over = true;
    waiting.length = 0;
  };
  const db = deps.disk.connect({
    step: () => step('write'),
    commit() {
      if (over) return 'lose';
      const fate = deps.fate();
      if (fate === 'full') throw unavailable('the disk is full');
      if (fate !== 'keep') end();
      return fate === 'die before' ? 'lose' : 'keep';
    },
    committed: () => (over ? never() : undefined),
  });
  const store = createLedgerStore({ db, witness: deps.witness, clock, writer: deps.writer });
  const ledger: LedgerStore = {
    ...store,
    advance: (id, ...events) => store.advance(id, ...events.map((event) => deps.alter(event))),
    noteSeenTime: async (seenMs) => (deps.notesSeenTimes ? store.noteSeenTime(seenMs) : undefined),
  };
  const changes = { notify: () => undefined, subscribe: () => () => undefined };
  const runs = new Set<string>();
  const http = httpOf((url, body, withinMs) => deps.post(life, url, body, withinMs));
  const solana = { ...solanaUsdc, rpcUrls: deps.rpcUrls };
  const known = [{ ...baseUsdc, rpcUrls: deps.rpcUrls }, solana];
  const configured = { known: () => known };
  const forgets = { write: async () => undefined };
  const recovery = createRecovery({
    http,
    clock,
    ledger,
    changes,
    // Each walk goes once around, wherever it begins.
    session: { get: async () => undefined, set: async () => undefined },
    runs: { isLive: (runId) => runs.has(runId) },
    configured,
    silentNodes: createSilentNodes({ clock, changes, configured, store: forgets }, []),
    wakeAt: () => undefined,
  });
  const boot = async () => {
    await ledger.releaseReservedAtBoot();
    await noteInterrupted(ledger).catch(() => undefined);
    void recovery.look();
  };
  const life: Life = {
    get isOver() {
      return over;
    },
    get waiting() {
      return waiting.length;
    },
    step,
    goOn(which) {
      const [next] = waiting.splice(which, 1);
      next?.resolve();
      return next?.what ?? 'nothing';
    },
    end,
    ready: boot(),
    clock,
    ledger,
    policies: createPolicyStore({ db, clock }),
    recovery,
    changes,
    http,
    solana,
    runs,
  };
  return life;
}

/** An answer of the simulation: as much of a Response as sending and recovery read, and the receipt. */
export interface SimulatedResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly body: null;
  readonly text?: string;
  /** What the gateway says of the payment; absent where it says nothing. */
  readonly success?: boolean;
  readonly transaction?: string;
}

function httpOf(post: (url: string, body: string, withinMs: number) => Promise<Response>): Http {
  return {
    get: () => Promise.reject(new Error('Nobody gets anything here.')),
    post: (url, { body, headersWithinMs = 30_000 }) => post(url, body, headersWithinMs),
    text: (response) => Promise.resolve((response as unknown as SimulatedResponse).text ?? ''),
  };
}
