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
import { openRecord } from '../storage/openRecord.ts';
import { createPolicyStore } from '../storage/policyStore.ts';
import { createApprovals } from './approvals.ts';
import type { ApprovalWindows } from './approvals.ts';
import { createAttempts } from './attempts.ts';
import { createBalances } from './balances.ts';
import { createChanges } from './changes.ts';
import { openConfigured } from './configured.ts';
import type { BuiltIn } from './configured.ts';
import type { Deps } from './deps.ts';
import { createDocuments } from './documents.ts';
import { createLanes } from './lanes.ts';
import { createModels } from './models.ts';
import { createMutes } from './mutes.ts';
import { panelWithoutLedger } from './panelState.ts';
import { popupWithoutLedger } from './popupState.ts';
import { createQuotes } from './quotes.ts';
import { createRecovery } from './recovery.ts';
import { createIdempotencyKeys } from './repeats.ts';
import { interruptedError, noteInterrupted } from './resume.ts';
import { servePage, servePanel } from './router.ts';
import { createRunCheckpoint } from './runCheckpoint.ts';
import { createRuns } from './runs.ts';
import { createTabSites } from './tabSites.ts';

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
  /** Asks the pages that watch their site to connect. */
  readonly wakeWatchers: () => Promise<void>;
  readonly readPage: (tabId: number) => Promise<PageContent | undefined>;
  readonly hold: () => () => void;
  readonly onPeer: (listener: (peer: Peer) => void) => void;
}

/** Builds the background and opens its two doors. Listens at once; calls wait until the ledger is open. */
export function startBackground(platform: Platform, builtIn: BuiltIn): void {
  const { version, clock, newId, onPeer } = platform;
  const ready = openDeps(platform, builtIn);
  // Whoever calls hears of it; nobody may be there yet.
  ready.catch(() => undefined);
  const withoutLedger = (method: keyof PanelStreams): Json => {
    const states = { 'popup.watch': popupWithoutLedger(version), 'panel.watch': panelWithoutLedger() };
    // A window from before this start: nothing was paid, and nothing can be now.
    if (method === 'approval.watch') return { state: 'void', reason: 'restarted' };
    return { type: 'state', state: states[method] as unknown as Json };
  };
  const router = { ready, clock, newId, withoutLedger };
  onPeer(({ identity, port }) => {
    if (identity.door === 'page') servePage(router, port, identity);
    else servePanel(router, port);
  });
}

async function openDeps(platform: Platform, builtIn: BuiltIn): Promise<Deps> {
  const { version, clock, newId, session, windows, showWaiting, markTab, hold } = platform;
  const place = { factory: platform.indexedDb, witness: platform.local, clock };
  const db = await openRecord(place);
  const ledger = createLedgerStore({ ...place, db, writer: newId() });
  const changes = createChanges();
  const configured = await openConfigured(createConfigurationStore(db), builtIn, changes);
  const runs = createRuns({ clock, newId, changes, checkpoint: createRunCheckpoint(session) });

  await ledger.releaseReservedAtBoot();
  // The hold stands without its reason, too.
  await noteInterrupted(ledger).catch(() => undefined);
  await runs.restore(async ({ site, callId }) => {
    const payment = await ledger.ofCall(site, callId);
    return { error: interruptedError(payment), paid: paidOf(payment) };
  });
  showWaiting(0);

  const http = createHttp(platform.fetch, { clock, allowLocalhost: () => configured.allowsLocalhost() });
  const documents = createDocuments(clock, platform.wakeTab);
  const recovery = createRecovery({ http, clock, ledger, runs, changes, configured });
  void recovery.look();
  return {
    version,
    clock,
    newId,
    session,
    ledger,
    runs,
    changes,
    hold,
    markTab,
    configured,
    http,
    recovery,
    balances: createBalances({ http, clock }),
    models: createModels({ http, clock, configured }),
    policies: createPolicyStore({ db, clock }),
    approvals: createApprovals({ windows, newId, changes, showWaiting }),
    mutes: createMutes(session, clock),
    quotes: createQuotes(session, clock),
    idempotencyKeys: createIdempotencyKeys(session, clock),
    lanes: createLanes(),
    tabSites: createTabSites(platform.tabUrl),
    documents,
    attempts: createAttempts({ session, clock, configured, documents }),
    readPage: platform.readPage,
    wakeWatchers: platform.wakeWatchers,
  };
}
