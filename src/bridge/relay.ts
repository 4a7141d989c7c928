import { isJsonObject } from '../core/json.ts';
import { bridgeFailures } from '../core/bridgeFailures.ts';
import { createIntake, maxOpenCalls } from './intake.ts';
import { isCallId, readUpwardFrame, wireLimits } from '../protocol/wire.ts';
import type { WireError } from '../core/failure.ts';
import type { Json } from '../core/json.ts';
import type { TextPort } from '../platform/channel.ts';
import type { Port } from '../protocol/port.ts';
import type { Frame, UpwardFrame } from '../protocol/wire.ts';

/** A background that closes this often in a row without a word refuses this page; asking on would be a busy loop. */
const silentClosesAllowed = 5;

/** What the relay stands between. */
export interface RelayDeps {
  readonly page: TextPort;
  /** Throws when the extension has been updated or removed. */
  readonly connect: () => Port;
  /** Whether the page has transient user activation now. */
  readonly hasActivation: () => boolean;
  /** Only ever goes forward. */
  readonly nowMs: () => number;
}

/** The relay, as the document's life steers it. */
export interface Relay {
  /** Opens the port without a call of the page's: our own side panel wants to reach it. */
  readonly connect: () => void;
  /** The same, where the page watches its site. */
  readonly connectWatching: () => void;
  /** Lets frames up; until the first call of this they wait. Lost calls are taken up again. */
  readonly wake: () => void;
  /** Closes the port, keeps the calls: the document is being put away and may come back. */
  readonly sleep: () => void;
}

interface OpenCall {
  readonly method: string;
  /** The next item that the page wants. */
  next: number;
  /** Posted to a background, which may have acted on it. */
  sent: boolean;
}

/** Passes frames between one page and the background; holds no policy. */
export function createRelay({ page, connect, hasActivation, nowMs }: RelayDeps): Relay {
  const calls = new Map<string, OpenCall>();
  /** Asks without an answer; they outlive a port, since a late signature is still worth knowing. */
  const asks = new Set<string>();
  const hasRoomFor = createIntake(nowMs);
  let port: Port | undefined;
  let awake = false;
  let silentCloses = 0;
  let waiting: UpwardFrame[] = [];
  /** The page's call to watch its site: made again to each background. */
  let watch: UpwardFrame | undefined;

  const toPage = (frame: Frame) => page.post(JSON.stringify(frame));
  const fail = (id: string, error: WireError) => {
    calls.delete(id);
    toPage({ v: 1, id, kind: 'fail', error });
  };
  const failAll = (reason: 'updated' | 'unreachable') => {
    for (const [id, call] of calls) fail(id, disconnected(reason, call));
  };

  const open = (): Port | undefined => {
    if (port) return port;
    try {
      port = connect();
    } catch {
      failAll('updated');
      return undefined;
    }
    const opened = port;
    opened.onMessage(fromBackground);
    opened.onClose(() => {
      if (port === opened) port = undefined;
      for (const id of asks) toPage({ v: 1, id, kind: 'cancel' });
      if (awake) takeUp();
    });
    if (watch) opened.post(watch);
    return port;
  };

  /** The background has died with calls open: the next one is asked for what is missing. */
  const takeUp = () => {
    silentCloses += 1;
    if (calls.size === 0) return;
    if (silentCloses > silentClosesAllowed) {
      failAll('unreachable');
      return;
    }
    const opened = open();
    for (const [id, { next, sent }] of calls)
      if (sent) opened?.post({ v: 1, id, kind: 'resume', offset: next });
  };

  const send = (frame: UpwardFrame) => {
    if (!awake) {
      waiting.push(frame);
      return;
    }
    const opened = open();
    if (!opened) return;
    opened.post(frame);
    const call = calls.get(frame.id);
    if (port === opened && call) call.sent = true;
    // The port turned out to be dead, so the frame is on its way to no one.
    if (port !== opened && silentCloses <= silentClosesAllowed) send(frame);
  };

  const fromBackground = (message: unknown) => {
    silentCloses = 0;
    if (!isJsonObject(message) || !isCallId(message['id'])) return;
    const frame = message as unknown as Frame;
    const call = calls.get(frame.id);
    switch (frame.kind) {
      case 'event':
        if (!call) return;
        call.next = Math.max(call.next, frame.offset + (Array.isArray(frame.event) ? frame.event.length : 1));
        break;
      case 'end':
      case 'fail':
        if (!calls.delete(frame.id)) return;
        break;
      case 'ask':
        asks.add(frame.id);
        break;
      case 'notice':
        break;
      case 'cancel':
        if (!asks.has(frame.id)) return;
        break;
      case 'call':
      case 'resume':
      case 'answer':
      default:
        return;
    }
    toPage(frame);
  };

  page.onText((text) => {
    if (text.length > wireLimits.pageFrame) {
      const id = /^\{"v":1,"id":"([\w-]{8,64})"/.exec(text.slice(0, 100))?.[1];
      if (id !== undefined) fail(id, failure('tooLarge'));
      return;
    }
    const frame = readFrame(text);
    switch (frame?.kind) {
      case 'call':
        if (calls.has(frame.id)) return;
        if (calls.size >= maxOpenCalls || !hasRoomFor(text.length)) {
          fail(frame.id, failure('tooManyCalls'));
          return;
        }
        calls.set(frame.id, { method: frame.method, next: 0, sent: false });
        send({ ...frame, active: hasActivation() });
        if (frame.method === 'watch') watch = frame;
        return;
      case 'cancel':
        // The call stays open: what is paid already goes on, and its end is still told.
        if (calls.has(frame.id)) send(frame);
        return;
      case 'answer':
        if (asks.delete(frame.id)) send(frame);
        return;
      case 'resume':
      case undefined:
      default:
        return;
    }
  });

  return {
    connect: () => void (awake && open()),
    connectWatching: () => void (awake && watch && open()),
    wake() {
      awake = true;
      silentCloses = 0;
      if (!port) takeUp();
      const frames = waiting;
      waiting = [];
      for (const frame of frames) send(frame);
    },
    sleep() {
      awake = false;
      port?.close();
    },
  };
}

/** The frame that a text of the page stands for. JSON is plain by nature: no getter, no prototype, no cycle. */
function readFrame(text: string): UpwardFrame | undefined {
  try {
    return readUpwardFrame(JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

function failure(reason: keyof typeof bridgeFailures): WireError {
  const { type, phase, text, retryable } = { retryable: false, ...bridgeFailures[reason] };
  return { type, message: text, phase, paid: 'no', retryable };
}

/** Only a chat can pay; its first item comes after the payment, before that nobody here knows. */
function disconnected(reason: 'updated' | 'unreachable', { method, next, sent }: OpenCall): WireError {
  const error = failure(reason);
  if (method !== 'chat' || !sent) return error;
  return next > 0 ? { ...error, phase: 'stream', paid: 'yes' } : { ...error, phase: 'send', paid: 'unknown' };
}
