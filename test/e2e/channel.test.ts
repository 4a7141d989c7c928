import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../rig/browser.ts';
import type { RigBrowser } from '../rig/browser.ts';
import {
  breakingPage,
  earlyPage,
  fetchedAllTheSame,
  forgingPage,
  plainPage,
  prerenderedPage,
  prerenderingPage,
  servePages,
  strictPage,
  watchingPage,
} from './channelPages.ts';
import { makeStubExtension, openLog, scriptSizes } from './stubExtension.ts';

type Server = Awaited<ReturnType<typeof servePages>>;
type Stub = Awaited<ReturnType<typeof makeStubExtension>>;
type Log = Awaited<ReturnType<typeof openLog>>;

const allText = 't0 t1 t2 t3 t4 t5 ';
let server: Server;
let stub: Stub;
let rig: RigBrowser;
let log: Log;
const opened: Page[] = [];

beforeAll(async () => {
  server = await servePages({
    '/': plainPage,
    '/strict': strictPage,
    '/early': earlyPage,
    '/watching': watchingPage,
    '/breaking': breakingPage,
    '/forging': forgingPage,
    '/prerendered': prerenderedPage,
    '/prerendering': prerenderingPage,
  });
  stub = await makeStubExtension();
  rig = await launchBrowser({ extensionDir: stub.dir, backForwardCache: true });
  log = await openLog(rig);
});

afterEach(async () => {
  for (const page of opened.splice(0)) await page.close().catch(() => undefined);
});

afterAll(async () => {
  await rig?.close();
  await stub?.remove();
  await server?.close();
});

async function open(path: string, browser = rig): Promise<Page> {
  const page = await browser.browser.newPage();
  opened.push(page);
  await page.goto(`${server.origin}${path}`);
  return page;
}

/** Runs an expression in the page's own world; the page may have broken everything that puppeteer's ways need. */
function run<T>(page: Page, expression: string): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`No answer: ${expression.slice(0, 80)}`)), 15_000).unref();
  });
  return Promise.race([page.evaluate(expression) as Promise<T>, late]);
}

type Listen = (
  this: EventTarget,
  type: string,
  listener: EventListenerOrEventListenerObject | null,
  options?: boolean | AddEventListenerOptions,
) => void;

/** Runs before MAIN: counts what it hears from the bridge, by the way that it came. */
function countHeard(): void {
  const heard = { events: 0, port: 0 };
  Object.assign(window, { heard });
  const { prototype }: { readonly prototype: { addEventListener: Listen } } = EventTarget;
  const { addEventListener } = prototype;
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    const isPort = this instanceof MessagePort;
    if (typeof listener !== 'function' || (!isPort && !/^[0-9a-f-]{36}$/.test(type))) {
      addEventListener.call(this, type, listener, options);
      return;
    }
    const counting = (event: Event) => {
      heard[isPort ? 'port' : 'events'] += 1;
      listener.call(this, event);
    };
    addEventListener.call(this, type, counting, options);
  };
}

const models = 'paidChat.models().then(([{ id }]) => id)';
const chat = (order: string) => `(async () => {
  const messages = [{ role: 'user', content: ${JSON.stringify(order)} }];
  const stream = await paidChat.chat.completions.create({ messages, stream: true });
  let text = '';
  window.text = '';
  for await (const chunk of stream) window.text = text += chunk.choices[0].delta.content;
  return text + (await stream.receipt).id;
})()`;
const ask = (what: object) =>
  `paidChat.quote({ messages: [{ role: 'user', content: ${JSON.stringify(JSON.stringify(what))} }] })`;

describe('what every page loads', () => {
  it('is under 24 kB in the page and 6 kB in the bridge', async () => {
    const { main, bridge } = await scriptSizes();
    expect(main).toBeLessThan(24_000);
    expect(bridge).toBeLessThan(6_000);
  });

  it('opens no connection before the page uses it', async () => {
    const before = (await log.read()).ports;
    const page = await open('/');
    await run(page, 'new Promise((resolve) => setTimeout(resolve, 200))');
    expect((await log.read()).ports).toBe(before);
    expect(await run(page, models)).toBe('model-1');
    expect((await log.read()).ports).toBe(before + 1);
  });
});

describe('window.paidChat', () => {
  it('is there before the first script of the page, and cannot be changed', async () => {
    const page = await open('/early');
    const { there, ...attempts } = await run<Record<string, unknown>>(page, 'window.early');
    expect(there).toBe(true);
    expect(new Set(Object.values(attempts))).toEqual(new Set(['refused']));
    expect(await run(page, models)).toBe('model-1');
  });

  it('works where a policy allows the page nothing at all', async () => {
    const page = await open('/strict');
    expect(await run(page, models)).toBe('model-1');
    expect(await run(page, chat('hello'))).toBe(`${allText}receipt-1`);
  });

  it('runs in strict mode: no function of the page sees who calls it', async () => {
    const page = await open('/');
    const seen = await run(
      page,
      `(async () => {
        let seen = 'not called';
        function request() { seen = String(request.caller); throw 'no'; }
        window.ethereum = { request };
        await ${ask({ type: 'connect', wallet: 'injected' })};
        return seen;
      })()`,
    );
    expect(seen).toBe('null');
  });
});

describe('the private channel', () => {
  it('shows nothing to a page that watches every built-in, and serves it', async () => {
    const page = await open('/watching');
    const outcome = JSON.parse(await run<string>(page, 'tryPaidChat()')) as Record<string, unknown>;
    expect(outcome['calls']).toBeGreaterThan(10);
    expect(outcome).toMatchObject({
      models: 'model-1',
      text: allText,
      listed: true,
      failed: true,
      fetched: true,
    });
    expect(outcome['leaks']).toEqual([]);
  });

  it('brings what the background says in events, and over the port only where no event arrives', async () => {
    const page = await rig.browser.newPage();
    opened.push(page);
    await page.evaluateOnNewDocument(countHeard);
    await page.goto(server.origin);
    expect(await run(page, chat('hello'))).toBe(`${allText}receipt-1`);
    expect(await run(page, 'heard')).toEqual({ events: 4, port: 0 });
    await run(page, "document.open(); document.write('<p>new'); document.close()");
    expect(await run(page, models)).toBe('model-1');
    expect(await run(page, 'heard')).toEqual({ events: 4, port: 1 });
  });

  it('serves a page that has broken every built-in', async () => {
    const page = await open('/breaking');
    const outcome: unknown = JSON.parse(await run<string>(page, 'tryPaidChat()'));
    expect(outcome).toEqual({
      models: 'model-1',
      text: allText,
      code: 4100,
      ok: true,
      fetched: fetchedAllTheSame,
    });
  });

  it('lets none of 1,000 forged messages through, and goes on', async () => {
    const page = await open('/forging');
    expect(await run(page, models)).toBe('model-1');
    const before = await log.read();
    expect(await run(page, 'forge(1000)')).toEqual([]);
    const after = await log.read();
    expect(after.frames).toEqual(before.frames);
    expect(after.ports).toBe(before.ports);
    expect(await run(page, models)).toBe('model-1');
    const { frames } = await log.read();
    expect(frames.slice(before.frames.length)).toMatchObject([{ kind: 'call', method: 'models' }]);
  });

  it('is made as well when the bridge comes first', async () => {
    const other = await makeStubExtension({ bridgeFirst: true });
    const browser = await launchBrowser({ extensionDir: other.dir });
    try {
      const page = await open('/early', browser);
      expect(await run(page, models)).toBe('model-1');
      expect(await run(page, chat('hello'))).toBe(`${allText}receipt-1`);
    } finally {
      await browser.close();
      await other.remove();
    }
  });

  it('tells the background whether the page was clicked', async () => {
    const activity = async () =>
      (await log.read()).frames
        .flatMap((frame) => (frame.kind === 'call' ? [frame.active] : []))
        .slice(before);
    const before = (await log.read()).frames.filter(({ kind }) => kind === 'call').length;
    // Calls by itself, while it loads.
    const page = await open('/prerendered');
    await expect.poll(activity).toEqual([false]);
    await page.mouse.click(50, 50);
    await run(page, models);
    expect(await activity()).toEqual([false, true]);
  });
});

describe('the wallet of a page', () => {
  const announce = `(() => {
    const info = { uuid: 'late-wallet', name: 'Late', rdns: 'org.example', icon: 'https://example.org/x.png' };
    const provider = { request: async ({ method }) => method === 'eth_chainId' ? '0x2105' : ['0x036CbD53842c5426634e7929541eC2318f3dCF7e'] };
    window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }));
  })()`;

  it('is found when it announces itself long after load', async () => {
    const page = await open('/');
    await run(page, announce);
    expect(await run(page, 'paidChat.availability()')).toEqual({
      ok: true,
      value: [{ id: 'late-wallet', name: 'Late', rdns: 'org.example', icon: '' }],
    });
    expect(await run(page, ask({ type: 'connect', wallet: 'late-wallet' }))).toEqual({
      ok: true,
      value: ['0x036CbD53842c5426634e7929541eC2318f3dCF7e'],
    });
  });

  it('is found after document.open has removed every listener', async () => {
    const page = await open('/');
    await run(page, "document.open(); document.write('<p>new'); document.close()");
    await run(page, `window.addEventListener('eip6963:requestProvider', () => ${announce})`);
    expect(await run(page, 'paidChat.availability()')).toMatchObject({ value: [{ id: 'late-wallet' }] });
  });

  it.each([
    [
      'answers twice',
      `{ then(ok) { ok(['0x036CbD53842c5426634e7929541eC2318f3dCF7e']); ok(['0x0']); } }`,
      true,
    ],
    ['answers with something foreign', `{ then(ok) { ok(window); } }`, false],
    ['refuses with a bare text', `{ then(ok, fail) { fail('User rejected'); } }`, false],
  ])('that %s is answered once', async (_name, answer, ok) => {
    const page = await open('/');
    await run(page, `window.ethereum = { request: () => (${answer}) }`);
    const before = (await log.read()).frames.length;
    expect(await run(page, ask({ type: 'connect', wallet: 'injected' }))).toMatchObject({ ok });
    const answers = (await log.read()).frames.slice(before).filter(({ kind }) => kind === 'answer');
    expect(answers).toHaveLength(1);
  });

  it('that never answers stands in nobody’s way once the ask is withdrawn, and may answer late', async () => {
    const page = await open('/');
    await run(
      page,
      `window.ethereum = { request: () => new Promise((resolve) => { (window.answers ??= []).push(resolve); }) }`,
    );
    await run(
      page,
      `window.first = paidChat.receipts.get('injected'); window.second = ${ask({ type: 'connect', wallet: 'injected' })}; 0`,
    );
    await expect.poll(() => run(page, 'window.answers.length')).toBe(2);
    await run(page, `window.answers[1](['0x036CbD53842c5426634e7929541eC2318f3dCF7e'])`);
    expect(await run(page, 'window.second')).toMatchObject({ ok: true });
    await run(page, `window.answers[0](['0x036CbD53842c5426634e7929541eC2318f3dCF7e'])`);
    expect(await run(page, 'window.first')).toMatchObject({ ok: true });
  });
});

describe('a lost port', () => {
  it('is mended in mid-stream: the rest is asked for by its offset and nothing comes twice', async () => {
    const page = await open('/');
    const before = await log.read();
    await run(page, `window.answer = ${chat('stop at 4')}; 0`);
    await expect.poll(() => run(page, 'window.text')).toBe('t0 t1 t2 t3 ');
    await rig.killWorker();
    expect(await run(page, 'window.answer')).toBe(`${allText}receipt-1`);
    const after = await log.read();
    const [call, resume, ...more] = after.frames.slice(before.frames.length);
    expect(resume).toMatchObject({ kind: 'resume', id: call?.id, offset: 4 });
    expect(more).toEqual([]);
    expect(after.starts).toBe(before.starts + 1);
  });

  it('is opened again with the next call after the background slept', async () => {
    const page = await open('/');
    await run(page, models);
    const before = await log.read();
    await rig.killWorker();
    expect(await run(page, models)).toBe('model-1');
    const { frames } = await log.read();
    expect(frames.slice(before.frames.length)).toMatchObject([{ kind: 'call' }]);
  });

  it('is mended when the page comes back from the back/forward cache', async () => {
    const page = await open('/');
    await run(page, `addEventListener('pageshow', ({ persisted }) => { window.restored = persisted; })`);
    await run(page, `window.answer = ${chat('stop at 2')}; 0`);
    await expect.poll(() => run(page, 'window.text')).toBe('t0 t1 ');
    await page.goto(`${server.origin}/early`);
    const before = await log.read();
    await run(page, 'history.back()');
    await expect.poll(() => run(page, 'window.restored').catch(() => undefined)).toBe(true);
    expect(await run(page, 'window.answer')).toBe(`${allText}receipt-1`);
    expect((await log.read()).frames.slice(before.frames.length)).toMatchObject([
      { kind: 'resume', offset: 2 },
    ]);
    expect(await run(page, models)).toBe('model-1');
  });
});

describe('a prerendered page', () => {
  it('connects only when it is shown', async () => {
    const before = await log.read();
    const page = await open('/prerendering');
    await expect.poll(() => server.asked).toContain('/called');
    expect((await log.read()).frames).toEqual(before.frames);
    expect((await log.read()).ports).toBe(before.ports);
    await page.click('a');
    await expect.poll(() => run(page, 'window.wasPrerendered').catch(() => undefined)).toBe(true);
    expect(await run(page, 'window.models')).toMatchObject([{ id: 'model-1' }]);
    expect((await log.read()).ports).toBe(before.ports + 1);
  });
});

describe('after an update of the extension', () => {
  it('calls fail with 4900, until a newer bridge is injected under the same object', async () => {
    const page = await open('/');
    await run(page, `window.before = paidChat; ${models}`);
    await rig.browser.installExtension(stub.dir);
    const failure = `paidChat.models().then(String, ({ code, message, paid }) => ({ code, message, paid }))`;
    await expect
      .poll(() => run(page, failure))
      .toEqual({
        code: 4900,
        message: 'PaidChat was updated, reload the page.',
        paid: 'no',
      });
    log = await openLog(rig);
    const id = await log.page.evaluate(
      `chrome.tabs.query({}).then((tabs) => tabs.find(({ url }) => url === ${JSON.stringify(`${server.origin}/`)}).id)`,
    );
    for (const script of [
      `{ files: ['content-scripts/inpage.js'], world: 'MAIN' }`,
      `{ files: ['bridge.js'] }`,
    ]) {
      await log.page.evaluate(
        `chrome.scripting.executeScript({ target: { tabId: ${String(id)} }, injectImmediately: true, ...${script} })`,
      );
    }
    await expect.poll(() => run(page, `${models}.catch(() => 'failed')`)).toBe('model-1');
    expect(await run(page, 'window.before === paidChat')).toBe(true);
    expect(await run(page, chat('hello'))).toBe(`${allText}receipt-1`);
  });
});
