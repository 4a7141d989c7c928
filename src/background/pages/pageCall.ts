import type { CallId } from '../../protocol/wire.ts';
import type { Site } from '../../core/site.ts';
import type { PageWallet } from './pageWallet.ts';
import type { RunSink } from '../runs/runs.ts';

/** One call of a page, with what the browser says of who asks. */
export interface PageCall {
  readonly id: CallId;
  readonly site: Site;
  readonly tabId: number;
  /** The page's wallet; it goes with the document. */
  readonly wallet: PageWallet;
  /** Whose document that is: the panel, which is a site of its own, borrows the wallet of a tab. */
  readonly walletSite: Site;
  /** Which document that is. */
  readonly documentKey: string;
  /** The call came from a click or a key. */
  readonly active: boolean;
  /** Aborts with a Failure when the page gives the call up or goes away. */
  readonly signal: AbortSignal;
  /** Where a run's chunks and end go. */
  readonly sink: RunSink;
}
