import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import { en } from '../../src/ui/text/en.ts';
import { askFromClick, setWalletMode, untilWalletAsked } from './asking.ts';
import { firstWords, notPaid, paidOnce, paidTwice, useStage } from './fixture.ts';
import { picture } from './pictures.ts';
import { has, named, press, waitForClose, waitForText } from './press.ts';

declare const chrome: { storage: { session: { get(key: null): Promise<Record<string, unknown>> } } };

const stage = useStage({ tokenDelayMs: 0 });

describe('when the browser ends the background', () => {
  it('in the middle of an answer, the page keeps what came and learns that it was paid', async () => {
    const page = await stage.open('streaming');
    const before = await stage.balances();
    const block = await stage.world.chain.blockNumber();
    stage.world.gateway.faults.next('holdStream');
    const { call, approval } = await stage.ask(page);
    await press(approval, 'Pay once');
    expect(await call.untilText(firstWords.length)).toBe(firstWords);
    const popup = await stage.popup(page);
    await waitForText(popup, firstWords);
    await untilCheckpointed(popup, ' an');

    await stage.rig.killWorker();
    const { text, error } = await call.outcome();
    expect(error).toMatchObject({ name: 'PaidChatError', code: 4900, paid: 'yes', phase: 'stream' });
    expect(error?.receiptId).toBeDefined();
    expect(text).toBe(firstWords);
    stage.world.gateway.hold.release();

    // The popup that was open comes back by itself.
    await waitForText(popup, en.popup.incomplete);
    await waitForText(popup, firstWords);
    await waitForText(popup, en.run.brokeOff('restartedAfterPaying'));
    await waitForText(popup, '$0.004424 paid');
    await picture(popup, 'popup-incomplete');
    await popup.close();

    const again = await stage.ask(page);
    await press(again.approval, 'Pay once');
    expect((await again.call.outcome()).receipt?.status).toBe('settled');
    expect(await stage.world.chain.transfersSince(block)).toHaveLength(2);
    expect(await stage.movedSince(before)).toEqual(paidTwice);
  });

  it('at the very first words, what the page has is not lost and not doubled', async () => {
    const page = await stage.open('early');
    const before = await stage.balances();
    stage.world.gateway.faults.next('holdStream');
    const { call, approval } = await stage.ask(page);
    await press(approval, 'Pay once');
    await call.untilText(1);
    await stage.rig.killWorker();
    const { text, error } = await call.outcome();
    expect(error).toMatchObject({ code: 4900, paid: 'yes' });
    expect(text.length).toBeGreaterThan(0);
    expect(firstWords.startsWith(text)).toBe(true);
    expect(await stage.movedSince(before)).toEqual(paidOnce);
  });

  it('while a card is open, the card is void and nothing was paid', async () => {
    const page = await stage.open('card');
    const before = await stage.balances();
    const { call, approval } = await stage.ask(page);
    await named(approval, 'button', 'Pay once');

    await stage.rig.killWorker();
    expect((await call.outcome()).error).toMatchObject({ code: 4900, paid: 'no', phase: 'approve' });
    await waitForText(approval, 'PaidChat restarted, nothing was paid.');
    expect(await has(approval, 'button', 'Pay once')).toBe(false);
    await picture(approval, 'approval-restarted');
    expect(await stage.movedSince(before)).toEqual(notPaid);
    expect(stage.requests().paid).toBe(0);

    const again = await stage.ask(page);
    await press(again.approval, 'Pay once');
    expect((await again.call.outcome()).receipt?.status).toBe('settled');
    expect(await stage.movedSince(before)).toEqual(paidOnce);
  });

  it('while the wallet is asked, the amount stays counted and the page does not know whether it was paid', async () => {
    const page = await stage.open('wallet');
    const before = await stage.balances();
    await setWalletMode(page, 'hang');
    const { call, approval } = await stage.ask(page);
    await press(approval, 'Pay once');
    await waitForClose(approval);
    await untilWalletAsked(page, 'eth_signTypedData_v4');

    await stage.rig.killWorker();
    expect((await call.outcome()).error).toMatchObject({ code: 4900, paid: 'unknown' });
    const popup = await stage.popup(page);
    await waitForText(popup, en.held.title);
    await waitForText(popup, '$0.004424 stays counted until about');
    await waitForText(popup, en.popup.usedHeld('$0.004424', '$0.004424'));
    await waitForText(popup, en.popup.perhapsPaid('$0.004424'));
    await picture(popup, 'popup-held');
    await popup.close();
    expect(stage.requests().paid).toBe(0);

    // The wallet still hangs on the first request; it is asked the next one all the same.
    await setWalletMode(page, 'sign');
    const again = await stage.ask(page);
    await press(again.approval, 'Pay once');
    expect((await again.call.outcome()).receipt?.status).toBe('settled');
    expect(await stage.movedSince(before)).toEqual(paidOnce);
  });

  it('between two questions, nobody notices', async () => {
    const page = await stage.open('between');
    const before = await stage.balances();
    const first = await stage.ask(page);
    await press(first.approval, 'Allow up to $0.50 a day');
    await first.call.outcome();
    await stage.rig.killWorker();
    const second = await askFromClick(page);
    expect((await second.outcome()).receipt?.status).toBe('settled');
    expect(stage.approvalsSeen()).toBe(1);
    expect(await stage.movedSince(before)).toEqual(paidTwice);
  });
});

/** Waits until the background has saved this piece of an answer. */
async function untilCheckpointed(screen: Page, piece: string): Promise<void> {
  await screen.waitForFunction(
    async (text) => JSON.stringify(await chrome.storage.session.get(null)).includes(`"content":"${text}"`),
    { polling: 50 },
    piece,
  );
}
