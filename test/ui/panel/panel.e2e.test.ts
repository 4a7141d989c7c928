import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fill, has, named, press, seenText, waitForText } from '../../e2e/press.ts';
import { openBrowser } from '../preview/browser.ts';
import { callsOf, openLooker } from '../preview/look.ts';
import type { Looker } from '../preview/look.ts';
import { startPreviewSite } from '../preview/site.ts';
import type { PreviewSite } from '../preview/site.ts';
import type { PanelCalls } from '../../../src/protocol/panel.ts';
import { en } from '../../../src/ui/text/en.ts';

let site: PreviewSite;
let browser: Browser;
let looker: Looker;
let page: Page;

beforeAll(async () => {
  site = await startPreviewSite();
  browser = await openBrowser();
  looker = await openLooker(browser, site);
  ({ page } = looker);
  await page.setViewport({ width: 360, height: 720 });
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
});
beforeEach(() => {
  looker.mischief.errors.length = 0;
  looker.mischief.requests.length = 0;
});

const open = async (state: string) => {
  await page.goto(site.url('panel', state, { clock: 'held' }));
  await page.waitForSelector('main');
};
const sent = async () =>
  (await callsOf(page)).findLast(({ method }) => method === 'panel.send')?.params as
    PanelCalls['panel.send']['params'] | undefined;
const methods = async () => (await callsOf(page)).map(({ method }) => method);

describe('the page’s text', () => {
  test('is what a reader sees of its main part, and nothing of the page runs or is fetched', async () => {
    await open('plain');
    await fill(page, 'Your question', 'Why?');
    await press(page, 'Send');
    await waitForText(page, 'with the page “Small payments, and why they are hard”');
    const text = (await sent())?.chat.messages[0]?.content ?? '';
    expect(text).toMatch(/\n\nSmall payments\n\nA message is a letter; .*\n\n- Price first\n- Limits$/s);
    for (const hidden of ['Home', 'Imprint', 'Hidden words', 'script words', 'session']) {
      expect(text).not.toContain(hidden);
    }
    expect(looker.mischief).toEqual({ errors: [], requests: [] });
  });

  test('is cut where it is long, and the panel says so', async () => {
    await open('long-page');
    await waitForText(page, 'Only the first 24,000 characters go along.');
    await waitForText(page, '24.0 kB text');
  });

  test('is left out by its chip, and put back', async () => {
    await open('plain');
    await press(page, 'Remove page text');
    await press(page, 'Add page text');
    await press(page, 'Remove page text');
    await fill(page, 'Your question', 'Why?');
    await press(page, 'Send');
    await named(page, 'button', 'Stop');
    expect((await sent())?.chat.messages).toEqual([{ role: 'user', content: 'Why?' }]);
  });
});

describe('the keyboard', () => {
  test('sends with Enter, breaks the line with Shift and Enter, and sends nothing while empty', async () => {
    await open('plain');
    const field = await named(page, 'textbox', 'Your question');
    await page.waitForSelector('.page-chip');
    await page.keyboard.press('Enter');
    await field.type('One');
    await page.keyboard.down('Shift');
    await page.keyboard.press('Enter');
    await page.keyboard.up('Shift');
    await field.type('Two');
    expect(await methods()).not.toContain('panel.quote');
    await page.keyboard.press('Enter');
    await named(page, 'button', 'Stop');
    expect((await sent())?.chat.messages.at(-1)?.content).toBe('One\nTwo');
  });

  test('and the mouse of a script send nothing', async () => {
    await open('plain');
    await page.waitForSelector('.page-chip');
    await fill(page, 'Your question', 'Why?');
    await (await named(page, 'button', 'Send')).evaluate((button) => (button as HTMLElement).click());
    await page.evaluate(() => {
      const enter = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true });
      document.querySelector('textarea')?.dispatchEvent(enter);
    });
    expect(await methods()).not.toContain('panel.quote');
  });
});

describe('a price over a fifth above the figure', () => {
  test('is asked about once, and not sent where the answer is no', async () => {
    await open('dear-quote');
    await fill(page, 'Your question', 'Why?');
    await waitForText(page, 'about $0.0048');
    await press(page, 'Send');
    await waitForText(page, 'This costs up to $0.00605, more than the $0.0048 shown.');
    await press(page, 'Don’t send');
    expect(await methods()).not.toContain('panel.send');
    expect(await page.$eval('textarea', ({ value }) => value)).toBe('Why?');
    expect(await has(page, 'button', 'Send for $0.00605')).toBe(false);
  });
});

describe('what stops Send says so beside it', () => {
  test.each([
    ['no-wallet', 'No wallet in this page.'],
    ['unreachable', 'PaidChat cannot pay from this tab.'],
  ])('%s', async (state, why) => {
    await open(state);
    await waitForText(page, why);
    await fill(page, 'Your question', 'Why?');
    const asleep = await (
      await named(page, 'button', 'Send')
    ).evaluate((button) => ({
      disabled: button.getAttribute('aria-disabled'),
      why: document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent ?? '',
    }));
    expect(asleep.disabled).toBe('true');
    expect(asleep.why).toContain(why);
    await press(page, 'Look again');
    expect((await methods()).filter((method) => method === 'panel.wallet')).toHaveLength(2);
  });

  test('a pause ends where it is shown', async () => {
    await open('paused');
    await waitForText(page, 'PaidChat is paused: nothing can be paid.');
    await press(page, 'Resume');
    await fill(page, 'Your question', 'Why?');
    await press(page, 'Send');
    await named(page, 'button', 'Stop');
  });

  test('a limit is raised by one click, and the question goes again', async () => {
    await open('over-limit');
    await waitForText(page, 'This costs $0.004424, more than is left of the side panel’s limit.');
    await press(page, 'Raise the limit to $1.50 a day');
    await waitForText(page, '$0.998 of $1.50 a day');
    await named(page, 'button', 'Stop');
    expect((await methods()).slice(-3)).toEqual(['panel.setDayCap', 'panel.quote', 'panel.send']);
    expect(await seenText(page)).not.toContain('more than is left');
  });
});

test('a long model name is shortened before Copy goes to a line of its own', async () => {
  await open('long-model');
  const name = await named(page, 'button', en.popup.copyNamed('Summarise this page'));
  const middles = await name.evaluate((copy) =>
    [copy, copy.closest('.run-stage')?.querySelector('.turn-model')].map((part) => {
      const { top, bottom } = part?.getBoundingClientRect() ?? new DOMRect();
      return Math.round((top + bottom) / 2);
    }),
  );
  expect(middles[0]).toBe(middles[1]);
});

test('an answer grows as it comes, and Stop ends it', async () => {
  await open('streaming');
  await waitForText(page, 'A limit stops the sum of m');
  await page.evaluate(() => {
    const at = 190;
    window.preview.sendToPanel({ type: 'text', runId: 'run-2', at, text: 'any small\nwords' });
  });
  await waitForText(page, 'the sum of many small\nwords');
  await press(page, 'Stop');
  await waitForText(page, 'Stopped here.');
  expect((await callsOf(page)).at(-1)).toEqual({ method: 'run.stop', params: { runId: 'run-2' } });
});
