import { beforeAll, describe, expect, it } from 'vitest';
import { bundleSnippet, snippets, ways } from '../rig/guide.ts';
import { firstWords, paidOnce, useStage } from './fixture.ts';
import { named, press } from './press.ts';

declare const guide: { run: (show: (text: string) => void) => Promise<void> };

const stage = useStage();

/** What each snippet of the guide shows, in its order. */
const shows: readonly RegExp[] = [
  new RegExp(`^${firstWords}.* \\[0\\.004424 USDC\\]$`, 's'),
  /^PaidChat \d+\.\d+\.\d+ is here$/,
  /^allowed$/,
  /^price_changed, paid: no, again: false$/,
  /^paid once$/,
  /^Verifiable \[AbortError, paid: yes\]$/,
  new RegExp(`^${firstWords}`),
  new RegExp(`^${firstWords}`),
  new RegExp(`^${firstWords}`),
  /^4001, paid: no$/,
];

describe('the guide for websites', () => {
  beforeAll(() => stage.allow('guide'));

  it('has a test for each of its snippets', () => {
    expect(snippets).toHaveLength(shows.length);
  });

  it.each(shows.map((shown, index) => [index + 1, shown] as const))(
    'has a snippet %i that runs and shows %s',
    async (number, shown) => {
      const page = await stage.open('guide');
      await page.addScriptTag({ content: await bundleSnippet(number - 1) });
      const text = await page.evaluate(async () => {
        let said = '';
        await guide.run((more) => {
          said += more;
        });
        return said;
      });
      expect(text).toMatch(shown);
    },
  );
});

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
