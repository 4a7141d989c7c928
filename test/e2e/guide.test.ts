import type { Page } from 'puppeteer-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FaultName } from '../rig/faults.ts';
import { bundleSnippet, snippets, ways } from '../rig/guide.ts';
import { firstWords, paidOnce, useStage } from './fixture.ts';
import { picture } from './pictures.ts';
import { named, press, waitForText } from './press.ts';

declare global {
  interface Window {
    /** How often React has undone an effect. */
    undone: number;
  }
}
declare const guide: { run: (show: (text: string) => void) => Promise<void> };

const stage = useStage();

/** What each snippet of the guide shows, in its order; nothing where that stands in the page. */
const shows: readonly (RegExp | undefined)[] = [
  new RegExp(`^${firstWords}.* \\[0\\.004424 USDC\\]$`, 's'),
  /^PaidChat \d+\.\d+\.\d+ is here$/,
  /^allowed$/,
  /^price_changed, paid: no, again: false$/,
  /^paid once$/,
  /^Verifiable \[AbortError, paid: yes\]$/,
  new RegExp(`^${firstWords}`),
  new RegExp(`^${firstWords}`),
  new RegExp(`^${firstWords}`),
  undefined,
  // In a browser; what it shows on a server: client/guide.test.ts.
  /^<button disabled="">Ask<\/button> undefined$/,
  /^4001, paid: no$/,
];
/** React's, which summarises in an effect. */
const summary = 9;

describe('the guide for websites', () => {
  beforeAll(() => stage.allow('guide'));

  it('has a test for each of its snippets', () => {
    expect(snippets).toHaveLength(shows.length);
  });

  it.each(shows.flatMap((shown, index) => (shown ? [[index + 1, shown] as const] : [])))(
    'has a snippet %i that runs and shows %s',
    async (number, shown) => {
      expect(await runSnippet(await stage.open('guide'), number - 1)).toMatch(shown);
    },
  );

  it('has an effect for React that strict mode runs twice, and that is paid once', async () => {
    const page = await stage.open('guide');
    await page.evaluate(() => {
      document.body.append(Object.assign(document.createElement('p'), { id: 'summary' }));
      window.undone = 0;
      window.AbortController = class extends AbortController {
        override abort(reason?: unknown) {
          window.undone += 1;
          super.abort(reason);
        }
      };
    });
    const block = await stage.world.chain.blockNumber();
    await runSnippet(page, summary);
    await waitForText(page, 'You asked “Summarise Don Quixote.”');
    // Run, undone and run again.
    expect(await page.evaluate(() => window.undone)).toBe(1);
    expect(await stage.world.chain.transfersSince(block)).toHaveLength(1);
    expect(stage.signatures()).toHaveLength(1);
  });
});

/** Runs a snippet in a page. @returns what it shows */
async function runSnippet(page: Page, index: number): Promise<string> {
  await page.addScriptTag({ content: await bundleSnippet(index) });
  return page.evaluate(async () => {
    let said = '';
    await guide.run((more) => {
      said += more;
    });
    return said;
  });
}

/** Switches of the playground: how the code that is run then ends, and what moves on the chain. */
const dryRuns: readonly (readonly [FaultName, 'done' | 'failed', number])[] = [
  ['quoteDown', 'failed', 0],
  ['priceAboveQuote', 'failed', 0],
  ['slowHeaders', 'done', 1],
  ['badFrame', 'done', 1],
  ['noReceipt', 'done', 1],
  ['error500AfterPaying', 'failed', 1],
];

describe('the playground', () => {
  beforeAll(() => stage.allow('playground'));

  it.each(Object.keys(ways))('runs the code that it shows for %s, and shows the receipt', async (way) => {
    const page = await stage.open('playground', '/playground');
    await press(page, way, 'radio');
    const before = await stage.balances();
    await press(page, 'Run');
    await page.waitForSelector('#status[data-state="done"]', { timeout: 30_000 });
    const said = await page.$eval('#text', (element) => element.textContent);
    expect(said).toContain(firstWords);
    expect(await page.$eval('#code', (element) => element.textContent)).toContain('paidChat');
    expect(await page.$eval('#receipt', (element) => element.textContent)).toContain('Paid 0.004424 USDC');
    expect(await stage.movedSince(before)).toEqual(paidOnce);
  });

  it.each(Object.entries(ways))('is a dry run of what can go wrong with %s', async (way, at) => {
    const host = `dryrun${at}`;
    await stage.allow(host);
    const page = await stage.open(host, '/playground');
    await press(page, way, 'radio');
    for (const [fault, ends, transfers] of dryRuns) {
      const block = await stage.world.chain.blockNumber();
      await page.waitForSelector(`#fault-${fault}`);
      await page.select(`#fault-${fault}`, 'next');
      await expect.poll(() => stage.world.gateway.faults.active().has(fault)).toBe(true);
      await press(page, 'Run');
      // The page was loaded anew, so it was idle; being busy may be over before anybody looks.
      await page.waitForSelector('#status:is([data-state="done"], [data-state="failed"])', {
        timeout: 30_000,
      });
      const [state, text] = await page.$eval('#status', (status) => [
        status.getAttribute('data-state'),
        status.textContent,
      ]);
      expect([fault, state], text ?? '').toEqual([fault, ends]);
      expect(await stage.world.chain.transfersSince(block), fault).toHaveLength(transfers);
      // Another question for the next one: what may be paid is not asked again.
      await page.reload();
      await press(page, way, 'radio');
    }
    await page.click('#developer summary');
    await picture(page, `playground-${at}`);
  });

  it('says what went wrong at the gateway', async () => {
    const page = await stage.open('playground', '/playground');
    stage.world.gateway.faults.next('error500AfterPaying');
    await press(page, 'OpenAI SDK', 'radio');
    await press(page, 'Run');
    await page.waitForSelector('#status[data-state="failed"]', { timeout: 30_000 });
    await named(page, 'status', 'Status');
    expect(await page.$eval('#status', (element) => element.textContent)).toContain('402');
  });
});
