import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fill, has, named, press, seenText, waitForText } from '../../e2e/press.ts';
import { openBrowser } from '../preview/browser.ts';
import { callsOf, openPage } from '../preview/look.ts';
import { popupStates } from '../preview/popupStates.ts';
import { startPreviewSite } from '../preview/site.ts';
import type { PreviewSite } from '../preview/site.ts';

let site: PreviewSite;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  site = await startPreviewSite();
  browser = await openBrowser();
  page = await openPage(browser);
  await page.setViewport({ width: 380, height: 600 });
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

const open = async (state: string) => {
  await page.goto(site.url('popup', state, { clock: 'held' }));
  await page.waitForSelector('main');
};
const origin = 'https://reader.example';
const dayLimit = 'Change the limit for one day, now $0.50';

describe('what a site may do', () => {
  test('after three refusals says until when it cannot ask, and lets it ask now', async () => {
    await open('muted');
    await waitForText(page, 'You refused it three times in a row: it may ask again at');
    await press(page, 'Let it ask now');
    expect(await callsOf(page)).toEqual([{ method: 'site.forgive', params: { site: origin } }]);
    expect(await seenText(page)).not.toContain('three times');
  });

  test('is skipping our window only after reading what that means', async () => {
    await open('plain');
    await (await named(page, 'radio', 'Allowed up to its limits')).click();
    expect(await callsOf(page)).toEqual([]);
    await waitForText(page, 'Your wallet still asks each time.');
    await press(page, 'Allow up to its limits');
    expect(await callsOf(page)).toEqual([{ method: 'site.setMode', params: { site: origin, mode: 'auto' } }]);
    await waitForText(page, 'Pays within the limits below without PaidChat’s window');
  });

  test('stays as it is after Cancel', async () => {
    await open('plain');
    await (await named(page, 'radio', 'Allowed up to its limits')).click();
    await press(page, 'Cancel');
    expect(await callsOf(page)).toEqual([]);
    expect(await page.$eval('input:checked', (radio) => radio.getAttribute('value'))).toBe('ask');
  });

  test.each([
    ['plain', 'Blocked', 'blocked'],
    ['auto', 'Ask every time', 'ask'],
    ['blocked', 'Ask every time', 'ask'],
  ])('from %s, "%s" holds at once', async (state, name, mode) => {
    await open(state);
    await (await named(page, 'radio', name)).click();
    expect(await callsOf(page)).toEqual([{ method: 'site.setMode', params: { site: origin, mode } }]);
  });

  test('goes back to what is true when the background did not take it', async () => {
    await open('plain');
    await page.evaluate(() => window.preview.breakCalls());
    await (await named(page, 'radio', 'Blocked')).click();
    await page.waitForSelector('[role=alert]');
    expect(await page.$eval('input:checked', (radio) => radio.getAttribute('value'))).toBe('ask');
  });
});

describe('who answers a site', () => {
  const opener = 'Choose who answers reader.example';
  const chosen = async (name: string, value: string) => {
    await (await named(page, 'combobox', name)).select(value);
    return (await callsOf(page)).at(-1);
  };

  test('is the default gateway with about what it costs, until another is chosen', async () => {
    await open('plain');
    await waitForText(page, 'of Ambient JumpGate, the default · about $0.0047 an answer');
    await press(page, opener);
    const gateway = { site: origin, gateway: 'rungate' };
    expect(await chosen('Gateway', 'rungate')).toEqual({ method: 'site.setGateway', params: gateway });
    await waitForText(page, 'of Rungate');
    const model = 'deepseek/deepseek-v3.2';
    expect(await chosen('Model', model)).toEqual({
      method: 'site.setGateway',
      params: { ...gateway, model },
    });
    expect(await chosen('Gateway', '')).toEqual({ method: 'site.setGateway', params: { site: origin } });
    await waitForText(page, 'of Ambient JumpGate, the default');
  });

  test('is left with Escape, to where it was opened', async () => {
    await open('plain');
    await press(page, opener);
    await page.waitForFunction(() => document.activeElement?.tagName === 'SELECT');
    await page.keyboard.press('Escape');
    expect(await page.$eval(':focus', (focused) => focused.getAttribute('aria-label'))).toBe(opener);
    expect(await has(page, 'combobox', 'Gateway')).toBe(false);
  });

  test('asks the gateways for more models only when that is chosen', async () => {
    await open('plain');
    await press(page, opener);
    expect(await callsOf(page)).toEqual([]);
    expect(await chosen('Model', 'more models')).toEqual({ method: 'panel.models', params: {} });
  });

  test('is said to be another where the chosen gateway has been removed', async () => {
    await open('removed-answerer');
    await waitForText(page, '“my-gateway”, which you chose for this site, has been removed.');
  });
});

describe('a limit', () => {
  const caps = (day: string) => [{ method: 'site.setCaps', params: { site: origin, caps: { day } } }];

  test('is lowered at once by Enter', async () => {
    await open('plain');
    await press(page, dayLimit);
    await fill(page, 'New limit for one day', '0.25');
    await page.keyboard.press('Enter');
    expect(await callsOf(page)).toEqual(caps('250000'));
    expect(await has(page, 'button', 'Change the limit for one day, now $0.25')).toBe(true);
  });

  test('is not raised by Enter, only by Save, and says from what to what', async () => {
    await open('plain');
    await press(page, dayLimit);
    await fill(page, 'New limit for one day', '2');
    await page.keyboard.press('Enter');
    expect(await callsOf(page)).toEqual([]);
    await waitForText(page, 'Raises the limit from $0.50 to $2.00. Click Save to agree.');
    await press(page, 'Save');
    expect(await callsOf(page)).toEqual(caps('2000000'));
  });

  test('is not raised by a script’s click on Save', async () => {
    await open('plain');
    await press(page, dayLimit);
    await fill(page, 'New limit for one day', '2');
    await page.$$eval('button', (buttons) => buttons.forEach((button) => button.click()));
    expect(await callsOf(page)).toEqual([]);
  });

  test.each(['', 'much', '-1', '1e9', '1,000'])('%j is not taken', async (typed) => {
    await open('plain');
    await press(page, dayLimit);
    await fill(page, 'New limit for one day', 'x');
    if (typed !== '') await fill(page, 'New limit for one day', typed);
    await page.keyboard.press('Enter');
    await (await named(page, 'button', 'Save')).click();
    expect(await callsOf(page)).toEqual([]);
    await waitForText(page, 'Type an amount such as 0.50.');
  });

  test('is left as it is by Escape, and the focus goes back to where it was', async () => {
    await open('plain');
    await press(page, dayLimit);
    await fill(page, 'New limit for one day', '0.10');
    await page.keyboard.press('Escape');
    expect(await callsOf(page)).toEqual([]);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(dayLimit);
  });
});

describe('for everything', () => {
  test('Pause switches on and off', async () => {
    await open('plain');
    await press(page, 'Pause', 'switch');
    await waitForText(page, 'Paused. No site can pay anything');
    await press(page, 'Pause', 'switch');
    expect(await callsOf(page)).toEqual([
      { method: 'pause.set', params: { paused: true } },
      { method: 'pause.set', params: { paused: false } },
    ]);
  });

  test('a waiting card is shown again', async () => {
    await open('waiting');
    await waitForText(page, '2 questions wait for your answer.');
    await press(page, 'Show');
    expect(await callsOf(page)).toEqual([{ method: 'approval.reopen', params: {} }]);
  });

  test('scripts’ clicks do nothing', async () => {
    for (const state of ['streaming', 'waiting', 'auto', 'paused']) {
      await open(state);
      await page.$$eval('button, input', (found) => found.forEach((element) => element.click()));
      expect(await callsOf(page)).toEqual([]);
    }
  });
});

describe('an answer', () => {
  test('grows as it comes and can be stopped', async () => {
    await open('streaming');
    const at = popupStates['streaming']?.runs[0]?.text.length ?? 0;
    await page.evaluate(
      (length) =>
        window.preview.send({ type: 'text', runId: 'run-live', at: length, text: 'ore small payments.' }),
      at,
    );
    await page.waitForFunction(() => document.body.innerText.includes('the sum of more small payments.'));
    await press(page, 'Stop: Summarise this page in three sentences and say what I should do first.');
    expect(await callsOf(page)).toEqual([{ method: 'run.stop', params: { runId: 'run-live' } }]);
    await waitForText(page, 'Stopped here.');
  });

  test('keeps its end in view while it comes, unless the person has scrolled up', async () => {
    await open('streaming');
    const grow = (text: string) =>
      page.evaluate(async (more) => {
        const run = window.preview.popup()?.runs[0];
        const box = document.querySelector('.answer');
        if (run === undefined || box === null) throw new Error('Nothing is streaming.');
        window.preview.send({ type: 'text', runId: run.id, at: (box.textContent ?? '').length, text: more });
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        return box.scrollHeight - box.scrollTop - box.clientHeight;
      }, text);
    expect(await grow('\nline'.repeat(100))).toBeLessThan(2);
    await page.$eval('.answer', (box) => box.scrollTo(0, 0));
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
    expect(await grow('\nline'.repeat(100))).toBeGreaterThan(100);
  });

  test('is copied whole, also where only a part is shown', async () => {
    await open('long-answer');
    await browser
      .defaultBrowserContext()
      .overridePermissions(new URL(page.url()).origin, [
        'clipboard-read',
        'clipboard-write',
        'clipboard-sanitized-write',
      ]);
    await waitForText(page, 'Only a part of this long answer is shown.');
    await press(
      page,
      'Copy the answer to: Summarise this page in three sentences and say what I should do first.',
    );
    await page.waitForFunction(() => document.body.innerText.includes('Copied'));
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      popupStates['long-answer']?.runs[0]?.text,
    );
  });

  test.each([
    ['quoting', 'Getting a price…'],
    ['approval', 'Waiting for your approval'],
    ['wallet', 'Waiting for your wallet'],
    ['settling', 'Settling on Base (about 2 s)'],
    ['streaming', 'Answering…'],
  ])('%s says what it waits for', async (state, sentence) => {
    await open(state);
    await waitForText(page, sentence);
  });
});

describe('a lost record of payments', () => {
  test.each([
    ['lost-empty', 'Your record of payments is missing'],
    ['lost-behind', 'Your record of payments is an old copy'],
    ['lost-damaged', 'Your record of payments is damaged'],
    ['lost-unreadable', 'Your record of payments cannot be read'],
    ['lost-witness', 'The check on your record of payments is damaged'],
    ['lost-witness-unreadable', 'The check on your record of payments cannot be read'],
  ])('%s says what happened, and goes on by the one button', async (state, title) => {
    await open(state);
    await named(page, 'heading', title);
    expect(await has(page, 'switch', 'Pause')).toBe(false);
    await page.$$eval('button', (buttons) => buttons.forEach((button) => button.click()));
    expect(await callsOf(page)).toEqual([]);
    await press(page, 'Allow payments again');
    expect(await callsOf(page)).toEqual([{ method: 'ledger.rearm', params: {} }]);
  });

  test('says what is known of it, or that nobody knows', async () => {
    await open('lost-damaged');
    const text = await seenText(page);
    expect(text).toMatch(/Spent in 24 hours\s+\$0\.1234/u);
    expect(text).toMatch(/May still be charged\s+\$0\.004424, held until/u);
    await open('lost-unreadable');
    expect(await seenText(page)).toContain('All that your limits allow counts as spent.');
  });

  test('says so when going on did not work', async () => {
    await open('lost-behind');
    await page.evaluate(() => window.preview.breakCalls());
    await press(page, 'Allow payments again');
    await waitForText(page, 'That could not be written, so nothing is paid.');
  });

  test('leaves a note of what counts for every site', async () => {
    await open('carried');
    await waitForText(
      page,
      '$0.1234 of the last 24 hours and $1.204424 of the last 30 days count for every site.',
    );
  });
});

describe('an answer that broke off', () => {
  test('is incomplete and not failed, and is not said to be kept elsewhere', async () => {
    await open('broke-off');
    const run = await page.$eval('.run', (card) => card.textContent);
    expect(run).toContain('Incomplete');
    expect(run).toContain('$0.004424 paid');
    expect(run).toContain('The answer broke off here: the gateway sent nothing more for three minutes.');
    expect(run).not.toMatch(/Failed|PaidChat popup/u);
  });
});

describe('held amounts', () => {
  test('say why and until about when', async () => {
    await open('held');
    const text = await seenText(page);
    expect(text).toMatch(
      /Not paid\. \$0\.004424 stays counted until about \d\d:\d\d, in case the page kept the signature\./u,
    );
    expect(text).toMatch(/Your wallet has not answered\. \$0\.005734 stays counted until about/u);
  });

  test('name no time that has passed', async () => {
    await open('proof-is-late');
    expect(await seenText(page)).toContain(
      'stays counted until the chain gives proof, in case it still signs.',
    );
  });

  test('that nobody can prove a day later say what can be done, and lead to it', async () => {
    await open('proof-is-overdue');
    await waitForText(page, 'No node of Solana could say so far what became of it');
    await press(page, 'See the nodes of Solana in the options');
    expect(await page.evaluate(() => window.preview.optionsOpened)).toBe(true);
  });

  test('that wait for silent nodes say for which, and lead to them', async () => {
    await open('silent-nodes');
    const text = await seenText(page);
    expect(text).toContain(
      '$0.004424 stays counted until the nodes of Base can say what became of it, in case',
    );
    expect(text).toContain(
      'base-rpc.publicnode.com has given no answer of use since 19 February 2026. Until then',
    );
    // Said once, of both payments.
    expect(text.split('base-rpc.publicnode.com')).toHaveLength(2);
    expect(text).toContain(
      'rpc.solanatracker.io has given no answer of use since 1 March 2026. Until then nothing on Solana',
    );
    await press(page, 'See the nodes of Solana in the options');
    expect(await page.evaluate(() => window.preview.optionsOpened)).toBe(true);
  });
});

describe('what can be done about a held amount', () => {
  test('the wallet is asked again, or the same bought again, each for its own payment', async () => {
    await open('held');
    await press(page, 'Ask wallet again');
    await press(page, 'Pay again…');
    expect((await callsOf(page)).map(({ method }) => method)).toEqual([
      'payment.askAgain',
      'payment.payAgain',
    ]);
    // The others are too late, were not signed, or may not be asked again.
    expect(await page.$$('.held-action button')).toHaveLength(2);
  });
});

describe('disputed payments', () => {
  test('say what was paid for nothing, and hand out a claim and where to send it', async () => {
    await open('disputed');
    const text = await seenText(page);
    expect(text).toContain('$0.004424 was paid and no answer came.');
    expect(text).toContain('x402 has no refunds. Here is your claim, to send to Ambient JumpGate.');
    expect(text).toContain('although PaidChat never sent it');
    expect(text).toContain('Confirmed, but not charged');
    expect(text).toContain('The chain shows that it was not charged and no longer can be');
    expect(await page.$$('.held-item')).toHaveLength(3);
    expect(await page.$$('.held-action')).toHaveLength(2);
    expect(await page.$$('a[href="https://x.com/ambient_xyz"]')).toHaveLength(1);
    await press(page, 'Copy claim');
    await press(page, 'Save claim');
    expect(await callsOf(page)).toEqual([
      { method: 'payment.claim', params: { paymentId: 'pay-0' } },
      { method: 'payment.claim', params: { paymentId: 'pay-0' } },
    ]);
  });

  test('that are many are folded, and each says how long ago it was', async () => {
    await open('many-disputed');
    expect(await page.$$('.held-item')).toHaveLength(2);
    await press(page, 'Show all 5');
    expect(await page.$$('.held-item')).toHaveLength(5);
    expect(await seenText(page)).toContain('reader.example · 1 minute ago');
    await press(page, 'Show fewer');
    expect(await page.$$('.held-item')).toHaveLength(2);
  });
});

describe('payments', () => {
  test('unfold, each with its proof in a new tab that learns nothing', async () => {
    await open('ten-payments');
    await press(page, 'Show all 10');
    const links = await page.$$eval('.payment a', (found) =>
      found.map(({ href, target, rel }) => ({ href, target, rel })),
    );
    expect(links).toHaveLength(10);
    expect(links[0]).toEqual({ href: 'https://basescan.org/tx/0x0', target: '_blank', rel: 'noreferrer' });
  });
});

test('with the keyboard alone a limit is lowered and a site blocked', async () => {
  await open('plain');
  const tabTo = async (wanted: string) => {
    for (let steps = 0; steps < 25; steps += 1) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const { activeElement } = document;
        return activeElement?.getAttribute('aria-label') ?? activeElement?.getAttribute('value');
      });
      if (at === wanted) return;
    }
    throw new Error(`Tab never comes to "${wanted}".`);
  };
  await tabTo('ask');
  await tabTo(dayLimit);
  await page.keyboard.press('Space');
  await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT');
  await page.keyboard.type('0.20');
  await page.keyboard.press('Enter');
  await open('auto');
  await tabTo('auto');
  await page.keyboard.press('ArrowRight');
  expect(await callsOf(page)).toEqual([
    { method: 'site.setMode', params: { site: origin, mode: 'blocked' } },
  ]);
});

test('a newcomer is told what to do, and what the page needs', async () => {
  await open('not-here-newcomer');
  const text = await seenText(page);
  expect(text).toContain('PaidChat is not on this page');
  expect(text).toContain('Have a wallet extension in this browser, with a little USDC on Base or Solana.');
  expect(text).toContain('Nothing paid yet.');
});

test('the popup says when the browser keeps it from its hosts, and asks for them from a click', async () => {
  await open('plain');
  const host = 'https://jumpgate.ambient.xyz';
  await page.evaluate((url) => window.preview.access.withdraw(url), host);
  await press(page, 'Allow access');
  expect(await page.evaluate(() => window.preview.access.asked)).toEqual([host]);
  await page.waitForFunction(() => !document.body.innerText.includes('Allow access'));
});

test('the popup has a way to the options', async () => {
  await open('plain');
  await press(page, 'Options');
  expect(await page.evaluate(() => window.preview.optionsOpened)).toBe(true);
});
