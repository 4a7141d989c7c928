import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import type { PaidChat } from '../../src/inpage/types.ts';
import { en } from '../../src/ui/text/en.ts';
import { askFromClick, askWithoutClick } from './asking.ts';
import { notPaid, paidOnce, paidTwice, useStage } from './fixture.ts';
import { picture } from './pictures.ts';
import { fill, has, named, press, waitForClose, waitForText } from './press.ts';

declare const paidChat: PaidChat;
declare global {
  interface Window {
    /** Whether the buttons slept, for each press. */
    pressed: string[];
  }
}
declare const chrome: {
  action: { getBadgeText(details: { tabId?: number | undefined }): Promise<string> };
  tabs: { query(filter: object): Promise<{ id?: number }[]> };
};

const stage = useStage({ tokenDelayMs: 0 });

describe('the approval window', () => {
  it('pays once with "Pay once", and asks again the next time', async () => {
    const page = await stage.open('once');
    const before = await stage.balances();
    const { call, approval } = await stage.ask(page);
    await press(approval, 'Pay once');
    expect((await call.outcome()).receipt?.status).toBe('settled');
    await waitForClose(approval);
    expect(await stage.movedSince(before)).toEqual(paidOnce);

    const again = await stage.ask(page);
    await named(again.approval, 'button', 'Pay once');
    await waitForText(again.approval, '$0.004424 of $0.50');
    expect(await stage.movedSince(before)).toEqual(paidOnce);
  });

  it('allows a site an amount a day, and then stays away', async () => {
    const page = await stage.open('allowed');
    const before = await stage.balances();
    const { call, approval } = await stage.ask(page);
    await press(approval, 'Allow up to $0.50 a day');
    expect((await call.outcome()).receipt?.status).toBe('settled');
    expect(await page.evaluate(() => paidChat.permission())).toMatchObject({
      state: 'granted',
      autoApprove: true,
    });

    const second = await askWithoutClick(await stage.open('allowed'));
    expect(second.receipt?.status).toBe('settled');
    expect(stage.approvalsSeen()).toBe(1);
    expect(await stage.movedSince(before)).toEqual(paidTwice);
    expect(await page.evaluate(() => paidChat.receipts.list())).toHaveLength(2);
  });

  it('takes another amount a day, and its button says it', async () => {
    const page = await stage.open('amount');
    const { call, approval } = await stage.ask(page);
    await press(approval, en.approval.changeAmount);
    await fill(approval, en.approval.dayAmount, '0.003');
    await waitForText(approval, 'Needs at least $0.004424.');
    expect(await has(approval, 'button', 'Allow up to … a day')).toBe(true);
    await fill(approval, en.approval.dayAmount, '0.25');
    await press(approval, 'Allow up to $0.25 a day');
    expect((await call.outcome()).receipt?.status).toBe('settled');
    const popup = await stage.popup(page);
    await named(popup, 'button', 'Change the limit for one day, now $0.25');
  });

  it('pays nothing with "Don\'t allow"', async () => {
    const page = await stage.open('denied');
    const before = await stage.balances();
    const { call, approval } = await stage.ask(page);
    await press(approval, "Don't allow");
    const { error } = await call.outcome();
    expect(error).toMatchObject({ name: 'PaidChatError', code: 4001, paid: 'no', phase: 'approve' });
    await waitForClose(approval);
    expect(await stage.movedSince(before)).toEqual(notPaid);
    expect(stage.requests().paid).toBe(0);
  });

  it('blocks a site, which then can ask no more until the person changes it in the popup', async () => {
    const page = await stage.open('blocked');
    const { call, approval } = await stage.ask(page);
    await press(approval, 'More');
    await press(approval, 'Block this site');
    expect((await call.outcome()).error).toMatchObject({ code: 4001, paid: 'no' });
    const again = await askFromClick(page);
    expect((await again.outcome()).error).toMatchObject({ code: 4100, paid: 'no' });
    expect(stage.approvalsSeen()).toBe(1);
    expect(stage.requests().paid).toBe(0);
    expect(await page.evaluate(() => paidChat.permission())).toMatchObject({ state: 'denied' });

    const popup = await stage.popup(page);
    await press(popup, en.popup.modes.ask, 'radio');
    await waitForText(popup, en.popup.modeText.ask);
    const unblocked = await stage.ask(page);
    await named(unblocked.approval, 'button', 'Pay once');
  });

  it('says which limit a payment would pass, and raises it once or for good', async () => {
    const page = await stage.open('capped');
    const before = await stage.balances();
    await setDayLimit(page, '$0.50', '0.004');
    const first = await stage.ask(page);
    await named(first.approval, 'button', 'Pay once anyway');
    await waitForText(first.approval, 'limit $0.004 a day, used $0.00, this costs up to $0.004424');
    expect(await has(first.approval, 'button', 'Pay once')).toBe(false);
    expect(await has(first.approval, 'button', 'Allow up to $0.50 a day')).toBe(false);
    await picture(first.approval, 'approval-over-limit');
    await press(first.approval, 'Pay once anyway');
    expect((await first.call.outcome()).receipt?.status).toBe('settled');

    // The one raise is used up, and the limit is as it was.
    const second = await stage.ask(page);
    await named(second.approval, 'button', 'Raise the limit');
    await waitForText(second.approval, 'limit $0.004 a day, used $0.004424, this costs up to $0.004424');
    await press(second.approval, 'Raise the limit');
    expect((await second.call.outcome()).receipt?.status).toBe('settled');
    expect(await stage.movedSince(before)).toEqual(paidTwice);
    const popup = await stage.popup(page);
    await named(popup, 'button', 'Change the limit for one day, now $0.01');
  });

  it('ends when its page has gone, and pays nothing', async () => {
    const page = await stage.open('gone');
    const { approval } = await stage.ask(page);
    await named(approval, 'button', 'Pay once');
    await page.close();
    await waitForText(approval, 'The page has gone; nothing was paid.');
    expect(await has(approval, 'button', 'Pay once')).toBe(false);
    expect(stage.requests().paid).toBe(0);
  });

  it('ends when its page has gone elsewhere', async () => {
    const page = await stage.open('elsewhere');
    const { approval } = await stage.ask(page);
    await named(approval, 'button', 'Pay once');
    await page.goto('http://elsewhere.localhost:8080/blank');
    await waitForText(approval, 'The page has gone; nothing was paid.');
    expect(stage.requests().paid).toBe(0);
  });

  it('can be closed without an answer, and comes back from the popup', async () => {
    const page = await stage.open('waiting');
    const before = await stage.balances();
    const { call, approval } = await stage.ask(page);
    await named(approval, 'button', 'Pay once');
    await approval.close();

    const popup = await stage.popup(page);
    await waitForText(popup, 'A site waits for your answer.');
    expect(await popup.evaluate(() => chrome.action.getBadgeText({}))).toBe('1');
    await picture(popup, 'popup-waiting');
    const reopened = await stage.approvalFrom(() => press(popup, 'Show'));
    await press(reopened, 'Pay once');
    expect((await call.outcome()).receipt?.status).toBe('settled');
    expect(await stage.movedSince(before)).toEqual(paidOnce);
  });

  it('takes no press while its buttons sleep, by mouse or by keyboard', async () => {
    const page = await stage.open('hasty');
    const before = await stage.balances();
    const { call, approval } = await stage.ask(page);
    const button = await named(approval, 'button', 'Pay once');
    await approval.evaluate(() => {
      window.pressed = [];
      document.addEventListener(
        'click',
        ({ target }) =>
          window.pressed.push(
            String(target instanceof Element && target.closest('[aria-disabled=true]') !== null),
          ),
        true,
      );
    });
    // As when another window comes in front, which a browser without windows does not show its pages.
    await approval.evaluate(() => {
      document.hasFocus = () => false;
      window.dispatchEvent(new Event('blur'));
    });
    await button.click();
    await button.focus();
    await approval.keyboard.press('Enter');
    await approval.keyboard.press('Space');
    expect(await approval.evaluate(() => window.pressed)).toEqual(['true', 'true', 'true']);
    expect(stage.requests().paid).toBe(0);
    expect(await stage.movedSince(before)).toEqual(notPaid);
    await approval.evaluate(() => {
      document.hasFocus = () => true;
      window.dispatchEvent(new Event('focus'));
    });
    await press(approval, 'Pay once');
    expect((await call.outcome()).receipt?.status).toBe('settled');
    expect(await stage.movedSince(before)).toEqual(paidOnce);
  });

  it('does not open without a click', async () => {
    const page = await stage.open('noclick');
    const { error } = await askWithoutClick(page);
    expect(error).toMatchObject({ code: 4100, paid: 'no', phase: 'approve' });
    expect(error?.message).toContain('call this from a click');
    expect(stage.approvalsSeen()).toBe(0);
    expect(stage.requests().all).toBe(0);
    // The tab's own badge says that something waits here, until the tab goes elsewhere.
    const popup = await stage.popup(page);
    const badge = await popup.evaluate(async () => {
      const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
      return chrome.action.getBadgeText({ tabId: tab?.id });
    });
    expect(badge).toBe('1');
  });

  it('opens also for a window at the edge of the screen', async () => {
    const page = await stage.open('edge');
    const session = await page.createCDPSession();
    const { windowId } = await session.send('Browser.getWindowForTarget');
    await session.send('Browser.setWindowBounds', { windowId, bounds: { left: 1400, top: 800 } });
    const { approval } = await stage.ask(page);
    await named(approval, 'button', 'Pay once');
    await session.send('Browser.setWindowBounds', { windowId, bounds: { left: 0, top: 0 } });
  });
});

/** Asks from a click and takes the window that opens. */
/** Changes a site's limit for a day in the popup. */
async function setDayLimit(page: Page, from: string, to: string): Promise<void> {
  const popup = await stage.popup(page);
  await press(popup, `Change the limit for one day, now ${from}`);
  await fill(popup, 'New limit for one day', to);
  await press(popup, 'Save');
  await named(popup, 'button', `Change the limit for one day, now $${to}`);
  await popup.close();
}
