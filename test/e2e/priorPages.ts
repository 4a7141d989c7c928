import type { Page } from 'puppeteer-core';
import { expect } from 'vitest';
import { withoutGesture } from './asking.ts';
import type { Stage } from './fixture.ts';
import { waitForText } from './press.ts';

/*
 * A page that was hostile before PaidChat ran in it. A window that a page opens at its own origin keeps its globals when
 * the document arrives in it: what the opener changes there at once is changed before any content script runs.
 */

/** Changes a window's globals: the text of a function of that window. */
export type Poison = string;

/** Opens a page of this host whose globals were poisoned before our scripts came. */
export async function openPoisoned(stage: Stage, host: string, poison: Poison): Promise<Page> {
  const opener = await stage.open(host, '/blank');
  const coming = stage.rig.browser.waitForTarget((target) => target.opener() === opener.target(), {
    timeout: 8_000,
  });
  await opener.evaluate(`(() => {
    (${poison})(window.open('/'));
  })()`);
  const page = await (await coming).asPage();
  // By itself: puppeteer's own waiting goes through the page's built-ins, and would count as a click.
  await expect
    .poll(
      () =>
        withoutGesture(
          page,
          `location.pathname === '/' && document.readyState === 'complete' && !navigator.userActivation.isActive`,
        ),
      {
        timeout: 15_000,
      },
    )
    .toBe(true);
  return page;
}

/**
 * A page of this host that was open before PaidChat and has broken its globals by the time that our scripts are brought:
 * the popup has been opened over it.
 */
export async function openBroken(stage: Stage, host: string, poison: Poison): Promise<Page> {
  const { rig } = stage;
  await rig.setEnabled(false);
  const page = await stage.open(host, '/blank');
  await rig.setEnabled(true);
  await withoutGesture(
    page,
    `(() => {
      // What the tests need where nothing works any more.
      window.whole = { apply: Reflect.apply, then: Promise.prototype.then };
      // In a realm of its own, whose built-ins stay whole.
      const frame = document.body.appendChild(document.createElement('iframe'));
      frame.contentWindow.eval(${JSON.stringify(`(${poison})`)})(window);
      window.poisonedBefore = !('paidChat' in window);
    })()`,
  );
  const popup = await stage.popup(page);
  await waitForText(popup, new URL(page.url()).host);
  await popup.close();
  return page;
}

/**
 * Overhears all that passes through the window's built-ins into `heard`, and takes the port of the private channel as
 * `stolen`; everything goes on to work.
 */
export const overhearing: Poison = `(w) => {
  const { apply } = Reflect;
  const { getOwnPropertyDescriptor, defineProperty } = Object;
  const { stringify } = JSON;
  w.heard = [];
  const hear = (value) => {
    if (typeof value === 'string') w.heard.push(value);
    else if (value !== null && typeof value === 'object') try { w.heard.push(stringify(value)); } catch {}
    if (value instanceof w.MessagePort) w.stolen = value;
  };
  const overhear = (owner, name) => {
    const original = owner[name];
    owner[name] = function (...args) {
      const result = apply(original, this, args);
      for (const value of [...args, result]) hear(value);
      return result;
    };
  };
  overhear(w.JSON, 'parse');
  overhear(w.JSON, 'stringify');
  overhear(w.Object, 'keys');
  overhear(w.Object, 'freeze');
  overhear(w.Object, 'setPrototypeOf');
  overhear(w.MessagePort.prototype, 'postMessage');
  for (const name of ['data', 'ports']) {
    const descriptor = getOwnPropertyDescriptor(w.MessageEvent.prototype, name);
    const { get } = descriptor;
    descriptor.get = function () {
      const value = apply(get, this, []);
      hear(value);
      if (name === 'ports' && value[0]) w.stolen = value[0];
      return value;
    };
    defineProperty(w.MessageEvent.prototype, name, descriptor);
  }
  const listen = w.EventTarget.prototype.addEventListener;
  w.EventTarget.prototype.addEventListener = function (type, listener, options) {
    const first = typeof listener === 'function'
      ? function (event) { hear(event.data); hear(event.detail); return apply(listener, this, [event]); }
      : listener;
    return apply(listen, this, [type, first, options]);
  };
  const WholePromise = w.Promise;
  w.Promise = class extends WholePromise {
    constructor(run) {
      super((resolve, reject) => run((value) => { hear(value); resolve(value); }, reject));
    }
  };
}`;

/** Makes every function and getter of these throw: constructors with their prototypes, and single functions. */
function breaking(owners: readonly string[], functions: readonly string[] = []): Poison {
  return `(w) => {
    const { ownKeys } = Reflect;
    const { defineProperty, getOwnPropertyDescriptor } = Object;
    const broken = () => { throw new Error('broken by the page'); };
    for (const type of ${JSON.stringify(owners)})
      for (const owner of [w[type], w[type].prototype].filter(Boolean))
        for (const key of ownKeys(owner)) {
          const descriptor = getOwnPropertyDescriptor(owner, key);
          if (!descriptor.configurable || key === 'constructor' || key === 'prototype') continue;
          if (typeof descriptor.value === 'function') descriptor.value = broken;
          if (descriptor.get) descriptor.get = broken;
          defineProperty(owner, key, descriptor);
        }
    for (const name of ${JSON.stringify(functions)}) w[name] = broken;
  }`;
}

const language = [
  'Object',
  'Array',
  'String',
  'Number',
  'RegExp',
  'Map',
  'Set',
  'Function',
  'Reflect',
  'JSON',
];
const channel = ['MessagePort', 'MessageEvent', 'MessageChannel', 'Scheduler', 'Crypto'];
const events = ['EventTarget', 'Event', 'CustomEvent'];
const network = ['Request', 'Response', 'Headers', 'ReadableStream', 'TextEncoder', 'Blob', 'URL'];
const aborting = ['AbortController', 'AbortSignal', 'DOMException'];

const functions = ['setTimeout', 'queueMicrotask', 'addEventListener', 'dispatchEvent', 'fetch'];
/** What our code and the language itself look for in objects, which every object inherits from here. */
const inherited = [
  'then',
  'get',
  'set',
  'value',
  'done',
  'next',
  'return',
  'toJSON',
  'constructor',
  'data',
  'detail',
  'ports',
  'cancelable',
  'once',
  'capture',
  'signal',
  'ok',
  'kind',
  'type',
  'method',
];
const poisonedObjects = `(w) => {
  const broken = () => { throw new Error('broken by the page'); };
  for (const name of ${JSON.stringify(inherited)})
    Object.defineProperty(w.Object.prototype, name, { configurable: true, get: broken, set: broken });
}`;
const everything = [...language, ...channel, ...events, ...network, ...aborting, 'Promise'];

/** What is broken, and how. */
export const brokenBefore: readonly (readonly [what: string, poison: Poison])[] = [
  ['the language', breaking(language)],
  ['the channel', breaking(channel, ['MessageChannel', 'MessageEvent', 'setTimeout', 'queueMicrotask'])],
  ['events', breaking(events, ['Event', 'CustomEvent', 'addEventListener', 'dispatchEvent'])],
  ['the network', breaking(network, ['fetch', 'Request', 'Response', 'Headers', 'ReadableStream'])],
  ['aborting', breaking(aborting, ['AbortController', 'DOMException'])],
  ['promises', breaking(['Promise'], ['Promise'])],
  ['what every object inherits', poisonedObjects],
  [
    'everything',
    `(w) => {
      (${poisonedObjects})(w);
      (${breaking(everything, [...everything, ...functions])})(w);
    }`,
  ],
];

/** Calls from the page, and writes into `window.outcome` how that ended, with what is whole. */
export const tryOutcome = `(() => {
  const { apply, then } = window.whole;
  window.outcome = 'pending';
  if (window.paidChat === undefined) { window.outcome = 'absent'; return; }
  try {
    apply(then, window.paidChat.models(), [
      () => { window.outcome = 'answered'; },
      () => { window.outcome = 'failed'; },
    ]);
  } catch { window.outcome = 'failed'; }
})()`;
