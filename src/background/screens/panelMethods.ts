import { usdcOn } from '../../core/assets.ts';
import { Failure } from '../../core/failure.ts';
import { noMoney, parseMicroUsdc } from '../../core/money.ts';
import { panelSite } from '../../core/site.ts';
import type { PanelCalls, PanelStreams, RunTextEvent } from '../../protocol/panel.ts';
import { acceptPayee } from '../paying/agreement.ts';
import { askWalletAgain, payAgain } from '../runs/askingAgain.ts';
import { claimOf } from '../paying/claims.ts';
import type { Deps } from '../deps.ts';
import { followChanges } from '../following.ts';
import { changedCaps, optionsCalls, siteOf } from './optionsMethods.ts';
import { optionsState, optionsWithoutLedger } from './optionsState.ts';
import { quotePanelChat, sendPanelChat } from './panelChats.ts';
import { modelViews } from './modelViews.ts';
import { beginNewChat, panelState, panelWithoutLedger, tabWallet } from './panelState.ts';
import { popupState, popupWithoutLedger } from './popupState.ts';
import type { Run } from '../runs/runs.ts';

type Calls = {
  readonly [M in Exclude<keyof PanelCalls, 'ledger.rearm'>]: (
    deps: Deps,
    params: PanelCalls[M]['params'],
  ) => Promise<PanelCalls[M]['result']>;
};

type Streams = {
  readonly [M in keyof PanelStreams]: (
    deps: Deps,
    params: PanelStreams[M]['params'],
    emit: (event: PanelStreams[M]['event']) => void,
  ) => () => void;
};

/** What our own screens can call over a sound record of payments; no page can reach this table. */
export const panelCalls: Calls = {
  ...optionsCalls,
  async 'approval.answer'({ approvals }, { cardId, version, answer, wallet, payee }) {
    return { accepted: approvals.answer(cardId, version, { answer, wallet, payee }) };
  },
  async 'approval.reopen'({ approvals }) {
    await approvals.reopen();
    return null;
  },
  async 'site.setMode'({ policies, changes, wakeWatchers }, { site, mode }) {
    await policies.setMode(siteOf(site), mode);
    changes.notify();
    void wakeWatchers();
    return null;
  },
  async 'site.forgive'({ mutes, changes }, { site }) {
    await mutes.forgive(siteOf(site));
    changes.notify();
    return null;
  },
  async 'site.setCaps'({ policies, changes }, { site, caps }) {
    await policies.changeSiteCaps(siteOf(site), (known) => changedCaps(known, caps));
    changes.notify();
    return null;
  },
  async 'site.setGateway'({ policies, configured, changes, wakeWatchers }, { site: origin, gateway, model }) {
    const site = siteOf(origin);
    // The side panel chooses for each question.
    if (site === panelSite) throw new Failure('badRequest', { detail: 'site' });
    if (gateway !== undefined && !configured.gateways().some(({ id }) => id === gateway)) {
      throw new Failure('unknownService');
    }
    await policies.update(site, ({ gateway: _before, model: _own, ...policy }) => ({
      ...policy,
      ...(gateway === undefined ? {} : { gateway }),
      ...(model === undefined ? {} : { model }),
    }));
    changes.notify();
    void wakeWatchers();
    return null;
  },
  async 'site.setNetwork'({ policies, configured, changes }, { site, network }) {
    if (network !== undefined && usdcOn(configured.known(), network) === undefined)
      throw new Failure('badRequest', { detail: 'network' });
    await policies.update(siteOf(site), ({ network: _before, walletRdns, ...policy }) =>
      // A wallet that is remembered would name its chain.
      network === undefined
        ? policy
        : { ...policy, ...(walletRdns === undefined ? {} : { walletRdns }), network },
    );
    changes.notify();
    return null;
  },
  async 'pause.set'({ policies, changes }, { paused }) {
    await policies.setPaused(paused);
    changes.notify();
    return null;
  },
  'payment.askAgain': (deps, { paymentId }) => askWalletAgain(deps, paymentId),
  'payment.claim': (deps, { paymentId }) => claimOf(deps, paymentId),
  'payment.payAgain': (deps, { paymentId }) => payAgain(deps, paymentId),
  async 'payee.accept'(deps, { runId, trust }) {
    const { newPayee, network } = deps.runs.get(runId)?.head ?? {};
    if (newPayee && network) await acceptPayee(deps, newPayee.gateway, network, newPayee, trust);
    return null;
  },
  async 'run.stop'({ runs }, { runId }) {
    runs.get(runId)?.stop();
    return null;
  },
  'panel.quote': (deps, { chat }) => quotePanelChat(deps, chat),
  'panel.send': sendPanelChat,
  async 'panel.readPage'({ readPage }, { tabId }) {
    return (await readPage(tabId)) ?? null;
  },
  'panel.wallet': (deps, { tabId }) => tabWallet(deps, tabId),
  async 'panel.knownModels'({ models, configured }) {
    return modelViews(models.known(), configured);
  },
  async 'panel.models'({ models, configured }) {
    return modelViews(await models.list(), configured);
  },
  async 'panel.newChat'(deps) {
    await beginNewChat(deps);
    return null;
  },
  async 'panel.setDayCap'({ policies, changes }, { cap }) {
    const panelDay = parseMicroUsdc(cap) ?? noMoney;
    await policies.changeGlobalCaps((known) => ({ ...known, panelDay }));
    changes.notify();
    return null;
  },
};

/** What our own screens can watch; each returns its undo. */
export const panelStreams: Streams = {
  'approval.watch': ({ approvals }, { cardId }, emit) => approvals.watch(cardId, emit),

  'popup.watch': (deps, { tabId }, emit) => {
    // Where the browser lets nobody in, there is nothing to bring.
    deps.bringScripts(tabId).catch(() => undefined);
    return watchState(
      deps,
      () => popupState(deps, tabId),
      (error) => popupWithoutLedger(deps.version, error),
      emit,
      (run) => run.head.tabId === tabId,
    );
  },

  'panel.watch': (deps, { tabId }, emit) =>
    watchState(
      deps,
      () => panelState(deps, tabId),
      panelWithoutLedger,
      emit,
      (run) => run.head.site === panelSite,
    ),

  'options.watch': (deps, _none, emit) => {
    void deps.recovery.look();
    return followChanges(
      deps.changes,
      () => optionsState(deps).catch((error: unknown) => optionsWithoutLedger(deps.version, error)),
      (state) => emit({ type: 'state', state }),
    );
  },
};

/** Sends a screen's whole state now and on every change, and the text of its runs as it comes. */
function watchState<State>(
  deps: Deps,
  build: () => Promise<State>,
  failed: (error: unknown) => State,
  emit: (event: { type: 'state'; state: State } | RunTextEvent) => void,
  isShown: (run: Run) => boolean,
): () => void {
  const undos = [
    // Where it cannot be built now, the screen says what is wrong.
    followChanges(
      deps.changes,
      () => build().catch(failed),
      (state) => emit({ type: 'state', state }),
    ),
    deps.runs.onText((run, type, at, text) => {
      if (isShown(run)) emit({ type, runId: run.head.id, at, text });
    }),
  ];
  void deps.recovery.look();
  return () => {
    for (const undo of undos) undo();
  };
}
