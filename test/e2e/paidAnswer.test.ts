import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import type { PaidChat } from '../../src/inpage/types.ts';
import { en } from '../../src/ui/text/en.ts';
import { documentedExample } from './asking.ts';
import { firstWords, paidOnce, useStage } from './fixture.ts';
import { picture } from './pictures.ts';
import { awake, has, named, press, seenText, waitForClose, waitForText } from './press.ts';

declare const paidChat: PaidChat;

const stage = useStage({ tokenDelayMs: 15 });
const question = 'Explain verifiable inference in one paragraph.';

describe('a paid answer', () => {
  it('costs the documented example exactly, and streams into the page and the popup', async () => {
    const page = await stage.open('demo');
    const before = await stage.balances();
    stage.world.gateway.faults.next('holdStream');

    const approval = await stage.approvalFrom(() => press(page, 'Ask'));
    await awake(approval, 'Pay once');
    const card = await seenText(approval);
    expect(card).toContain('http://demo.localhost:8080');
    expect(card).toContain('$0.004424');
    expect(card).toContain('for up to 1,000 tokens of answer');
    expect(card).toContain('to sign TransferWithAuthorization to 0x90F7…b906');
    expect(card).toContain('value 4424 (= 0.004424 USDC)');
    expect(card).toContain(question);
    await picture(approval, 'approval');
    await press(approval, 'Pay once');
    await waitForClose(approval);

    await waitForText(page, firstWords);
    const growth = await recordGrowth(page);
    const popup = await stage.popup(page);
    // The browser sizes it by the page's own measure, which only the real popup shows.
    const width = () => popup.evaluate(() => document.body.clientWidth);
    await expect.poll(width).toBeGreaterThanOrEqual(365);
    await named(popup, 'button', `Stop: ${question}`);
    await expect.poll(() => answerOf(popup)).toBe(firstWords);
    await waitForText(popup, en.popup.stage.streaming);
    await waitForText(popup, '$0.004424 paid');
    await picture(popup, 'popup-streaming');

    stage.world.gateway.hold.release();
    await named(popup, 'button', en.popup.copyNamed(question));
    expect(await has(popup, 'button', `Stop: ${question}`)).toBe(false);
    await waitForText(page, 'Done.');
    const whole = await answerOnPage(page);
    expect(whole).toContain('local test gateway');
    await expect.poll(() => answerOf(popup)).toBe(whole);
    await picture(popup, 'popup-answered');
    await picture(page, 'demo-page');

    const states = await growth();
    expect(states.length).toBeGreaterThan(2);
    for (const [index, state] of states.entries()) {
      expect(state.startsWith(states[index - 1] ?? firstWords), `state ${index}`).toBe(true);
    }
    expect(states.at(-1)).toBe(whole);
    expect(await stage.movedSince(before)).toEqual(paidOnce);
    expect(stage.requests().paid).toBe(1);
  });

  it('is paid and streams on a page with the strictest content security policy', async () => {
    const page = await stage.open('strict', '/strict');
    const before = await stage.balances();
    const approval = await stage.approvalFrom(() => press(page, 'Ask'));
    await press(approval, 'Pay once');
    await waitForText(page, firstWords);
    const growth = await recordGrowth(page);
    await waitForText(page, 'Done.');
    expect((await growth()).length).toBeGreaterThan(2);
    await waitForText(page, 'Paid 0.004424 USDC (settled)');
    expect(await stage.movedSince(before)).toEqual(paidOnce);
  });

  it('comes whole where no stream is wanted, and its receipt is known to the site that paid alone', async () => {
    const page = await stage.open('whole');
    const before = await stage.balances();
    const { call, approval } = await stage.ask(page, { ...documentedExample, stream: false });
    await press(approval, 'Pay once');
    const { completion, error } = await call.outcome();
    expect(error).toBeUndefined();
    expect(completion?.object).toBe('chat.completion');
    expect(completion?.choices[0]?.message.content).toContain(firstWords);
    expect(completion?.usage?.prompt_tokens).toBe(17);
    expect(completion?.paidchat.amountUsdc).toBe('0.004424');
    expect(await stage.movedSince(before)).toEqual(paidOnce);

    const id = completion?.paidchat.receiptId ?? '';
    const receipts = await page.evaluate(
      async (receiptId) => ({
        one: await paidChat.receipts.get(receiptId),
        all: await paidChat.receipts.list(),
      }),
      id,
    );
    expect(receipts.one).toEqual({
      id,
      amountUsdc: '0.004424',
      network: 'eip155:8453',
      gateway: 'jumpgate',
      model: 'ambient/large',
      status: 'settled',
      at: receipts.one.at,
    });
    expect(receipts.all).toEqual([receipts.one]);

    const other = await stage.open('other');
    const seenElsewhere = await other.evaluate(
      async (receiptId) => ({
        one: await paidChat.receipts.get(receiptId).catch((error: { code: number }) => error.code),
        all: await paidChat.receipts.list(),
      }),
      id,
    );
    expect(seenElsewhere).toEqual({ one: -32602, all: [] });
  });

  it('ends with what has come when the person presses Stop in the popup', async () => {
    const page = await stage.open('stopped');
    const before = await stage.balances();
    stage.world.gateway.faults.next('holdStream');
    const approval = await stage.approvalFrom(() => press(page, 'Ask'));
    await press(approval, 'Pay once');
    await waitForText(page, firstWords);
    const popup = await stage.popup(page);
    await press(popup, `Stop: ${question}`);
    await waitForText(popup, en.popup.stoppedAt);
    await waitForText(page, 'Done.');
    expect(await answerOnPage(page)).toBe(firstWords);
    await waitForText(page, 'Paid 0.004424 USDC (settled)');
    expect(await stage.movedSince(before)).toEqual(paidOnce);
  });
});

/** The answer that the demo page shows. */
function answerOnPage(page: Page): Promise<string> {
  return page.$eval('#text', (element) => element.textContent ?? '');
}

/** The answer that the popup shows under the question. */
async function answerOf(popup: Page): Promise<string> {
  const region = await named(popup, 'region', question);
  return region.evaluate((element) => element.textContent ?? '');
}

/** Notes every state of the page's answer from now on. @returns what to call for them */
async function recordGrowth(page: Page): Promise<() => Promise<string[]>> {
  const states = await page.evaluateHandle(() => {
    const seen: string[] = [];
    const text = document.querySelector('#text');
    if (text !== null)
      new MutationObserver(() => seen.push(text.textContent ?? '')).observe(text, { childList: true });
    return seen;
  });
  return () => states.jsonValue();
}
