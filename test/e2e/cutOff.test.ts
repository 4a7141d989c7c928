import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../rig/browser.ts';
import type { RigBrowser } from '../rig/browser.ts';
import { plainPage, servePages } from './channelPages.ts';
import { makeStubExtension, openLog } from './stubExtension.ts';

/*
 * What a page that stays open keeps of PaidChat: over the back/forward cache, an update, and while the person has
 * switched it off.
 */
let server: Awaited<ReturnType<typeof servePages>>;
let stub: Awaited<ReturnType<typeof makeStubExtension>>;
let rig: RigBrowser;

beforeAll(async () => {
  server = await servePages({ '/': plainPage, '/next': plainPage });
  stub = await makeStubExtension();
  rig = await launchBrowser({ extensionDir: stub.dir, backForwardCache: true });
});

afterAll(async () => {
  await rig?.close();
  await stub?.remove();
  await server?.close();
});

/** Uses what a site or its SDK uses beside `create`. */
const useAll = `(async () => {
  const post = (stream) => paidChat.fetch(paidChat.baseURL + '/chat/completions', {
    method: 'POST',
    body: JSON.stringify({ messages: [{ role: 'user', content: 'hello' }], stream }),
  });
  const whole = (await (await post(false)).json()).choices[0].message.content;
  const events = await (await post(true)).text();
  await paidChat.revoke();
  const announced = await new Promise((resolve) => {
    addEventListener('paidChat:announceProvider', ({ detail }) => resolve(detail.provider === paidChat), { once: true });
    dispatchEvent(new Event('paidChat:requestProvider'));
  });
  return { whole, done: events.endsWith('data: [DONE]\\n\\n'), announced };
})()`;
const all = { whole: 'whole', done: true, announced: true };
const modelOrCode = 'paidChat.models().then(([{ id }]) => id, ({ code, paid }) => ({ code, paid }))';
/** The background tells each page that begins to watch its site. */
const notices = (page: Page) => page.evaluate('window.notices');
const gone = { code: 4900, paid: 'no' };

async function open(): Promise<Page> {
  const page = await rig.browser.newPage();
  await page.goto(`${server.origin}/`);
  await page.evaluate(`
    addEventListener('pageshow', ({ persisted }) => { window.restored = persisted; });
    window.disconnects = 0;
    window.notices = 0;
    paidChat.addEventListener('disconnect', () => { window.disconnects += 1; });
    paidChat.addEventListener('budgetlow', () => { window.notices += 1; });
  `);
  return page;
}

describe('a page that stays open', () => {
  it('has all of PaidChat again when it comes back from the back/forward cache', async () => {
    const page = await open();
    expect(await page.evaluate(useAll)).toEqual(all);
    await expect.poll(() => notices(page)).toBe(1);
    await page.goto(`${server.origin}/next`);
    await page.evaluate('history.back()');
    await expect.poll(() => page.evaluate('window.restored').catch(() => undefined)).toBe(true);
    await expect.poll(() => notices(page)).toBe(2);
    expect(await page.evaluate(useAll)).toEqual(all);
    expect(await page.evaluate('window.disconnects')).toBe(0);
    await page.close();
  });

  it('is told of an update, and has all again once the newer scripts are injected', async () => {
    const page = await open();
    expect(await page.evaluate(useAll)).toEqual(all);
    await rig.browser.installExtension(stub.dir);
    await expect.poll(() => page.evaluate(modelOrCode)).toEqual(gone);
    expect(await page.evaluate('window.disconnects')).toBe(1);
    const log = await openLog(rig);
    for (const script of [
      `{ files: ['content-scripts/inpage.js'], world: 'MAIN' }`,
      `{ files: ['bridge.js'] }`,
    ])
      await log.page.evaluate(
        `chrome.tabs.query({ url: '${server.origin}/' }).then(([{ id: tabId }]) =>
          chrome.scripting.executeScript({ target: { tabId }, injectImmediately: true, ...${script} }))`,
      );
    await expect.poll(() => page.evaluate(modelOrCode)).toBe('model-1');
    expect(await page.evaluate(useAll)).toEqual(all);
    // What listened before listens on, through the newer bridge.
    await expect.poll(() => notices(page)).toBe(2);
    expect(await page.evaluate('window.disconnects')).toBe(1);
    await log.page.close();
    await page.close();
  });

  it('is told that PaidChat was switched off, as one that is opened then finds none', async () => {
    const page = await open();
    expect(await page.evaluate(modelOrCode)).toBe('model-1');
    await rig.setEnabled(false);
    await expect.poll(() => page.evaluate(modelOrCode)).toEqual(gone);
    expect(await page.evaluate('window.disconnects')).toBe(1);
    const other = await rig.browser.newPage();
    await other.goto(`${server.origin}/next`);
    expect(await other.evaluate(`'paidChat' in window`)).toBe(false);
    await rig.setEnabled(true);
    // The old page's bridge is cut off for good; a page that is loaded now has a new one.
    expect(await page.evaluate(modelOrCode)).toEqual(gone);
    await page.reload();
    expect(await page.evaluate(modelOrCode)).toBe('model-1');
    expect(await page.evaluate(useAll)).toEqual(all);
  });
});
