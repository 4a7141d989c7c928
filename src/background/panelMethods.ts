import { Failure } from '../core/failure.ts';
import { noMoney, parseMicroUsdc } from '../core/money.ts';
import { panelSite, parseSite } from '../core/site.ts';
import type { Site } from '../core/site.ts';
import type { PanelCalls, PanelStreams } from '../protocol/panel.ts';
import type { Deps } from './deps.ts';
import { popupState } from './popupState.ts';

type Calls = {
  readonly [M in keyof PanelCalls]: (
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

/** What our own screens can call; no page can reach this table. */
export const panelCalls: Calls = {
  async 'approval.answer'({ approvals }, { cardId, version, answer, wallet }) {
    return { accepted: approvals.answer(cardId, version, answer, wallet) };
  },
  async 'approval.reopen'({ approvals }) {
    await approvals.reopen();
    return null;
  },
  async 'site.setMode'({ policies, changes }, { site, mode }) {
    await policies.setMode(siteOf(site), mode);
    changes.notify();
    return null;
  },
  async 'site.setCaps'({ policies, changes }, { site, caps }) {
    const amount = (text: string) => parseMicroUsdc(text) ?? noMoney;
    const { request, day, month } = caps;
    await policies.setCaps(siteOf(site), {
      request: amount(request),
      day: amount(day),
      month: amount(month),
    });
    changes.notify();
    return null;
  },
  async 'pause.set'({ policies, changes }, { paused }) {
    await policies.setPaused(paused);
    changes.notify();
    return null;
  },
  async 'run.stop'({ runs }, { runId }) {
    runs.get(runId)?.stop();
    return null;
  },
};

/** What our own screens can watch; each returns its undo. */
export const panelStreams: Streams = {
  'approval.watch': ({ approvals }, { cardId }, emit) => approvals.watch(cardId, emit),

  'popup.watch'(deps, { tabId }, emit) {
    let building = false;
    let again = false;
    let over = false;
    const send = async () => {
      if (building) {
        again = true;
        return;
      }
      building = true;
      do {
        again = false;
        const state = await popupState(deps, tabId);
        if (!over) emit({ type: 'state', state });
      } while (again && !over);
      building = false;
    };
    const refresh = () => void send().catch(() => (building = false));
    const unsubscribe = deps.changes.subscribe(refresh);
    const unfollow = deps.runs.onText((run, at, text) => {
      if (run.head.tabId === tabId) emit({ type: 'text', runId: run.head.id, at, text });
    });
    refresh();
    return () => {
      over = true;
      unsubscribe();
      unfollow();
    };
  },
};

function siteOf(text: string): Site {
  const site = text === panelSite ? panelSite : parseSite(text);
  if (site === undefined) throw new Failure('badRequest', { detail: 'site' });
  return site;
}
