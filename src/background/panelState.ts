import { panelSite } from '../core/site.ts';
import type { PanelState, TabWallet } from '../protocol/panel.ts';
import { readWallets } from '../protocol/wallet.ts';
import type { Deps } from './deps.ts';
import { limitUses } from './limitViews.ts';
import { gatewayOf } from './pricing.ts';
import { runView } from './popupState.ts';

const runsShown = 20;
const listTimeoutMs = 3_000;

/** All that the side panel shows beside its chat, as it stands now. */
export async function panelState(deps: Deps, tabId: number): Promise<PanelState> {
  const { runs, ledger, policies, tabSites } = deps;
  const site = await tabSites.of(tabId);
  const rules = await policies.rules(panelSite);
  const usage = await ledger.usage(panelSite);
  return {
    ...(site === undefined ? {} : { site }),
    defaultMaxTokens: gatewayOf(deps, undefined, undefined).defaultMaxTokens,
    use: limitUses(panelSite, rules, usage),
    paused: rules.paused,
    ledgerReady: true,
    runs: runs.ofSite(panelSite).slice(0, runsShown).map(runView),
  };
}

/** What the panel shows while the record of payments cannot be used. */
export function panelWithoutLedger(): PanelState {
  return {
    defaultMaxTokens: 0,
    use: [],
    paused: false,
    ledgerReady: false,
    runs: [],
  };
}

/** Whether the document that the tab shows now has a wallet to pay with. */
export async function tabWallet({ documents }: Deps, tabId: number): Promise<TabWallet> {
  const document = await documents.reach(tabId);
  if (!document) return 'unreachable';
  const options = { timeoutMs: listTimeoutMs, signal: new AbortController().signal };
  const listed = await document.wallet.ask({ type: 'list' }, options);
  return listed.ok && readWallets(listed.value).length > 0 ? 'ready' : 'none';
}
