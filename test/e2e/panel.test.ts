import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import { en } from '../../src/ui/text/en.ts';
import { setWalletMode, untilWalletAsked } from './asking.ts';
import { documentedPrice, notPaid, paidOnce, useStage } from './fixture.ts';
import { picture } from './pictures.ts';
import { chooseOption, fill, has, named, press, seenText, waitForText } from './press.ts';

declare const chrome: {
  tabs: { query(filter: object): Promise<{ id?: number; url?: string }[]> };
};

const stage = useStage({ tokenDelayMs: 15 });
const question = 'Explain verifiable inference in one paragraph.';
/** After so much of its answer the gateway stops when it is told to hold; with the page’s title before it. */
const firstWords = 'Verifiable inference means';

describe('the side panel', () => {
  it('sends nothing before Send, then pays exactly the quoted amount and streams the answer', async () => {
    const { panel } = await openPanel('demo');
    const before = await stage.balances();
    await named(panel, 'button', 'Remove page text');
    await fill(panel, 'Your question', question);
    await waitForText(panel, 'about $0.00');
    await waitForText(panel, 'Page: PaidChat demo');
    expect(stage.requests().all).toBe(0);
    await picture(panel, 'panel-before-send');

    stage.world.gateway.faults.next('holdStream');
    await press(panel, 'Send');
    await waitForText(panel, en.popup.stage.streaming);
    await named(panel, 'button', 'Stop');
    await picture(panel, 'panel-streaming');
    stage.world.gateway.hold.release();
    await waitForText(panel, 'About the page “PaidChat demo”');
    await waitForText(panel, firstWords);
    await named(panel, 'button', 'Send');
    const { payer, payee } = await stage.movedSince(before);
    expect(payee).toBe(-payer);
    expect(payee > documentedPrice).toBe(true);
    await waitForText(panel, `${dollarsOf(payee)} paid`);
    await waitForText(panel, `${dollarsOf(payee)} of $1.00 a day`);
    await picture(panel, 'panel-answered');

    const paid = lastPaid();
    expect(paid).toContain('Page title: PaidChat demo');
    expect(paid).not.toContain('demo.localhost');
    expect(stage.approvalsSeen()).toBe(0);
    expect(stage.requests().paid).toBe(1);
  });

  it('pays for the documented example exactly, without the page’s text once its chip is removed', async () => {
    const { panel } = await openPanel('chipless');
    const before = await stage.balances();
    await press(panel, 'Remove page text');
    await fill(panel, 'Your question', question);
    await waitForText(panel, 'about $0.0045');
    await press(panel, 'Send');
    await waitForText(panel, '$0.004424 paid');
    await waitForText(panel, firstWords);
    expect(await stage.movedSince(before)).toEqual({ payer: -documentedPrice, payee: documentedPrice });
    const bodies = stage.world.gateway.requests.slice(-3).map(({ body }) => body);
    for (const body of bodies) expect(body).not.toContain('PaidChat demo');
    expect(JSON.parse(lastPaid()).messages).toEqual([{ role: 'user', content: question }]);
  });

  it('pays the gateway of the model that is chosen, and asks first where its price is not known', async () => {
    const { panel } = await openPanel('chooser');
    const before = await stage.balances();
    await press(panel, 'Remove page text');
    await chooseOption(panel, 'Model', 'deepseek/deepseek-v3.2');
    await fill(panel, 'Your question', question);
    await waitForText(panel, en.panel.priceUnknown);
    expect(stage.requests().all).toBe(0);
    await press(panel, 'Send');
    await waitForText(panel, en.panel.priced('$0.000425'));
    expect(await stage.movedSince(before)).toEqual(notPaid);
    await picture(panel, 'panel-rungate-price');
    await press(panel, en.panel.sendFor('$0.000425'));
    await waitForText(panel, '$0.000425 paid');
    await waitForText(panel, firstWords);
    expect(await stage.movedSince(before)).toEqual({ payer: -425n, payee: 425n });
    await waitForText(panel, 'about $0.0004');
    await chooseOption(panel, 'Model', 'ambient/large');
  });

  it('stops an answer, keeps it over closing and reopening, and asks on with the chat so far', async () => {
    const { panel, reopen } = await openPanel('stopped');
    await press(panel, 'Remove page text');
    await fill(panel, 'Your question', question);
    stage.world.gateway.faults.next('holdStream');
    await press(panel, 'Send');
    await waitForText(panel, firstWords);
    await press(panel, 'Stop');
    await waitForText(panel, en.popup.stoppedAt);
    stage.world.gateway.hold.release();

    const again = await reopen();
    await waitForText(again, en.popup.stoppedAt);
    await press(again, 'Remove page text');
    await fill(again, 'Your question', 'And why does that matter?');
    await press(again, 'Send');
    await waitForText(again, 'You asked “And why does that matter?”');
    const roles = JSON.parse(lastPaid()).messages.map(({ role }: { role: string }) => role);
    expect(roles.slice(-3)).toEqual(['user', 'assistant', 'user']);

    await named(again, 'button', 'Send');
    await press(again, 'New chat');
    await waitForText(again, en.panel.emptyTitle);
    expect(await seenText(await reopen())).not.toContain(firstWords);
  });

  it('says over its limit what to raise, pays nothing until then, and goes on by one click', async () => {
    const { panel } = await openPanel('capped');
    const before = await stage.balances();
    await setPanelCap(panel, '1000');
    await press(panel, 'Remove page text');
    await fill(panel, 'Your question', question);
    await press(panel, 'Send');
    await waitForText(panel, 'more than is left of the side panel’s limit');
    expect(await stage.movedSince(before)).toEqual(notPaid);
    expect(stage.requests().paid).toBe(0);
    await picture(panel, 'panel-over-limit');
    const raise = await panel.waitForSelector('.turn-again .button-strong');
    await raise?.click();
    await waitForText(panel, '$0.004424 paid');
    expect((await stage.movedSince(before)).payee).toBe(documentedPrice);
    await setPanelCap(panel, '1000000');
  });

  it('says what to do on a page without a wallet, and keeps the words', async () => {
    const { panel } = await openPanel('walletless', '/?wallet=none');
    await waitForText(panel, en.panel.wallet.none);
    await fill(panel, 'Your question', question);
    await panel.keyboard.press('Enter');
    expect(await (await named(panel, 'button', 'Send')).evaluate((send) => send.ariaDisabled)).toBe('true');
    expect(await panel.$eval('textarea', ({ value }) => value)).toBe(question);
    expect(stage.requests().all).toBe(0);
  });

  it('opens from the popup, follows the tab in front, and asks about it', async () => {
    const page = await stage.open('beside');
    const panel = await openBeside(page);
    await waitForText(panel, 'Page: PaidChat demo');
    const blank = await stage.open('elsewhere', '/blank');
    await waitForText(panel, en.panel.wallet.none);
    await panel.waitForFunction(() => !document.body.innerText.includes('Page: PaidChat demo'));
    await blank.close();
    await page.bringToFront();
    await named(panel, 'button', 'Remove page text');
    await fill(panel, 'Your question', question);
    await press(panel, 'Send');
    await waitForText(panel, 'About the page “PaidChat demo”');
    await named(panel, 'button', 'Send');
  });

  it('pays with the wallet of the tab that was in front at Send, whichever is while it signs', async () => {
    const page = await stage.open('signing');
    const panel = await openBeside(page);
    await press(panel, 'New chat');
    await press(panel, 'Remove page text');
    await setWalletMode(page, 'late');
    await fill(panel, 'Your question', question);
    const before = await stage.balances();
    await press(panel, 'Send');
    await untilWalletAsked(page, 'eth_signTypedData_v4');
    const other = await stage.open('infront');
    await waitForText(panel, '$0.004424 paid');
    await waitForText(panel, firstWords);
    expect(await other.evaluate(() => window.testWalletAsks)).not.toContain('eth_signTypedData_v4');
    expect(await stage.movedSince(before)).toEqual(paidOnce);
    expect(stage.signatures()).toHaveLength(1);
  });
});

/** The side panel, opened from the popup as a person does. */
async function openBeside(page: Page): Promise<Page> {
  const popup = await stage.popup(page);
  const opened = stage.rig.browser.waitForTarget((target) => target.url().includes('/sidepanel.html'));
  await press(popup, en.popup.openSidePanel);
  return (await opened).asPage();
}

/** A page with the panel for it, as a page of its own that can be closed and opened again. */
async function openPanel(host: string, path = '/'): Promise<{ panel: Page; reopen: () => Promise<Page> }> {
  await stage.open(host, path);
  const { browser, extensionId } = stage.rig;
  const base = `chrome-extension://${extensionId}/sidepanel.html`;
  let panel = await browser.newPage();
  await panel.goto(`${base}?tab=-1`);
  const tabId = await panel.evaluate(
    async (start) => (await chrome.tabs.query({})).find(({ url }) => url?.startsWith(start))?.id,
    `http://${host}.localhost:8080/`,
  );
  const show = async () => {
    await panel.setViewport({ width: 400, height: 760 });
    await panel.goto(`${base}?tab=${tabId}`);
    await waitForText(panel, ' a day');
    return panel;
  };
  await show();
  // The chat of the test before is there still: it belongs to the browser's session.
  if (await has(panel, 'button', 'New chat')) {
    await press(panel, 'New chat');
    await waitForText(panel, en.panel.emptyTitle);
  }
  return {
    panel,
    async reopen() {
      await panel.close();
      panel = await browser.newPage();
      return show();
    },
  };
}

/** Through the panel's own door, as its options will. */
async function setPanelCap(panel: Page, cap: string): Promise<void> {
  await panel.evaluate(
    (given) =>
      new Promise<void>((done) => {
        const port = (chrome as unknown as { runtime: ChromeRuntime }).runtime.connect({ name: 'panel' });
        port.onMessage.addListener(() => {
          port.disconnect();
          done();
        });
        port.postMessage({
          v: 1,
          id: `cap-${given}-0123456789`,
          kind: 'call',
          method: 'panel.setDayCap',
          params: { cap: given },
        });
      }),
    cap,
  );
}

interface ChromeRuntime {
  connect(options: { name: string }): {
    postMessage(message: unknown): void;
    disconnect(): void;
    onMessage: { addListener(listener: () => void): void };
  };
}

/** The body of the last request that carried a signature. */
function lastPaid(): string {
  const paid = stage.world.gateway.requests.findLast(
    ({ headers }) => headers['payment-signature'] !== undefined,
  );
  return paid?.body ?? '';
}

/** As the panel writes it: "$0.004424". */
function dollarsOf(micro: bigint): string {
  return `$${micro / 1_000_000n}.${(micro % 1_000_000n)
    .toString()
    .padStart(6, '0')
    .replace(/0{1,4}$/, '')}`;
}
