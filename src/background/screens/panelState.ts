import { panelSite } from '../../core/site.ts';
import type { PanelState, TabWallet } from '../../protocol/panel.ts';
import { readWallets } from '../../protocol/wallet.ts';
import { payingWallets } from '../paying/chainChoice.ts';
import type { Deps } from '../deps.ts';
import { limitUses } from '../paying/limitViews.ts';
import { troubleView } from './lossView.ts';
import { withOutcome } from './outcome.ts';
import { runView } from './popupState.ts';
import { gatewayOf } from '../paying/seller.ts';

const runsShown = 20;
const chatStartKey = 'panel:chatStartedAtMs';
const listTimeoutMs = 3_000;

/** All that the side panel shows beside its chat, as it stands now. */
export async function panelState(deps: Deps, tabId: number): Promise<PanelState> {
  const { runs, ledger, policies, tabSites, session } = deps;
  const startedAtMs = Number((await session.get(chatStartKey).catch(() => undefined)) ?? 0);
  const chat = runs.ofSite(panelSite).filter(({ head }) => head.startedAtMs > startedAtMs);
  const site = await tabSites.of(tabId);
  const rules = await policies.rules(panelSite);
  const usage = await ledger.usage(panelSite);
  const again = await deps.attempts.available(await ledger.open(), (runId) => runs.isLive(runId));
  return {
    ...(site === undefined ? {} : { site }),
    defaultMaxTokens: gatewayOf(deps, undefined, undefined).defaultMaxTokens,
    use: limitUses(panelSite, rules, usage),
    paused: rules.paused,
    ledgerReady: true,
    runs: await Promise.all(
      chat.slice(0, runsShown).map((run) => withOutcome(runView(run, deps.configured.known(), again), deps)),
    ),
  };
}

/** The panel's chat begins anew; what was asked before stays paid, counted and in the list of payments. */
export async function beginNewChat({ session, clock, changes }: Deps): Promise<void> {
  await session.set(chatStartKey, clock.nowMs());
  changes.notify();
}

/** What the panel shows while the record of payments cannot be used. */
export function panelWithoutLedger(error: unknown): PanelState {
  return {
    ...troubleView(error),
    defaultMaxTokens: 0,
    use: [],
    paused: false,
    ledgerReady: false,
    runs: [],
  };
}

/** Whether the document that the tab shows now has a wallet to pay with. */
export async function tabWallet({ documents, configured }: Deps, tabId: number): Promise<TabWallet> {
  const document = await documents.reach(tabId);
  if (!document) return 'unreachable';
  const options = { timeoutMs: listTimeoutMs, signal: new AbortController().signal };
  const listed = await document.wallet.ask({ type: 'list' }, options);
  const found = listed.ok ? readWallets(listed.value) : [];
  return payingWallets(found, configured.payable()).length > 0 ? 'ready' : 'none';
}
