import { expect } from 'vitest';
import { listen } from '../rig/listen.ts';
import type { Listening } from '../rig/listen.ts';

/** A page by its path: its HTML, and a content security policy where it has one. */
export type PageTexts = Readonly<Record<string, { readonly html: string; readonly policy?: string }>>;

/** The running server. */
export interface PageServer extends Listening {
  readonly origin: string;
  /** The path of every request so far. */
  readonly asked: readonly string[];
}

/** Serves pages at http://localhost. */
export async function servePages(pages: PageTexts): Promise<PageServer> {
  const asked: string[] = [];
  const server = await listen(({ url = '/' }, response) => {
    asked.push(url);
    const page = pages[url];
    if (!page) {
      response.writeHead(404).end();
      return;
    }
    if (page.policy !== undefined) response.setHeader('content-security-policy', page.policy);
    response.setHeader('content-type', 'text/html; charset=utf-8').end(`<!doctype html>${page.html}`);
  }, 0);
  return { ...server, origin: `http://localhost:${server.port}`, asked };
}

/** A page that is only there. */
export const plainPage = { html: '<title>Plain</title><body>Plain</body>' };

/** Under this policy no script of the page runs, and none may connect anywhere. */
export const strictPage = { html: '<title>Strict</title>', policy: "default-src 'none'" };

/** Keeps what the page can see of `window.paidChat` before anything else, and whether it could change it. */
export const earlyPage = {
  html: `<title>Early</title><script>
    'use strict';
    const attempt = (change) => { try { change(); return 'changed'; } catch { return 'refused'; } };
    window.early = {
      there: window.paidChat?.isPaidChat,
      assign: attempt(() => { window.paidChat = {}; }),
      define: attempt(() => Object.defineProperty(window, 'paidChat', { value: {} })),
      remove: attempt(() => { delete window.paidChat; }),
      extend: attempt(() => { window.paidChat.extra = 1; }),
      replace: attempt(() => { window.paidChat.chat.completions.create = () => 1; }),
      descend: attempt(() => Object.setPrototypeOf(window.paidChat, {})),
      attach: attempt(() => { window.paidChat.chat.completions.create.extra = 1; }),
    };
  </script>`,
};

/**
 * Wraps every function and getter of every built-in prototype so that it writes down what passes through it, puts
 * getters for every name that a frame or an option has on Object.prototype, and looks at window.event wherever it is
 * called. Then it uses paidChat and tells what it has seen that is not its own.
 */
export const watchingPage = {
  html: `<title>Watching</title><script>
  (() => {
    const { apply, construct, ownKeys } = Reflect;
    const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, hasOwn } = Object;
    const { stringify } = JSON;
    const isPort = (value) => { try { apply(portGet, value, []); return true; } catch { return false; } };
    const portGet = getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage').get;
    const eventGet = getOwnPropertyDescriptor(window, 'event').get;
    const dataGet = getOwnPropertyDescriptor(MessageEvent.prototype, 'data').get;
    const indexOf = String.prototype.indexOf;
    const leaks = [];
    let calls = 0;
    let inside = false;
    const look = (value, where) => {
      let leak;
      if (typeof value === 'string' && apply(indexOf, value, ['"v":1,']) !== -1) leak = 'frame text';
      if (value !== null && typeof value === 'object') {
        if (isPort(value)) leak = 'port';
        try { apply(dataGet, value, []); leak = 'message event'; } catch {}
        if (hasOwn(value, 'kind') && hasOwn(value, 'v')) leak = 'frame';
      }
      if (leak) leaks[leaks.length] = leak + ' in ' + where;
    };
    const visit = (where, self, args) => {
      if (inside) return;
      inside = true;
      calls += 1;
      try {
        look(self, where);
        for (let at = 0; args && at < args.length; at += 1) look(args[at], where);
        look(apply(eventGet, window, []), 'window.event at ' + where);
      } finally { inside = false; }
    };
    const wrapped = [Object, Function, Array, String, Number, RegExp, Promise, Map, Set, WeakMap, WeakSet, Error,
      EventTarget, Event, MessageEvent, CustomEvent, MessagePort, MessageChannel, AbortSignal, DOMException,
      ReadableStream, ReadableStreamDefaultController, ReadableStreamDefaultReader, TextEncoder, Symbol, URL,
      Request, Response, Headers, AbortController, Blob, TextDecoder,
      getPrototypeOf(async function* () {}.prototype).constructor].filter(Boolean);
    const spaces = [Reflect, JSON, Math, crypto, window.scheduler && Scheduler.prototype];
    const wrap = (owner, label) => {
      const keys = ownKeys(owner);
      for (let at = 0; at < keys.length; at += 1) {
        const key = keys[at];
        const descriptor = { __proto__: null, ...getOwnPropertyDescriptor(owner, key) };
        if (!descriptor.configurable || key === 'constructor' || key === 'prototype') continue;
        const name = label + '.' + (typeof key === 'symbol' ? 'symbol' : key);
        const over = (original) => original && function (...args) {
          visit(name, this, args);
          return new.target ? construct(original, args, new.target) : apply(original, this, args);
        };
        if (typeof descriptor.value === 'function') descriptor.value = over(descriptor.value);
        if (descriptor.get) descriptor.get = over(descriptor.get);
        if (descriptor.set) descriptor.set = over(descriptor.set);
        try { defineProperty(owner, key, descriptor); } catch {}
      }
    };
    for (let at = 0; at < wrapped.length; at += 1) {
      const type = wrapped[at];
      wrap(type.prototype ?? {}, type.name);
      wrap(type, type.name);
    }
    for (let at = 0; at < spaces.length; at += 1) if (spaces[at]) wrap(spaces[at], 'space');
    const globals = ['setTimeout', 'queueMicrotask', 'postMessage', 'structuredClone'];
    for (let at = 0; at < globals.length; at += 1) {
      const original = window[globals[at]];
      window[globals[at]] = function (...args) { visit('a global', this, args); return apply(original, this, args); };
    }
    const promiseConstructor = Promise;
    defineProperty(Promise.prototype, 'constructor', {
      __proto__: null,
      configurable: true,
      get() { visit('Promise.prototype.constructor', this); return promiseConstructor; },
    });
    const names = ['v', 'id', 'kind', 'method', 'params', 'active', 'offset', 'event', 'result', 'error', 'ask',
      'ok', 'then', 'toJSON', 'get', 'value', 'writable', 'once', 'capture', 'passive', 'signal', 'detail', 'receiptId',
      'message', 'cause', 'next', 'first', 'last', 'done', 'type', 'priority', 'delay', 'start', 'pull', 'cancel', 'size',
      'highWaterMark', '0', '1', 'length', 'role', 'content', 'model', 'stream', 'completion', 'receipt', 'wallet'];
    for (let at = 0; at < names.length; at += 1) {
      const name = names[at];
      defineProperty(Object.prototype, name, {
        __proto__: null,
        configurable: true,
        get() { visit('Object.prototype.' + name, this); return undefined; },
        set(value) {
          visit('Object.prototype.' + name + ' =', this, [value]);
          defineProperty(this, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
        },
      });
    }
    window.tryPaidChat = async () => {
      const done = [];
      const note = (value) => { done[done.length] = value; visit('microtask', undefined, []); };
      const { paidChat } = window;
      const models = await paidChat.models();
      note(models[0].id);
      const messages = [{ role: 'user', content: 'hello' }];
      const stream = await paidChat.chat.completions.create({ messages, stream: true });
      let text = '';
      for await (const chunk of stream) { text += chunk.choices[0].delta.content; note('chunk'); }
      note(text);
      note((await stream.receipt).id);
      const whole = await paidChat.chat.completions.create({ messages, stream: true });
      const reader = whole.toReadableStream().getReader();
      while (!(await reader.read()).done) note('bytes');
      try { await paidChat.permission(); } catch (error) { note(error.code); }
      try { await paidChat.quote({ messages: [{ role: 'user', content: () => 1 }] }); } catch (error) { note(error.code); }
      const listed = await paidChat.availability();
      note(listed.value.length);
      const post = (body, more) => paidChat.fetch(paidChat.baseURL + '/chat/completions',
        { method: 'POST', body: stringify({ messages, ...body }), headers: { 'x-paidchat-max-spend': '0.01' }, ...more });
      const sent = await post({});
      note(sent.headers.get('x-paidchat-receipt') + (await sent.json()).choices[0].message.content);
      const events = (await post({ stream: true })).body.getReader();
      while (!(await events.read()).done) note('event');
      note((await paidChat.fetch(paidChat.baseURL + '/models')).status);
      note((await paidChat.fetch(paidChat.baseURL + '/responses', { method: 'POST', body: '{}' })).status);
      const aborter = new AbortController();
      const given = post({ stream: true, messages: [{ role: 'user', content: 'stop at 2' }] }, { signal: aborter.signal });
      const cut = (await given).body.getReader();
      await cut.read();
      aborter.abort();
      try { while (!(await cut.read()).done); note('not aborted'); } catch (error) { note(error.name); }
      await new Promise((resolve) => paidChat.addEventListener('budgetlow', ({ detail }) => { note(detail); resolve(); }));
      await paidChat.revoke();
      const has = (...wanted) => wanted.every((value) => done.includes(value));
      const fetched = has('receipt-1whole', 'event', 200, 404, 'AbortError');
      const answer = { models: models[0].id, text, listed: listed.ok, failed: has(4100), fetched, calls };
      return stringify({ ...answer, leaks });
    };
  })();
  </script>`,
};

/** What the page below gets over `paidChat.fetch`. */
export const fetchedAllTheSame = {
  whole: 'whole',
  events: expect.stringMatching(/^data: .*"t0 "[^]*"t5 "[^]*\n\ndata: \[DONE\]\n\n$/) as unknown,
  listed: 200,
  refused: 400,
};

/** Replaces every function that MAIN could need by one that throws, then uses paidChat. */
export const breakingPage = {
  html: `<title>Breaking</title><script>
  (() => {
    const { ownKeys } = Reflect;
    const { defineProperty, getOwnPropertyDescriptor } = Object;
    const { stringify, parse } = JSON;
    const { text: readText } = Response.prototype;
    const statusOf = getOwnPropertyDescriptor(Response.prototype, 'status').get;
    const { apply } = Reflect;
    const broken = () => { throw new Error('broken by the page'); };
    const owners = [Object, Array, String, Number, RegExp, Map, Set, Error, EventTarget, Event, MessageEvent, CustomEvent,
      MessagePort, AbortSignal, ReadableStream, ReadableStreamDefaultController, TextEncoder, Request, Response, Headers,
      AbortController, Blob, URL].flatMap((type) => [type, type.prototype]);
    owners.push(Reflect, JSON, crypto, Crypto.prototype, Scheduler.prototype, Function.prototype);
    const changes = owners.flatMap((owner) => ownKeys(owner).map((key) => {
      const descriptor = getOwnPropertyDescriptor(owner, key);
      if (!descriptor.configurable || key === 'constructor' || key === 'prototype') return undefined;
      if (typeof descriptor.value === 'function') descriptor.value = broken;
      if (descriptor.get) descriptor.get = broken;
      return { owner, key, descriptor };
    })).filter(Boolean);
    for (let at = 0; at < changes.length; at += 1) {
      const { owner, key, descriptor } = changes[at];
      try { defineProperty(owner, key, descriptor); } catch {}
    }
    Promise.prototype.then = broken;
    const names = ['MessageChannel', 'MessageEvent', 'Event', 'CustomEvent', 'Promise', 'DOMException', 'TextEncoder',
      'setTimeout', 'postMessage', 'addEventListener', 'dispatchEvent', 'Request', 'Response', 'Headers', 'ReadableStream'];
    for (let at = 0; at < names.length; at += 1) window[names[at]] = broken;
    const options = ['toJSON', 'capture', 'once', 'priority', 'next', 'receiptId', 'set', 'get'];
    for (let at = 0; at < options.length; at += 1)
      defineProperty(Object.prototype, options[at], { __proto__: null, configurable: true, get: broken, set: broken });
    window.tryPaidChat = async () => {
      const { paidChat } = window;
      const models = await paidChat.models();
      const messages = [{ role: 'user', content: 'hello' }];
      const stream = await paidChat.chat.completions.create({ messages, stream: true });
      let text = '';
      for await (const chunk of stream) text += chunk.choices[0].delta.content;
      const lines = await paidChat.chat.completions.create({ messages, stream: true });
      lines.toReadableStream();
      let code;
      try { await paidChat.permission(); } catch (error) { code = error.code; }
      const { ok } = await paidChat.availability();
      const url = paidChat.baseURL + '/chat/completions';
      const post = (body) => paidChat.fetch(url, { __proto__: null, method: 'POST', body });
      const question = '"messages":[{"role":"user","content":"hello"}]';
      const whole = parse(await apply(readText, await post('{' + question + '}'), []));
      const events = await apply(readText, await post('{"stream":true,' + question + '}'), []);
      const listed = apply(statusOf, await paidChat.fetch(paidChat.baseURL + '/models'), []);
      const refused = apply(statusOf, await post('{'), []);
      const fetched = { __proto__: null, whole: whole.choices[0].message.content, events, listed, refused };
      return stringify({ __proto__: null, models: models[0].id, text, code, ok, fetched });
    };
  })();
  </script>`,
};

/** Sends everything that could be taken for a frame or a handshake, from the page and from a frame in it. */
export const forgingPage = {
  html: `<title>Forging</title><iframe srcdoc="<p>frame</p>"></iframe><script>
    window.forge = async (times) => {
      const caught = [];
      for (const type of ['paidChat#offer', 'paidChat#hello', 'paidChat#probe', 'message'])
        for (const target of [window, document])
          target.addEventListener(type, (event) => { if (event.ports?.length) caught.push(event.type + (event.own ? '' : '!')); }, true);
      const frames = (n) => [
        { v: 1, id: 'forged-' + n + '-xxxx', kind: 'call', method: 'chat', params: {}, active: true },
        { v: 1, id: 'forged-' + n + '-xxxx', kind: 'answer', ok: true, value: '0x' },
        { v: 1, id: 'forged-' + n + '-xxxx', kind: 'cancel' },
      ];
      for (let n = 0; n < times; n += 1) {
        const frame = frames(n)[n % 3];
        const text = JSON.stringify(frame);
        const channel = new MessageChannel();
        channel.port1.postMessage(text);
        const kinds = [
          () => window.postMessage(frame, '*'),
          () => window.postMessage(text, '*', [channel.port2]),
          () => frames[0],
          () => window.dispatchEvent(new MessageEvent('message', { data: text })),
          () => window.dispatchEvent(Object.assign(new MessageEvent('paidChat#offer', { ports: [channel.port2], cancelable: true }), { own: 1 })),
          () => window.dispatchEvent(new Event('paidChat#hello')),
          () => window.dispatchEvent(new Event('paidChat#probe')),
          () => window.dispatchEvent(new CustomEvent('paidChat#hello', { detail: frame })),
          () => document.querySelector('iframe').contentWindow.parent.postMessage(frame, '*'),
          () => paidChat.dispatchEvent(new MessageEvent('message', { data: text })),
        ];
        kinds[n % kinds.length]();
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
      return caught.filter((type) => type.startsWith('paidChat#') && type.endsWith('!'));
    };
  </script>`,
};

/** Calls paidChat while it is prerendered, and says so to its server. */
export const prerenderedPage = {
  html: `<title>Prerendered</title><script>
    window.wasPrerendered = document.prerendering;
    window.models = paidChat.models();
    fetch('/called');
  </script>`,
};

/** Has the page above prerendered. */
export const prerenderingPage = {
  html: `<title>Prerendering</title><script type="speculationrules">
    { "prerender": [{ "source": "list", "urls": ["/prerendered"], "eagerness": "immediate" }] }
  </script><a href="/prerendered">on</a>`,
};
