import type { CDPSession, Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import type { PaidChat } from '../../src/inpage/types.ts';
import type { Frame } from '../../src/protocol/wire.ts';
import { en } from '../../src/ui/text/en.ts';
import { askWithoutClick, withoutGesture } from './asking.ts';
import { notPaid, useStage } from './fixture.ts';
import { named, press, seenText, waitForText } from './press.ts';
import { brokenBefore, openBroken, openPoisoned, overhearing, tryOutcome } from './priorPages.ts';

declare const paidChat: PaidChat;

const stage = useStage({ tokenDelayMs: 0 });

interface Overhearing {
  readonly heard: string[];
  readonly stolen?: MessagePort;
  denied?: unknown;
}

/** What only our own screens may call, and a chat that claims to come from a click. */
const forgeries = [
  ['approval.answer', { cardId: 'x', version: 1, answer: { choice: 'once' } }],
  ['site.setMode', { site: 'http://prior.localhost:8080', mode: 'auto' }],
  ['site.setCaps', { site: 'http://prior.localhost:8080', caps: { request: '1', day: '1', month: '1' } }],
  ['pause.set', { paused: true }],
  ['ledger.export', {}],
  ['chat', { request: { messages: [{ role: 'user', content: 'x' }] }, options: {}, stream: true }],
] as const;

describe('a page that was hostile before PaidChat ran in it', () => {
  it('overhears its own calls and no more, and forges nothing through the channel it has taken', async () => {
    await stage.allow('shop');
    const shop = await stage.open('shop');
    const { receipt } = await askWithoutClick(shop);
    expect(receipt?.status).toBe('settled');
    const before = await stage.balances();
    const paidBefore = stage.requests().paid;
    const approvalsBefore = stage.approvalsSeen();

    const page = await openPoisoned(stage, 'prior', overhearing);
    const faults = await extensionFaults(page);
    await withoutGesture(
      page,
      'Promise.all([paidChat.permission(), paidChat.receipts.list(), paidChat.models()])',
    );
    const ends = await forge(page);
    // It has the channel: its words arrive, and are refused.
    expect(ends).toHaveLength(forgeries.length);
    for (const end of ends) expect(end).toMatchObject({ kind: 'fail', error: { paid: 'no' } });
    expect(await page.evaluate(() => paidChat.permission())).toEqual({ state: 'prompt', autoApprove: false });
    expect(await page.evaluate(() => paidChat.receipts.list())).toEqual([]);
    expect(stage.approvalsSeen()).toBe(approvalsBefore);

    const approval = await stage.approvalFrom(() => clickToAsk(page));
    await named(approval, 'button', 'Pay once');
    const cardId = new URL(approval.url()).searchParams.get('card');
    const answer = ['approval.answer', { cardId, version: 1, answer: { choice: 'once' } }] as const;
    expect(await forge(page, [answer])).toMatchObject([{ kind: 'fail' }]);
    // Its words were heard while the card was open, which is still the person's to answer.
    await press(approval, "Don't allow");
    await expect.poll(() => page.evaluate('window.denied')).toBe(4001);
    expect(stage.requests().paid).toBe(paidBefore);
    expect(await stage.movedSince(before)).toEqual(notPaid);

    const heard = (await page.evaluate(() => (window as unknown as Overhearing).heard)).join('\n');
    expect(heard).toContain('"method":"receipts.list"');
    for (const secret of ['shop.localhost', receipt?.id, '0.50', '500000'])
      expect(heard).not.toContain(secret ?? 'nothing');
    await expectOthersServed(page, shop);
    expect(await faults()).toEqual([]);
  });

  it.each(brokenBefore)('harms nobody else where it has broken %s', async (what, poison) => {
    const host = what.replaceAll(' ', '-');
    const page = await openBroken(stage, host, poison);
    expect(await withoutGesture(page, 'window.poisonedBefore')).toBe(true);
    const faults = await extensionFaults(page);
    await withoutGesture(page, tryOutcome);
    await expect
      .poll(() => withoutGesture(page, 'window.outcome'), { timeout: 10_000 })
      .toMatch(/^(absent|answered|failed)$/);
    const other = await stage.open('other');
    await expectOthersServed(page, other);
    expect(await faults()).toEqual([]);
  });
});

/** The popup opens over the hostile page and says that it is asked about; another tab is answered. */
async function expectOthersServed(hostile: Page, other: Page): Promise<void> {
  const popup = await stage.popup(hostile);
  await named(popup, 'button', 'Change the limit for one day, now $0.50');
  await waitForText(popup, en.popup.modeText.ask);
  expect(await seenText(popup)).not.toContain(en.popup.paused);
  await popup.close();
  const models = await other.evaluate(async () => (await paidChat.models()).length);
  expect(models).toBeGreaterThan(0);
}

/** Says each forgery over the stolen port. @returns how each was answered */
async function forge(
  page: Page,
  said: readonly (readonly [string, unknown])[] = forgeries,
): Promise<readonly Frame[]> {
  const frames = said.map(([method, params], index) => ({
    v: 1,
    id: `forged-${index}-${Math.trunc(performance.now())}`,
    kind: 'call',
    method,
    params,
    active: true,
  }));
  await withoutGesture(
    page,
    `(() => { for (const frame of ${JSON.stringify(frames)}) stolen.postMessage(JSON.stringify(frame)); })()`,
  );
  const ids = new Set(frames.map(({ id }) => id));
  const ends = async () => {
    const texts = await page.evaluate(() => (window as unknown as Overhearing).heard);
    const answered = texts
      .filter((text) => /^\{"v":1,.*"kind":"(?:end|fail)"/.test(text))
      .map((text) => JSON.parse(text) as Frame)
      .filter(({ id }) => ids.has(id));
    return [...new Map(answered.map((frame) => [frame.id, frame])).values()];
  };
  await expect.poll(async () => (await ends()).length).toBe(frames.length);
  return ends();
}

async function clickToAsk(page: Page): Promise<void> {
  await page.bringToFront();
  await page.evaluate(`(() => {
    const button = document.createElement('button');
    button.id = 'hostile-ask';
    button.style.cssText = 'position: fixed; z-index: 9; top: 0; left: 0';
    button.textContent = 'Ask';
    button.onclick = () => paidChat.chat.completions
      .create({ messages: [{ role: 'user', content: 'x' }], max_tokens: 1000 })
      .catch(({ code }) => { window.denied = code; });
    document.body.append(button);
  })()`);
  await page.click('#hostile-ask');
}

/** What is thrown in the background and in this page's bridge. Enabling tells of what came before as well. */
async function extensionFaults(page: Page): Promise<() => Promise<readonly string[]>> {
  const { browser, extensionId } = stage.rig;
  const origin = `chrome-extension://${extensionId}`;
  const worker = await browser.waitForTarget((target) => target.url() === `${origin}/background.js`);
  const thrown: string[] = [];
  const watch = async (session: CDPSession) => {
    session.on('Runtime.exceptionThrown', ({ exceptionDetails: { url, text, exception } }) => {
      if (url !== `${origin}/content-scripts/inpage.js` && url?.startsWith(origin))
        thrown.push(`${url}: ${exception?.description ?? text}`);
    });
    await session.send('Runtime.enable');
  };
  const sessions = [await worker.createCDPSession(), await page.createCDPSession()];
  await Promise.all(sessions.map(watch));
  return async () => {
    // A background that is looked into could not be switched off.
    await Promise.all(sessions.map((session) => session.detach()));
    return thrown;
  };
}
