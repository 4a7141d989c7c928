import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fill, has, named, press, waitForText } from '../../e2e/press.ts';
import { approvalStates, plainCard } from '../preview/approvalStates.ts';
import { openBrowser } from '../preview/browser.ts';
import { advance, callsOf, openPage } from '../preview/look.ts';
import { startPreviewSite } from '../preview/site.ts';
import type { PreviewSite } from '../preview/site.ts';

let site: PreviewSite;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  site = await startPreviewSite();
  browser = await openBrowser();
  page = await openPage(browser);
  await page.setViewport({ width: 420, height: 640 });
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

const open = async (state: string) => {
  await page.goto(site.url('approval', state, { clock: 'held' }));
  await page.waitForSelector('main');
};
/** Long enough ago that a press counts which a busy machine brings late. */
const awakeForMs = 60_000;
const openAwake = async (state: string) => {
  await open(state);
  await advance(page, awakeForMs);
};
const given = (answer: object, changes: object = {}) => [
  {
    method: 'approval.answer',
    params: { cardId: 'card-1', version: 1, answer, wallet: 'w1', ...changes },
  },
];

describe('each button gives its answer', () => {
  test.each([
    ['plain', 'Pay once', { choice: 'once' }],
    ['plain', 'Allow up to $0.50 a day', { choice: 'allow', day: '500000' }],
    ['plain', "Don't allow", { choice: 'deny' }],
    ['over-day', 'Pay once anyway', { choice: 'once-anyway' }],
    ['over-day', 'Raise the limit', { choice: 'raise', limits: [{ limit: 'site-day', cap: '550000' }] }],
    ['over-day', "Don't allow", { choice: 'deny' }],
    ['over-request', 'Raise the limit', { choice: 'raise', limits: [{ limit: 'request', cap: '80000' }] }],
    ['over-minute', 'Pay once anyway', { choice: 'once-anyway' }],
    ['permission', 'Allow up to $0.50 a day', { choice: 'allow', day: '500000' }],
    ['permission', "Don't allow", { choice: 'deny' }],
    ['new-payee', 'Pay this address once', { choice: 'once' }],
    ['new-payee', "Don't allow", { choice: 'deny' }],
    ['unreadable', "Don't allow", { choice: 'deny' }],
  ])('%s: %s', async (state, name, answer) => {
    await openAwake(state);
    await press(page, name);
    expect(await callsOf(page)).toEqual(given(answer));
  });

  test('a new address can be accepted too, and where it changes often its gateway be trusted', async () => {
    // High enough that nothing lies under the answers.
    await page.setViewport({ width: 420, height: 1100 });
    await openAwake('new-payee');
    await waitForText(page, '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC');
    expect(await has(page, 'button', 'Allow up to $0.50 a day')).toBe(false);
    await press(page, 'Accept this address too', 'radio');
    await press(page, 'Accept the address and pay');
    expect(await callsOf(page)).toEqual(given({ choice: 'once' }, { payee: 'address' }));

    await openAwake('new-payee-again');
    await press(page, 'Accept every address that https://jumpgate.ambient.xyz names', 'radio');
    await press(page, 'Trust the gateway and pay');
    expect(await callsOf(page)).toEqual(given({ choice: 'once-anyway' }, { payee: 'origin' }));
    await page.setViewport({ width: 420, height: 640 });
  });

  test('Block this site is behind More', async () => {
    await openAwake('plain');
    expect(await has(page, 'button', 'Block this site')).toBe(false);
    await press(page, 'More');
    await press(page, 'Block this site');
    expect(await callsOf(page)).toEqual(given({ choice: 'block' }));
    await waitForText(page, 'Blocked. Nothing was paid');
  });
});

describe('what is offered', () => {
  test('over a limit says which and by how much, and offers neither of the usual two', async () => {
    await openAwake('over-day');
    await waitForText(page, 'limit $0.50 a day, used $0.47, this costs up to $0.06');
    expect(await has(page, 'button', 'Pay once')).toBe(false);
    expect(await has(page, 'button', 'Allow up to $0.50 a day')).toBe(false);
  });

  test.each(['over-day', 'over-two'])(
    'shows the bars of every limit that %s passes at once',
    async (state) => {
      await openAwake(state);
      const { bars, sentences, fold } = await page.evaluate(() => {
        const bottoms = (query: string) =>
          [...document.querySelectorAll(query)].map((found) => found.getBoundingClientRect().bottom);
        const answers = document.querySelector('.answers');
        return {
          bars: bottoms('.notice .bar-over'),
          sentences: bottoms('.notice li'),
          fold: answers?.getBoundingClientRect().top ?? 0,
        };
      });
      expect(bars).toHaveLength(sentences.length);
      expect(Math.max(...bars)).toBeLessThan(fold);
      expect(await page.$$('.card-limits .bar-over')).toEqual([]);
    },
  );

  test('for a permission is no payment', async () => {
    await openAwake('permission');
    expect(await has(page, 'button', 'Pay once')).toBe(false);
    await waitForText(page, 'The site suggests $1.00 a day. You decide.');
  });

  test('for an unreadable price is to refuse', async () => {
    await openAwake('unreadable');
    expect(await has(page, 'button', 'Pay once')).toBe(false);
    expect(await page.$$('[aria-label^="Allow"], .button-pay')).toEqual([]);
  });

  test('says above the buttons what the wallet will show', async () => {
    await openAwake('plain');
    await waitForText(
      page,
      'Your wallet asks you to connect, then to sign TransferWithAuthorization to 0x12aB…Ef89, value 4424 (= 0.004424 USDC). Some wallets call this deceptive; that label is known for x402. Refuse if either value differs.',
    );
  });

  test('says nothing of connecting where the wallet is connected already', async () => {
    await openAwake('one-chain');
    await waitForText(
      page,
      'Your wallet asks you to sign TransferWithAuthorization to 0x12aB…Ef89, value 4424',
    );
    await openAwake('chains');
    await waitForText(page, 'Your wallet asks you to sign a transaction that sends');
    await openAwake('chains-unknown');
    await waitForText(page, 'Your wallet asks you to connect, then to sign');
  });

  test('shows the site’s whole origin', async () => {
    await openAwake('long-origin');
    const card = approvalStates['long-origin'];
    if (card?.state !== 'card') throw new Error('There is such a card.');
    expect(await page.$eval('h1 bdi', (origin) => origin.textContent)).toBe(card.card.site);
    expect(await page.$eval('h1 strong', (domain) => domain.textContent)).toBe('evil-domain.co.uk');
  });
});

describe('the chain to pay on', () => {
  const base = 'eip155:8453';

  test('is chosen among those offered, and the next version is answered', async () => {
    await openAwake('chains');
    await waitForText(page, 'you have 19.995576 USDC');
    await waitForText(page, 'a transaction that sends 0.004424 USDC to GyGKxM…Udse');
    await press(page, 'Base', 'radio');
    expect(await callsOf(page)).toEqual(given({ choice: 'network', network: base }));
    await waitForText(page, 'TransferWithAuthorization');
    // The person goes on from where they were, and nothing is awake yet.
    expect(await page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('radio');
    await (await named(page, 'button', 'Pay once')).click();
    expect(await callsOf(page)).toHaveLength(1);
    await advance(page, awakeForMs);
    await press(page, 'Pay once');
    expect((await callsOf(page))[1]?.params).toMatchObject({ version: 2, answer: { choice: 'once' } });
  });

  test('is offered where the chosen one has too little', async () => {
    await openAwake('too-little');
    await waitForText(page, 'Your wallet has 0.002 USDC on Solana; this costs 0.004424 USDC.');
    await press(page, 'Pay on Base instead');
    expect(await callsOf(page)).toEqual(given({ choice: 'network', network: base }));
    await waitForText(page, '0.004424 USDC on Base');
    expect(await has(page, 'button', 'Pay on Base instead')).toBe(false);
  });

  test('is not offered where the others have too little as well, or there are none', async () => {
    for (const state of ['too-little-everywhere', 'too-little-alone']) {
      await openAwake(state);
      await waitForText(page, 'Add USDC to your wallet before you pay.');
      expect(await has(page, 'button', 'Pay on Base instead')).toBe(false);
    }
    expect(await has(page, 'radio', 'Base')).toBe(false);
  });

  test('stays where it is when a script clicks, and when what has is chosen again', async () => {
    await openAwake('chains');
    await page.$$eval('.chain input', (inputs) => inputs.forEach((input) => (input as HTMLElement).click()));
    await press(page, 'Solana', 'radio');
    expect(await callsOf(page)).toEqual([]);
  });

  test('goes by the wallet that is chosen on it', async () => {
    // High enough that nothing lies under the answers.
    await page.setViewport({ width: 420, height: 1100 });
    await openAwake('chains-prices');
    await waitForText(page, 'you have 1.25 USDC');
    await press(page, 'Iconless', 'radio');
    await waitForText(page, 'Your wallet has 0.00 USDC on Solana; this costs 0.004454 USDC.');
    await press(page, 'Test Wallet', 'radio');
    await press(page, 'Pay once');
    expect((await callsOf(page))[0]?.params).toMatchObject({ wallet: 'w2', answer: { choice: 'once' } });
    await page.setViewport({ width: 420, height: 640 });
  });
});

describe('the amount a day', () => {
  test('changes the button’s name and the answer, by a preset', async () => {
    await openAwake('plain');
    await press(page, 'Change the amount a day');
    await press(page, '$0.25');
    await press(page, 'Allow up to $0.25 a day');
    expect(await callsOf(page)).toEqual(given({ choice: 'allow', day: '250000' }));
  });

  test('can be typed, to the millionth', async () => {
    await openAwake('plain');
    await press(page, 'Change the amount a day');
    await fill(page, 'Amount a day', '0.200001');
    await press(page, 'Allow up to $0.200001 a day');
    expect(await callsOf(page)).toEqual(given({ choice: 'allow', day: '200001' }));
  });

  test.each(['much', '', '0', '0.01', '99999999'])('%j cannot be agreed to', async (typed) => {
    await openAwake('plain');
    await press(page, 'Change the amount a day');
    await fill(page, 'Amount a day', 'x');
    if (typed !== '') await fill(page, 'Amount a day', typed);
    await (await named(page, 'button', 'Allow up to … a day')).click();
    await page.keyboard.press('Enter');
    expect(await callsOf(page)).toEqual([]);
  });

  test('Enter in its field pays nothing', async () => {
    await openAwake('plain');
    await press(page, 'Change the amount a day');
    await page.keyboard.press('Enter');
    expect(await callsOf(page)).toEqual([]);
  });

  test('of a raise must cover the payment', async () => {
    await openAwake('over-day');
    await fill(page, 'New limit: This site, a day', '0.52');
    await (await named(page, 'button', 'Raise the limit')).click();
    expect(await callsOf(page)).toEqual([]);
    await waitForText(page, 'Needs at least $0.53.');
  });
});

describe('nothing is answered by accident', () => {
  const everything = ['Pay once', 'Allow up to $0.50 a day', "Don't allow"];

  test('before 800 ms no click counts, and at 800 ms it does', async () => {
    await open('plain');
    await advance(page, 799);
    for (const name of everything) await (await named(page, 'button', name)).click();
    expect(await callsOf(page)).toEqual([]);
    await advance(page, awakeForMs);
    await press(page, 'Pay once');
    expect(await callsOf(page)).toHaveLength(1);
  });

  test('a script’s click never counts', async () => {
    await openAwake('plain');
    await page.evaluate(() => {
      for (const button of document.querySelectorAll('button')) {
        button.click();
        button.dispatchEvent(new MouseEvent('click', { bubbles: true }));
        button.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
      }
    });
    expect(await callsOf(page)).toEqual([]);
    expect(await has(page, 'button', 'Block this site')).toBe(false);
  });

  test('nothing that pays has the focus, so keys that are held do nothing', async () => {
    await openAwake('plain');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    for (const key of ['Enter', 'Space', 'Escape'] as const) await page.keyboard.press(key);
    expect(await callsOf(page)).toEqual([]);
  });

  test('Escape closes what is open and answers nothing', async () => {
    await openAwake('plain');
    await press(page, 'More');
    await page.keyboard.press('Escape');
    expect(await has(page, 'button', 'Block this site')).toBe(false);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('More');
    await page.keyboard.press('Escape');
    expect(await callsOf(page)).toEqual([]);
  });

  test('in a window that is not in front, buttons sleep, and wake anew when it is', async () => {
    await openAwake('plain');
    await page.evaluate(() => {
      Object.defineProperty(document, 'hasFocus', { configurable: true, value: () => false });
      window.dispatchEvent(new Event('blur'));
    });
    await advance(page, 5000);
    await (await named(page, 'button', 'Pay once')).click();
    expect(await callsOf(page)).toEqual([]);
    await waitForText(page, 'This window is in the background.');
    await page.evaluate(() => {
      Reflect.deleteProperty(document, 'hasFocus');
      window.dispatchEvent(new Event('focus'));
    });
    await advance(page, 799);
    await (await named(page, 'button', 'Pay once')).click();
    expect(await callsOf(page)).toEqual([]);
    await advance(page, awakeForMs);
    await press(page, 'Pay once');
    expect(await callsOf(page)).toHaveLength(1);
  });

  test('a price that changes is a new card: said, asleep again, and answered as itself', async () => {
    await openAwake('plain');
    const changed = approvalStates['changed'];
    if (changed === undefined) throw new Error('There is such a card.');
    await page.evaluate((view) => window.preview.showCard(view), changed);
    await page.waitForSelector('[role=alert]');
    await waitForText(page, 'The price has changed: was $0.004, now $0.006.');
    await (await named(page, 'button', 'Pay once')).click();
    expect(await callsOf(page)).toEqual([]);
    await advance(page, awakeForMs);
    await press(page, 'Pay once');
    expect(await callsOf(page)).toEqual(given({ choice: 'once' }, { version: 2 }));
  });

  test('an answer counts once', async () => {
    await openAwake('plain');
    const button = await named(page, 'button', 'Pay once');
    await button.click({ count: 3 });
    expect(await callsOf(page)).toHaveLength(1);
  });
});

describe('with the keyboard alone', () => {
  const tabTo = async (name: string) => {
    for (let steps = 0; steps < 20; steps += 1) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const { activeElement } = document;
        return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent;
      });
      if (at === name) return;
    }
    throw new Error(`Tab never comes to "${name}".`);
  };

  test('a payment can be made', async () => {
    await openAwake('plain');
    await tabTo('Pay once');
    await page.keyboard.press('Enter');
    expect(await callsOf(page)).toEqual(given({ choice: 'once' }));
  });

  test('an amount can be changed and allowed', async () => {
    await openAwake('plain');
    await tabTo('Change the amount a day');
    await page.keyboard.press('Space');
    await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT');
    await page.keyboard.type('0.30');
    await page.keyboard.down('Shift');
    for (let back = 0; back < 3; back += 1) await page.keyboard.press('Tab');
    await page.keyboard.up('Shift');
    await page.keyboard.press('Enter');
    expect(await callsOf(page)).toEqual(given({ choice: 'allow', day: '300000' }));
  });

  test('a site can be blocked', async () => {
    await openAwake('plain');
    await tabTo('More');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.textContent === 'Block this site');
    await page.keyboard.press('Enter');
    expect(await callsOf(page)).toEqual(given({ choice: 'block' }));
  });

  test('another wallet can be chosen', async () => {
    await openAwake('wallets');
    await page.keyboard.press('Tab');
    await page.waitForFunction(() => document.activeElement !== document.body);
    for (let steps = 0; steps < 6; steps += 1) {
      if (await page.evaluate(() => document.activeElement?.tagName === 'INPUT')) break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('ArrowRight');
    await tabTo('Pay once');
    await page.keyboard.press('Space');
    expect(await callsOf(page)).toEqual(given({ choice: 'once' }, { wallet: 'w3' }));
  });
});

describe('the wallet', () => {
  test('that was chosen before is the one that signs, until another is clicked', async () => {
    await openAwake('wallets');
    await press(page, 'Pay once');
    expect(await callsOf(page)).toEqual(given({ choice: 'once' }, { wallet: 'w2' }));
    await openAwake('wallets');
    await (await named(page, 'radio', 'Harbour Wallet')).click();
    await press(page, 'Pay once');
    expect(await callsOf(page)).toEqual(given({ choice: 'once' }));
  });

  test('is left out where none was found', async () => {
    await openAwake('waiting');
    await press(page, 'Pay once');
    expect((await callsOf(page))[0]?.params).not.toHaveProperty('wallet');
    expect(plainCard.wallets).toHaveLength(1);
  });
});

describe('a card that has ended', () => {
  test.each([
    ['page-gone', 'The page has gone; nothing was paid.'],
    ['restarted', 'PaidChat restarted, nothing was paid.'],
    ['answered', 'This has been answered already.'],
    ['stopped', 'This was stopped; nothing was paid.'],
  ])('%s says why, has nothing to pay with and closes', async (state, sentence) => {
    await open(state);
    await waitForText(page, sentence);
    expect(await page.$$eval('button', (buttons) => buttons.map((button) => button.textContent))).toEqual([
      'Close',
    ]);
    await press(page, 'Close');
    expect(await page.evaluate(() => window.preview.closed)).toBe(true);
  });

  test('closes by itself after a moment', async () => {
    await open('page-gone');
    await advance(page, 7999);
    expect(await page.evaluate(() => window.preview.closed)).toBe(false);
    await advance(page, 1);
    expect(await page.evaluate(() => window.preview.closed)).toBe(true);
  });

  test('while it was being read takes no answer any more', async () => {
    await openAwake('plain');
    await page.evaluate(() => window.preview.showCard({ state: 'void', reason: 'page-gone' }));
    await page.waitForFunction(() => document.body.innerText.includes('The page has gone'));
    expect(await has(page, 'button', 'Pay once')).toBe(false);
  });
});

describe('an answer that does not arrive', () => {
  test('because the card changed meanwhile is not repeated blindly', async () => {
    await openAwake('plain');
    await page.evaluate(() => window.preview.refuseAnswers());
    await press(page, 'Pay once');
    await waitForText(page, 'This has changed since you clicked. Nothing was paid; look at it again.');
    await (await named(page, 'button', 'Pay once')).click();
    expect(await callsOf(page)).toHaveLength(1);
  });

  test('because the background has gone is said, and can be given again', async () => {
    await openAwake('plain');
    await page.evaluate(() => window.preview.breakCalls());
    await press(page, 'Pay once');
    await waitForText(page, 'PaidChat did not take the answer. Nothing was paid; try again.');
    await press(page, 'Pay once');
    expect(await callsOf(page)).toHaveLength(2);
  });
});
