import * as v from 'valibot';
import { Failure, toWireError } from '../core/failure.ts';
import type { Json } from '../core/json.ts';
import type { Clock } from '../core/clock.ts';
import type { Site } from '../core/site.ts';
import type { PageMethod, PageNotice } from '../protocol/page.ts';
import { pageSchemas } from '../protocol/pageSchemas.ts';
import type { PageParams } from '../protocol/pageSchemas.ts';
import type { PanelCalls, PanelStreams } from '../protocol/panel.ts';
import { panelCallSchemas, panelStreamSchemas } from '../protocol/panelSchemas.ts';
import type { Port } from '../protocol/port.ts';
import { readUpwardFrame, wireLimits } from '../protocol/wire.ts';
import type { CallId, UpwardFrame } from '../protocol/wire.ts';
import type { Boot } from './boot.ts';
import { startChat } from './runs/chats.ts';
import type { Deps } from './deps.ts';
import type { Documents } from './pages/documents.ts';
import type { PageCall } from './pages/pageCall.ts';
import { pageMethods } from './pages/pageMethods.ts';
import { watchSite } from './pages/pageNotices.ts';
import { createPageWallet } from './pages/pageWallet.ts';
import { panelCalls, panelStreams } from './screens/panelMethods.ts';
import { resumeRun } from './runs/resume.ts';
import type { RunSink } from './runs/runs.ts';
import { keepLateSignature } from './paying/signer.ts';
import type { TabSites } from './pages/tabSites.ts';

/** What the router works with while the rest may still be opening its database. */
export interface RouterDeps {
  readonly boot: Boot;
  readonly documents: Documents;
  readonly tabSites: TabSites;
  readonly clock: Clock;
  readonly newId: () => string;
  /** What a watch of this screen sends while the record of payments cannot be used. */
  readonly withoutLedger: (method: keyof PanelStreams, error: unknown) => Json;
}

/** Characters of what one of our own screens gives a call. */
const longestFromScreen = 16 * 1024 * 1024;
/** As a key, at any depth; inside of a text its quotes are escaped. */
const prototypeKey = /"__proto__":/;

type CallFrame = Extract<UpwardFrame, { kind: 'call' }>;

/** Serves one document of a website. It can name only the methods of a page. */
export function servePage(
  router: RouterDeps,
  port: Port,
  identity: { readonly site: Site; readonly tabId: number; readonly documentId: string | undefined },
): void {
  const { boot, clock, newId, documents, tabSites } = router;
  const { site, tabId } = identity;
  const key = identity.documentId ?? newId();
  const wallet = createPageWallet(port, clock, newId);
  const calls = new Map<CallId, AbortController>();
  let watched: (() => void) | undefined;
  tabSites.note(tabId, site);
  const undos = new Set([documents.add(tabId, { site, wallet, key })]);

  port.onClose(() => {
    for (const call of calls.values()) call.abort(new Failure('pageGone'));
    for (const undo of undos) undo();
    watched?.();
  });

  const begin = async (frame: CallFrame) => {
    const { id, method, params } = frame;
    if (calls.has(id)) return;
    const controller = new AbortController();
    calls.set(id, controller);
    const sink = sinkOf(port, id, () => calls.delete(id));
    try {
      if (!isPageMethod(method)) throw new Failure('unknownMethod');
      const text = JSON.stringify(params);
      if (text.length > wireLimits.pageFrame) throw new Failure('tooLarge');
      if (prototypeKey.test(text)) throw new Failure('badRequest', { detail: '__proto__' });
      const parsed = v.safeParse(pageSchemas[method], params);
      if (!parsed.success) throw new Failure('badRequest', { detail: fieldOf(parsed.issues[0]) });
      const deps = await boot.ready();
      const active = frame.active === true;
      const call: PageCall = {
        id,
        site,
        tabId,
        wallet,
        walletSite: site,
        documentKey: key,
        active,
        signal: controller.signal,
        sink,
      };
      if (method === 'watch') {
        watched?.();
        const tell = (notice: PageNotice) =>
          port.post({ v: 1, id, kind: 'notice', notice: notice as unknown as Json });
        watched = boot.follow(
          (now) => watchSite(now, site, tell),
          () => undefined,
        );
        sink.end({ result: null });
        return;
      }
      if (method === 'chat') {
        await startChat(deps, call, parsed.output as PageParams<'chat'>);
        return;
      }
      // A card is waited for as long as an answer is; no question about the site's own state waits behind either.
      const lanes = method === 'requestPermission' ? deps.lanes : deps.shortLanes;
      const leave = await lanes.enter(site, call.signal);
      try {
        const result = await pageMethods[method](deps, call, parsed.output as never);
        sink.end({ result: result as Json });
      } finally {
        leave();
      }
    } catch (error) {
      sink.end({ error: toWireError(error) });
    }
  };

  port.onMessage((message) => {
    const frame = readUpwardFrame(message);
    switch (frame?.kind) {
      case 'call':
        void begin(frame);
        break;
      case 'cancel':
        calls.get(frame.id)?.abort(new Failure('aborted'));
        break;
      case 'resume': {
        const sink = sinkOf(port, frame.id, () => undefined);
        void boot
          .ready()
          .then((deps) => resumeRun(deps, site, frame.id, frame.offset, sink))
          .then((undo) => undos.add(undo))
          .catch((error: unknown) => sink.end({ error: toWireError(error, { paid: 'unknown' }) }));
        break;
      }
      case 'answer': {
        const { id, ok, value } = frame;
        if (wallet.answer(id, ok, value) || !ok) break;
        // A late signature fails nobody's call; the ledger keeps the hold either way.
        void boot
          .ready()
          .then((deps) => keepLateSignature(deps, site, id, value))
          .catch(() => undefined);
        break;
      }
      case undefined:
        break;
    }
  });
}

/** Serves one of our own screens. It can name only the methods of the panel. */
export function servePanel({ boot, withoutLedger }: RouterDeps, port: Port): void {
  const watches = new Map<CallId, () => void>();
  port.onClose(() => {
    for (const undo of watches.values()) undo();
  });

  const begin = async ({ id, method, params }: CallFrame) => {
    const emit = (event: unknown) => port.post({ v: 1, id, kind: 'event', offset: 0, event: event as Json });
    try {
      if (isPanelStream(method)) {
        const parsed = v.safeParse(panelStreamSchemas[method], params);
        if (!parsed.success) throw new Failure('badRequest', { detail: fieldOf(parsed.issues[0]) });
        const watch = (deps: Deps) => panelStreams[method](deps, parsed.output as never, emit);
        watches.set(
          id,
          boot.follow(watch, (error) => emit(withoutLedger(method, error))),
        );
        return;
      }
      if (!isPanelCall(method)) throw new Failure('unknownMethod');
      if (JSON.stringify(params).length > longestFromScreen) throw new Failure('screenTooLarge');
      const parsed = v.safeParse(panelCallSchemas[method], params);
      if (!parsed.success) throw new Failure('badRequest', { detail: fieldOf(parsed.issues[0]) });
      const result = await answerPanel(boot, method, parsed.output);
      port.post({ v: 1, id, kind: 'end', result: result as Json });
    } catch (error) {
      port.post({ v: 1, id, kind: 'fail', error: toWireError(error) });
    }
  };

  port.onMessage((message) => {
    const frame = readUpwardFrame(message);
    if (frame?.kind === 'call') void begin(frame);
    if (frame?.kind === 'cancel') {
      watches.get(frame.id)?.();
      watches.delete(frame.id);
    }
  });
}

async function answerPanel(boot: Boot, method: keyof PanelCalls, params: unknown): Promise<unknown> {
  if (method !== 'ledger.rearm') return panelCalls[method](await boot.ready(), params as never);
  await boot.rearm();
  return null;
}

function sinkOf(port: Port, id: CallId, ended: () => void): RunSink {
  return {
    chunks: (offset, chunks) =>
      port.post({ v: 1, id, kind: 'event', offset, event: chunks as unknown as Json }),
    end(end) {
      ended();
      port.post('result' in end ? { v: 1, id, kind: 'end', ...end } : { v: 1, id, kind: 'fail', ...end });
    },
  };
}

function isPageMethod(method: string): method is PageMethod {
  return Object.hasOwn(pageSchemas, method);
}

function isPanelCall(method: string): method is keyof PanelCalls {
  return Object.hasOwn(panelCallSchemas, method);
}

function isPanelStream(method: string): method is keyof PanelStreams {
  return Object.hasOwn(panelStreamSchemas, method);
}

/** The name of the field that a schema refused, and why; never its value. */
function fieldOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return path === null ? 'parameters' : `${path}: expected ${issue.expected ?? 'another value'}`;
}
