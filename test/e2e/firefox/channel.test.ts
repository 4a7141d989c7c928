import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchFirefox } from '../../rig/firefox.ts';
import type { RigFirefox } from '../../rig/firefox.ts';
import {
  breakingPage,
  earlyPage,
  fetchedAllTheSame,
  forgingPage,
  plainPage,
  servePages,
  strictPage,
  watchingPage,
} from '../channelPages.ts';
import { makeStubExtension } from '../stubExtension.ts';

/*
 * The hostile pages of channel.test.ts in Firefox, where our scripts meet the page through other walls: the bridge
 * sees the page's objects through Xrays, and MAIN is a script of the page.
 */
const allText = 't0 t1 t2 t3 t4 t5 ';
const models = 'paidChat.models().then(([{ id }]) => id)';

let server: Awaited<ReturnType<typeof servePages>>;
let stub: Awaited<ReturnType<typeof makeStubExtension>>;
let rig: RigFirefox;
const opened: Page[] = [];

beforeAll(async () => {
  server = await servePages({
    '/': plainPage,
    '/strict': strictPage,
    '/early': earlyPage,
    '/watching': watchingPage,
    '/breaking': breakingPage,
    '/forging': forgingPage,
  });
  stub = await makeStubExtension({ firefox: true });
  rig = await launchFirefox({ extensionDir: stub.dir });
});

afterEach(async () => {
  for (const page of opened.splice(0)) await page.close();
});

afterAll(async () => {
  await rig?.close();
  await stub?.remove();
  await server?.close();
});

async function open(path: string): Promise<Page> {
  const page = await rig.browser.newPage();
  opened.push(page);
  await page.goto(`${server.origin}${path}`);
  return page;
}

/** Runs an expression in the page's own world; what a hostile page has broken may keep it from ever answering. */
async function run(page: Page, expression: string): Promise<unknown> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`No answer: ${expression}`)), 15_000).unref();
  });
  return Promise.race([page.evaluate(expression), late]);
}

describe('in Firefox, window.paidChat', () => {
  it('is there before the first script of the page, and cannot be changed', async () => {
    const page = await open('/early');
    const { there, ...attempts } = Object(await run(page, 'window.early'));
    expect(there).toBe(true);
    expect(new Set(Object.values(attempts))).toEqual(new Set(['refused']));
    expect(await run(page, models)).toBe('model-1');
  });

  it('works where a policy allows the page nothing at all', async () => {
    expect(await run(await open('/strict'), models)).toBe('model-1');
  });

  it('works after document.open has removed every listener', async () => {
    const page = await open('/');
    await run(page, "document.open(); document.write('<p>new'); document.close()");
    expect(await run(page, models)).toBe('model-1');
  });
});

describe('in Firefox, the private channel', () => {
  it('shows nothing to a page that watches every built-in, and serves it', async () => {
    const page = await open('/watching');
    const outcome = JSON.parse(String(await run(page, 'tryPaidChat()')));
    expect(outcome).toMatchObject({
      models: 'model-1',
      text: allText,
      listed: true,
      failed: true,
      fetched: true,
    });
    expect(outcome.calls).toBeGreaterThan(10);
    expect(outcome.leaks).toEqual([]);
  });

  it('serves a page that has broken every built-in', async () => {
    const page = await open('/breaking');
    const outcome = JSON.parse(String(await run(page, 'tryPaidChat()')));
    expect(outcome).toEqual({
      models: 'model-1',
      text: allText,
      code: 4100,
      ok: true,
      fetched: fetchedAllTheSame,
    });
  });

  it('takes no port from the page, and goes on', async () => {
    const page = await open('/forging');
    expect(await run(page, models)).toBe('model-1');
    expect(await run(page, 'forge(1000)')).toEqual([]);
    expect(await run(page, models)).toBe('model-1');
  });

  it('asks for a sign of life without the page seeing it', async () => {
    const page = await open('/');
    await run(
      page,
      `window.seen = []; for (const type of ['offer', 'hello', 'probe'])
        addEventListener('paidChat#' + type, ({ type }) => seen.push(type), true)`,
    );
    expect(await run(page, models)).toBe('model-1');
    expect(await run(page, 'window.seen')).toEqual([]);
  });
});

// Last: nothing is left to test after it.
describe('when PaidChat is taken out of Firefox', () => {
  it('what is under way and what follows fails with 4900', async () => {
    const page = await open('/');
    await run(
      page,
      `window.streamed = paidChat.chat.completions
        .create({ messages: [{ role: 'user', content: 'stop at 2' }], stream: true })
        .then(async (stream) => { for await (const chunk of stream) window.got = chunk; })
        .catch(({ code, paid }) => ({ code, paid })); 0`,
    );
    await expect.poll(() => run(page, "'got' in window")).toBe(true);
    await rig.browser.uninstallExtension(rig.extensionId);
    expect(await run(page, 'window.streamed')).toEqual({ code: 4900, paid: 'yes' });
    expect(await run(page, `${models}.catch(({ code, paid }) => ({ code, paid }))`)).toEqual({
      code: 4900,
      paid: 'no',
    });
  });
});
