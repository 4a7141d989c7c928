import { browser } from './browser.ts';
import { portOf } from './peers.ts';
import { randomId } from './randomId.ts';
import type { WireError } from '../core/failure.ts';
import type { Json } from '../core/json.ts';
import type { PanelChannel } from '../protocol/panel.ts';
import type { Port } from '../protocol/port.ts';
import type { Frame } from '../protocol/wire.ts';

/** A call of our own screens that the background refused, with its sentence. */
class PanelError extends Error {
  override readonly name = 'PanelError';
  readonly wire: WireError;

  constructor(wire: WireError) {
    super(wire.message);
    this.wire = wire;
  }
}

interface Pending {
  readonly frame: Frame;
  readonly onEvent?: (event: Json) => void;
  readonly onEnd: (result: Json) => void;
  readonly onFail: (error: WireError) => void;
}

const lost: WireError = {
  type: 'disconnected',
  message: 'PaidChat restarted: try again.',
  phase: 'validate',
  paid: 'no',
  retryable: true,
};

/** The channel of one of our own screens to the background. Watches come back by themselves after a restart. */
export function connectPanel(): PanelChannel {
  const pending = new Map<string, Pending>();
  let port: Port | undefined;

  const connected = (): Port => {
    if (port) return port;
    const opened = portOf(browser.runtime.connect({ name: 'panel' }));
    opened.onMessage((message) => receive(message as Frame));
    opened.onClose(() => {
      port = undefined;
      for (const [id, call] of pending) {
        if (call.onEvent) continue;
        pending.delete(id);
        call.onFail(lost);
      }
      if (pending.size > 0) for (const watch of pending.values()) connected().post(watch.frame);
    });
    port = opened;
    return opened;
  };

  const receive = (frame: Frame) => {
    const call = pending.get(frame.id);
    if (!call) return;
    if (frame.kind === 'event') call.onEvent?.(frame.event);
    if (frame.kind === 'end' || frame.kind === 'fail') pending.delete(frame.id);
    if (frame.kind === 'end') call.onEnd(frame.result);
    if (frame.kind === 'fail') call.onFail(frame.error);
  };

  const open = (method: string, params: Json, handlers: Omit<Pending, 'frame'>): string => {
    const id = randomId();
    const frame: Frame = { v: 1, id, kind: 'call', method, params };
    pending.set(id, { frame, ...handlers });
    connected().post(frame);
    return id;
  };

  return {
    call: (method, params) =>
      new Promise((resolve, reject) => {
        open(method, params as unknown as Json, {
          onEnd: (result) => resolve(result as never),
          onFail: (error) => reject(new PanelError(error)),
        });
      }),
    watch(method, params, onEvent) {
      const id = open(method, params, {
        onEvent: (event) => onEvent(event as never),
        onEnd: () => undefined,
        onFail: () => undefined,
      });
      return () => {
        if (pending.delete(id)) port?.post({ v: 1, id, kind: 'cancel' });
      };
    },
  };
}

/** The tab a popup was opened over; `?tab=` names one where the popup's page stands in a tab of its own. */
export async function currentTabId(): Promise<number | undefined> {
  const named = new URLSearchParams(location.search).get('tab');
  if (named !== null) return Number(named);
  const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
  return tab?.id;
}
