import type { Clock } from '../core/clock.ts';
import { paidOf } from '../core/ledger.ts';
import type { Json } from '../core/json.ts';
import { createHttp } from '../gateway/http.ts';
import type { Fetch } from '../gateway/http.ts';
import type { KeyValue } from '../platform/keyValue.ts';
import type { Peer } from '../platform/peers.ts';
import type { PageContent, PanelStreams } from '../protocol/panel.ts';
import { createConfigurationStore } from '../storage/configurationStore.ts';
import { createLedgerStore } from '../storage/ledgerStore.ts';
import { DamagedRecord } from '../storage/fields.ts';
import { openRecord } from '../storage/openRecord.ts';
import type { RecordPlace } from '../storage/openRecord.ts';
import { createPolicyStore } from '../storage/policyStore.ts';
import { rearm } from '../storage/rearm.ts';
import { createSettingsStore } from '../storage/settingsStore.ts';
import { createSilenceStore } from '../storage/silenceStore.ts';
import type { Quarantine } from '../storage/standing.ts';
import { createApprovals } from './paying/approvals.ts';
import type { ApprovalWindows } from './paying/approvals.ts';
import { createAttempts } from './runs/attempts.ts';
import { createBalances } from './chains/balances.ts';
import { createBoot } from './boot.ts';
import { createChanges } from './changes.ts';
import { disputeInterrupted } from './paying/claims.ts';
import { openConfigured } from './configured.ts';
import type { BuiltIn } from './configured.ts';
import type { Deps } from './deps.ts';
import { createDocuments } from './pages/documents.ts';
import { createLanes } from './runs/lanes.ts';
import { createModels } from './models.ts';
import { createMutes } from './paying/mutes.ts';
import { optionsWithoutLedger } from './screens/optionsState.ts';
import { panelWithoutLedger } from './screens/panelState.ts';
import { popupWithoutLedger } from './screens/popupState.ts';
import { createQuotes } from './paying/quotes.ts';
import { checkRecordOnce } from './recordCheck.ts';
import { createRecovery } from './chains/recovery.ts';
import { createIdempotencyKeys } from './runs/repeats.ts';
import { interruptedError, interruptedReason, noteInterrupted } from './runs/resume.ts';
import { servePage, servePanel } from './router.ts';
import { createRunCheckpoint } from './runs/runCheckpoint.ts';
import { createRuns } from './runs/runs.ts';
import { createSilentNodes } from './chains/silentNodes.ts';
import { createTabSites } from './pages/tabSites.ts';
import { timelyValues } from './timelyValues.ts';

/** All that the background takes from the browser: real in the entrypoint, fakes in the tests. */
export interface Platform {
  readonly version: string;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly fetch: Fetch;
  readonly indexedDb: IDBFactory;
  readonly session: KeyValue;
  readonly local: KeyValue;
  readonly windows: ApprovalWindows;
  readonly showWaiting: (count: number) => void;
  readonly markTab: (tabId: number) => void;
  readonly tabUrl: (tabId: number) => Promise<string | undefined>;
  readonly wakeTab: (tabId: number) => Promise<void>;
  /** Puts our scripts into a page that was open before them. */
  readonly bringScripts: (tabId: number) => Promise<void>;
  /** Asks the pages that watch their site to connect. */
  readonly wakeWatchers: () => Promise<void>;
  readonly readPage: (tabId: number) => Promise<PageContent | undefined>;
  readonly hold: () => () => void;
  /** Has the listener of `onWake` called, at this time in place of the last one; undefined: not at all. */
  readonly wakeAt: (atMs: number | undefined) => void;
  /** Hears of that time, and of the browser's start. */
  readonly onWake: (listener: () => void) => void;
  /** Whether the browser lets us reach this server. */
  readonly mayReach: (url: string) => Promise<boolean>;
  readonly onPeer: (listener: (peer: Peer) => void) => void;
}

/** Builds the background and opens its two doors. Listens at once; calls wait until the ledger is open. */
export function startBackground(platform: Platform, builtIn: BuiltIn): void {
  const { version, clock, newId, onWake, onPeer } = platform;
  const lasting = buildLasting(platform);
  const { documents, tabSites } = lasting;
  const boot = createBoot({
    open: (onQuarantine) => openDeps(platform, builtIn, lasting, onQuarantine),
    rearm: () => rearm(placeOf(platform), newId()),
  });
  const withoutLedger = (method: keyof PanelStreams, error: unknown): Json => {
    const states = {
      'popup.watch': () => popupWithoutLedger(version, error),
      'panel.watch': () => panelWithoutLedger(error),
      'options.watch': () => optionsWithoutLedger(version, error),
    };
    // A window from before this start: nothing was paid, and nothing can be now.
    if (method === 'approval.watch') return { state: 'void', reason: 'restarted' };
    return { type: 'state', state: states[method]() as unknown as Json };
  };
  const router = { boot, clock, newId, documents, tabSites, withoutLedger };
  onWake(() => {
    void boot.ready().then(
      ({ recovery }) => recovery.prove(),
      () => undefined,
    );
  });
  onPeer(({ identity, port }) => {
    if (identity.door === 'page') servePage(router, port, identity);
    else servePanel(router, port);
  });
}

function placeOf({ indexedDb, local, clock }: Platform): RecordPlace {
  return { factory: indexedDb, witness: local, clock };
}

/** What needs no record of payments, and outlives one that was lost. */
function buildLasting(platform: Platform) {
  const { version, clock, newId, windows, showWaiting, markTab, hold } = platform;
  const { bringScripts, readPage, wakeWatchers } = platform;
  const session = timelyValues(platform.session, clock);
  const changes = createChanges();
  showWaiting(0);
  return {
    version,
    clock,
    newId,
    session,
    changes,
    hold,
    markTab,
    bringScripts,
    readPage,
    wakeWatchers,
    runs: createRuns({ clock, newId, changes, checkpoint: createRunCheckpoint(session) }),
    approvals: createApprovals({ windows, newId, changes, showWaiting }),
    mutes: createMutes(session, clock),
    quotes: createQuotes(session, clock),
    idempotencyKeys: createIdempotencyKeys(session, clock),
    lanes: createLanes(),
    shortLanes: createLanes(),
    tabSites: createTabSites(platform.tabUrl),
    documents: createDocuments(clock, platform.wakeTab),
  };
}

async function openDeps(
  platform: Platform,
  builtIn: BuiltIn,
  lasting: ReturnType<typeof buildLasting>,
  onQuarantine: (quarantine: Quarantine) => void,
): Promise<Deps> {
  const { clock, changes, runs } = lasting;
  const place = placeOf(platform);
  const db = await openRecord(place);
  const ledger = createLedgerStore({ ...place, db, writer: lasting.newId(), onQuarantine });
  await ledger.releaseReservedAtBoot();
  const configured = await openConfigured(createConfigurationStore(db), builtIn, changes).catch(
    async (error: unknown) => {
      if (error instanceof DamagedRecord) await ledger.distrust();
      throw error;
    },
  );
  // The hold stands without its reason, too.
  await noteInterrupted(ledger).catch(() => undefined);
  // Answers to reread are worth no payment.
  await runs
    .restore(async ({ site, callId }) => {
      const payment = await ledger.ofCall(site, callId);
      const paid = paidOf(payment);
      return { error: interruptedError(payment), reason: interruptedReason[paid], paid };
    })
    .catch(() => undefined);
  // It costs the person a claim, no more.
  await disputeInterrupted({ ledger, changes, runs }).catch(() => undefined);

  const http = createHttp(platform.fetch, {
    clock,
    allowLocalhost: () => configured.allowsLocalhost(),
    mayReach: platform.mayReach,
  });
  const silences = createSilenceStore(db);
  const silentNodes = createSilentNodes(
    { clock, changes, configured, store: silences },
    await silences.read().catch(() => []),
  );
  const recovery = createRecovery({
    http,
    clock,
    session: lasting.session,
    ledger,
    runs,
    changes,
    configured,
    silentNodes,
    wakeAt: platform.wakeAt,
  });
  void recovery.look();
  // What it finds stops the ledger; what keeps it from looking is tried again at the next start.
  checkRecordOnce(lasting.session, ledger, clock).catch(() => undefined);
  return {
    ...lasting,
    ledger,
    configured,
    http,
    recovery,
    silentNodes,
    balances: createBalances({ http, clock }),
    models: createModels({ http, clock, configured }),
    policies: createPolicyStore({ db, clock }),
    settings: createSettingsStore(db),
    attempts: createAttempts({ ...lasting, configured }),
  };
}
