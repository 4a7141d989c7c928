import type { Clock } from '../core/clock.ts';
import type { Http } from '../gateway/http.ts';
import type { KeyValue } from '../platform/keyValue.ts';
import type { LedgerStore } from '../storage/ledgerStore.ts';
import type { PolicyStore } from '../storage/policyStore.ts';
import type { SettingsStore } from '../storage/settingsStore.ts';
import type { Approvals } from './paying/approvals.ts';
import type { Attempts } from './runs/attempts.ts';
import type { Balances } from './chains/balances.ts';
import type { PageContent } from '../protocol/panel.ts';
import type { Changes } from './changes.ts';
import type { Configured } from './configured.ts';
import type { Documents } from './pages/documents.ts';
import type { Lanes } from './runs/lanes.ts';
import type { Models } from './models.ts';
import type { Mutes } from './paying/mutes.ts';
import type { Quotes } from './paying/quotes.ts';
import type { Recovery } from './chains/recovery.ts';
import type { IdempotencyKeys } from './runs/repeats.ts';
import type { Runs } from './runs/runs.ts';
import type { SilentNodes } from './chains/silentNodes.ts';
import type { TabSites } from './pages/tabSites.ts';

/** Everything the background's use cases work with; built once in `main`, given whole to each of them. */
export interface Deps {
  readonly version: string;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly http: Http;
  /** The gateways and networks that may be used. */
  readonly configured: Configured;
  readonly session: KeyValue;
  readonly ledger: LedgerStore;
  readonly policies: PolicyStore;
  /** All that the person has set, as one. */
  readonly settings: SettingsStore;
  readonly approvals: Approvals;
  readonly attempts: Attempts;
  readonly balances: Balances;
  readonly recovery: Recovery;
  readonly silentNodes: SilentNodes;
  readonly models: Models;
  readonly mutes: Mutes;
  readonly runs: Runs;
  readonly quotes: Quotes;
  readonly idempotencyKeys: IdempotencyKeys;
  /** For what waits for a person or for an answer. */
  readonly lanes: Lanes;
  /** For all other calls of a site. */
  readonly shortLanes: Lanes;
  readonly tabSites: TabSites;
  readonly documents: Documents;
  /** The person has opened our popup over a page, which may have been open before our scripts came. */
  readonly bringScripts: (tabId: number) => Promise<void>;
  /** A tab's page, serialised; undefined where nothing of ours runs. */
  readonly readPage: (tabId: number) => Promise<PageContent | undefined>;
  /** Pages that watch their site hear of a change that was not made by a page. */
  readonly wakeWatchers: () => Promise<void>;
  readonly changes: Changes;
  /** Keeps the background alive until the undo is called. */
  readonly hold: () => () => void;
  /** Marks a tab whose page wanted a card without a click. */
  readonly markTab: (tabId: number) => void;
}
