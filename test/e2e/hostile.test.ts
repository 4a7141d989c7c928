import { describe, expect, it } from 'vitest';
import type { PaidChat } from '../../src/inpage/types.ts';
import { en } from '../../src/ui/text/en.ts';
import { askFromClick, withoutGesture } from './asking.ts';
import { notPaid, paidOnce, useStage } from './fixture.ts';
import { forgingPage, framingPage, poisonedPage } from './hostilePages.ts';
import { named, press, seenText, waitForClose, waitForText } from './press.ts';

declare const paidChat: PaidChat;

const stage = useStage({ tokenDelayMs: 0 });

describe('a hostile page', () => {
  it('changes nothing with a thousand forged messages, and is answered honestly afterwards', async () => {
    const page = await stage.open('forging', '/', { html: forgingPage });
    const before = await stage.balances();
    expect(await page.evaluate(() => (window as { forged?: number }).forged)).toBe(1000);
    expect(await page.evaluate(() => paidChat.permission())).toEqual({ state: 'prompt', autoApprove: false });
    expect(await page.evaluate(() => paidChat.receipts.list())).toEqual([]);
    expect(stage.approvalsSeen()).toBe(0);
    expect(stage.requests().all).toBe(0);
    expect(await page.evaluate(() => window.testWalletAsks)).toEqual([]);
    const popup = await stage.popup(page);
    await named(popup, 'button', 'Change the limit for one day, now $0.50');
    await waitForText(popup, en.popup.modeText.ask);
    expect(await seenText(popup)).not.toContain(en.popup.paused);
    await popup.close();

    const { call, approval } = await stage.ask(page);
    await press(approval, 'Pay once');
    expect((await call.outcome()).receipt?.status).toBe('settled');
    expect(await stage.movedSince(before)).toEqual(paidOnce);
    expect(stage.approvalsSeen()).toBe(1);
    expect(stage.requests().paid).toBe(1);
  });

  it('cannot break or overhear a call by poisoning its built-ins', async () => {
    const page = await stage.open('poisoned', '/', { html: poisonedPage });
    expect(await page.evaluate(() => (window as { poisoned?: boolean }).poisoned)).toBe(true);
    const before = await stage.balances();
    const { call, approval } = await stage.ask(page);
    await named(approval, 'button', 'Pay once');
    await waitForText(approval, '$0.004424');
    await press(approval, 'Pay once');
    const { receipt, error } = await call.outcome();
    expect(error).toBeUndefined();
    expect(receipt?.status).toBe('settled');
    expect(await stage.movedSince(before)).toEqual(paidOnce);
    const overheard = await page.evaluate(() => (window as { overheard?: string[] }).overheard ?? []);
    expect(overheard.length).toBeGreaterThan(0);
    expect(overheard.filter((text) => text.includes('"kind":"'))).toEqual([]);
  });

  it('finds no paidChat in its frames', async () => {
    const page = await stage.open('framing', '/', { html: framingPage });
    expect(await page.evaluate(() => typeof paidChat)).toBe('object');
    for (const frame of page.frames().filter((one) => one !== page.mainFrame())) {
      expect(await frame.evaluate(() => 'paidChat' in window), frame.url()).toBe(false);
    }
    expect(page.frames()).toHaveLength(5);
  });

  it('gets no card by clicking its own button', async () => {
    const page = await stage.open('synthetic');
    const status = await withoutGesture<string>(
      page,
      `new Promise((resolve) => {
        const status = document.querySelector('#status');
        new MutationObserver(() => {
          if (status.dataset.state === 'failed') resolve(status.textContent);
        }).observe(status, { attributes: true, childList: true });
        document.querySelector('#ask').click();
      })`,
    );
    expect(status).toContain('call this from a click');
    expect(status).toContain('Nothing was paid. (4100)');
    expect(stage.approvalsSeen()).toBe(0);
    expect(stage.requests().all).toBe(0);
  });

  it("can neither read nor frame PaidChat's own screens, nor connect to it", async () => {
    const page = await stage.open('reaching', '/blank');
    const reached = await withoutGesture(
      page,
      `(async () => {
        const url = 'chrome-extension://${stage.rig.extensionId}/approval.html?card=x';
        const read = await fetch(url).then(() => 'read', () => 'refused');
        const frame = document.createElement('iframe');
        const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
        frame.src = url;
        document.body.append(frame);
        await loaded;
        const connect = typeof globalThis.chrome?.runtime?.connect;
        return { read, connect };
      })()`,
    );
    expect(reached).toEqual({ read: 'refused', connect: 'undefined' });
    const [frame] = page.frames().filter((one) => one !== page.mainFrame());
    expect(frame?.url()).not.toContain('approval.html');
  });

  it('wears nobody down: three refusals in a row and it is silent for a while', async () => {
    const page = await stage.open('nagging');
    const before = await stage.balances();
    for (let refusal = 1; refusal <= 3; refusal += 1) {
      const { call, approval } = await stage.ask(page);
      await press(approval, "Don't allow");
      expect((await call.outcome()).error?.code).toBe(4001);
      await waitForClose(approval);
    }
    const again = await askFromClick(page);
    expect((await again.outcome()).error).toMatchObject({ code: 4100, paid: 'no' });
    // Another of its owner's names is no way around.
    const cousin = await askFromClick(await stage.open('cousin'));
    expect((await cousin.outcome()).error).toMatchObject({ code: 4100, paid: 'no' });
    expect(stage.approvalsSeen()).toBe(3);
    expect(await stage.movedSince(before)).toEqual(notPaid);
    const popup = await stage.popup(page);
    await named(popup, 'button', 'Change the limit for one day, now $0.50');
    await waitForText(popup, 'You refused it three times in a row');
  });
});
