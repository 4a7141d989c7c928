import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import type { ChatChunk } from '../../../src/protocol/page.ts';
import { askFromClick } from '../asking.ts';
import type { Asked } from '../asking.ts';
import { plainPage, servePages } from '../channelPages.ts';
import { documentedPrice } from '../fixture.ts';
import { has, named, press, seenText, waitForClose, waitForText } from '../press.ts';
import { picture, useFirefoxStage } from './stage.ts';

declare const browser: {
  storage: { session: { get(): Promise<Record<string, { site?: string; id?: string }>> } };
};

const stage = useFirefoxStage({ tokenDelayMs: 15 });
const question = 'Explain verifiable inference in one paragraph.';
/** What comes before the gateway holds an answer back. */
const held = 'Verifiable inference means that an';
const paidOnce = { payer: -documentedPrice, payee: documentedPrice };
const notPaid = { payer: 0n, payee: 0n };

describe('in Firefox, a paid answer', () => {
  it('costs the documented example exactly, streams into the page and shows in the popup', async () => {
    const page = await stage.open('demo');
    const before = await stage.balances();
    stage.world.gateway.faults.next('holdStream');

    const approval = await stage.approvalFrom(() => press(page, 'Ask'));
    await named(approval, 'button', 'Pay once');
    const card = await seenText(approval);
    expect(card).toContain('http://demo.localhost:8080');
    expect(card).toContain('$0.004424');
    expect(card).toContain('value 4424 (= 0.004424 USDC)');
    expect(card).toContain(question);
    await picture(approval, 'approval');
    await press(approval, 'Pay once');
    await waitForClose(approval);

    await waitForText(page, held);
    const popup = await stage.rig.popupPage(page);
    await named(popup, 'button', `Stop: ${question}`);
    await expect.poll(() => answerIn(popup)).toContain(held);
    await waitForText(popup, '$0.004424 paid');
    await picture(popup, 'popup-streaming');

    stage.world.gateway.hold.release();
    await named(popup, 'button', `Copy the answer to: ${question}`);
    expect(await has(popup, 'button', `Stop: ${question}`)).toBe(false);
    await waitForText(page, 'Done.');
    const whole = await textOf(page);
    expect(whole.startsWith(held)).toBe(true);
    expect(whole.length).toBeGreaterThan(held.length);
    await expect.poll(() => answerIn(popup)).toContain(lastLine(whole));
    await picture(page, 'demo-page');
    expect(await stage.movedSince(before)).toEqual(paidOnce);
  });

  it('is not paid for with "Don\'t allow"', async () => {
    const page = await stage.open('denied');
    const before = await stage.balances();
    const paidBefore = stage.paidRequests();
    const { call, approval } = await askForApproval(page);
    await press(approval, "Don't allow");
    const { error } = await call.outcome();
    expect(error).toMatchObject({ name: 'PaidChatError', code: 4001, paid: 'no', phase: 'approve' });
    await waitForClose(approval);
    expect(await stage.movedSince(before)).toEqual(notPaid);
    expect(stage.paidRequests()).toBe(paidBefore);
  });
});

describe('when Firefox ends the background', () => {
  it('in mid-stream, the call ends as paid, its text is kept and the next question works', async () => {
    const page = await stage.open('killed');
    const before = await stage.balances();
    stage.world.gateway.faults.next('holdStream');
    const { call, approval } = await askForApproval(page);
    await press(approval, 'Pay once');
    await waitForClose(approval);
    expect(await call.untilText(held.length)).toBe(held);
    const popup = await stage.rig.popupPage(page);
    await expect.poll(() => savedText(popup, 'http://killed.localhost:8080')).toBe(held);
    await stage.rig.closePopup();

    await stage.rig.killWorker();
    const { text, error } = await call.outcome();
    expect(text).toBe(held);
    expect(error).toMatchObject({ code: 4900, paid: 'yes', receiptId: expect.any(String) });
    const kept = await stage.rig.popupPage(page);
    await named(kept, 'region', question);
    expect(await answerIn(kept)).toContain(held);
    await picture(kept, 'popup-after-the-end');
    await stage.rig.closePopup();
    expect(await stage.movedSince(before)).toEqual(paidOnce);

    const next = await askForApproval(page);
    await press(next.approval, 'Pay once');
    const answer = await next.call.outcome();
    expect(answer).toMatchObject({ receipt: { status: 'settled' } });
    expect(answer.text.startsWith(held)).toBe(true);
  });
});

describe('when PaidChat is updated under a live page', () => {
  it('an answer under way ends as paid, with its text, and the page goes on with the new PaidChat', async () => {
    const page = await stage.open('updated');
    const before = await stage.balances();
    stage.world.gateway.faults.next('holdStream');
    const { call, approval } = await askForApproval(page);
    await press(approval, 'Pay once');
    await waitForClose(approval);
    expect(await call.untilText(held.length)).toBe(held);

    await stage.rig.reloadExtension();
    const { text, error } = await call.outcome();
    expect(text).toBe(held);
    expect(error).toMatchObject({ code: 4900, paid: 'yes', phase: 'stream' });
    expect(await stage.movedSince(before)).toEqual(paidOnce);

    const next = await askForApproval(page);
    await press(next.approval, 'Pay once');
    expect(await next.call.outcome()).toMatchObject({ receipt: { status: 'settled' } });
  });

  it('the update waits for a card and for the answer that was paid for, and comes right after', async () => {
    const page = await stage.open('waiting');
    stage.world.gateway.faults.next('holdStream');
    const { call, approval } = await askForApproval(page);
    await named(approval, 'button', 'Pay once');
    await stage.rig.offerUpdate();
    expect(await stage.rig.isUpdated()).toBe(false);
    await press(approval, 'Pay once');
    await waitForClose(approval);
    await call.untilText(held.length);
    expect(await stage.rig.isUpdated()).toBe(false);

    stage.world.gateway.hold.release();
    const { text, receipt } = await call.outcome();
    expect(text.length).toBeGreaterThan(held.length);
    expect(receipt).toMatchObject({ status: 'settled' });
    await expect.poll(() => stage.rig.isUpdated()).toBe(true);
  });
});

describe('when a page comes back from the back/forward cache', () => {
  it('it gets the rest of its answer', async () => {
    const pages = await servePages({ '/': plainPage, '/other': plainPage });
    try {
      const page = await stage.openAt(`${pages.origin}/`, { withWallet: true });
      await page.evaluate(() =>
        addEventListener('pageshow', ({ persisted }) => (document.title = `${persisted}`)),
      );
      stage.world.gateway.faults.next('holdStream');
      const { call, approval } = await askForApproval(page);
      await press(approval, 'Pay once');
      await waitForClose(approval);
      await call.untilText(held.length);

      await go(page, "location.href = '/other'", "location.pathname === '/other'");
      stage.world.gateway.hold.release();
      await go(page, 'history.back()', "document.title === 'true'");
      const { text, receipt } = await call.outcome();
      expect(text.length).toBeGreaterThan(held.length);
      expect(receipt).toMatchObject({ status: 'settled' });
    } finally {
      await pages.close();
    }
  });
});

/** Navigates as the page itself does: puppeteer's own ways do not notice the back/forward cache over BiDi. */
async function go(page: Page, script: string, until: string): Promise<void> {
  await page.evaluate(`setTimeout(() => { ${script} }); 0`);
  // In the middle of a navigation there is nobody to ask.
  await expect.poll(() => page.evaluate(until).catch(() => false), { timeout: 10_000 }).toBe(true);
}

async function askForApproval(page: Page): Promise<{ call: Asked; approval: Page }> {
  const call = await askFromClick(page);
  return { call, approval: await stage.rig.approvalPage() };
}

/** The answer that the demo page shows. */
function textOf(page: Page): Promise<string> {
  return page.$eval('#text', (element) => element.textContent);
}

/** What the popup shows under the question, as it is seen. */
async function answerIn(popup: Page): Promise<string> {
  const region = await named(popup, 'region', question);
  return region.evaluate((element) => (element instanceof HTMLElement ? element.innerText : ''));
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

/** What the checkpoint holds of the only answer to a site, as a page of the extension's own reads it. */
function savedText(own: Page, site: string): Promise<string> {
  return own.evaluate(async (asked) => {
    const saved = Object.entries(await browser.storage.session.get());
    const run = saved.find(([, { site }]) => site === asked)?.[1].id;
    const parts = saved.filter(([key]) => key.startsWith(`chunks:${run}:`));
    const offset = ([key]: readonly [string, unknown]) => Number(key.split(':')[2]);
    return parts
      .sort((a, b) => offset(a) - offset(b))
      .flatMap(([, chunks]) => chunks as ChatChunk[])
      .map(({ choices: [choice] }) => choice?.delta.content ?? '')
      .join('');
  }, site);
}
