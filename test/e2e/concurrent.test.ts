import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import { useStage } from './fixture.ts';

const stage = useStage({ tokenDelayMs: 1 });

/** As many as a site may pay in a minute without a card: twenty calls are of two sites at least. */
it.each([
  ['five tabs of five sites, four of each', ['a', 'b', 'c', 'd', 'e'], 4],
  ['one page of each of two sites, ten of each', ['one', 'two'], 10],
  ['five tabs of one site, two of each', ['same', 'same', 'same', 'same', 'same'], 2],
])('gives each call of %s at once its own answer, for one charge each', async (_title, hosts, each) => {
  for (const host of new Set(hosts)) await stage.allow(host);
  const pages: Page[] = [];
  for (const host of hosts) pages.push(await stage.open(host));
  const block = await stage.world.chain.blockNumber();
  const outcomes = await Promise.all(
    pages.flatMap((page, tab) =>
      Array.from({ length: each }, async (_, call) => {
        const word = `question-${hosts[tab]}-${tab}-${call}`;
        const request = { messages: [{ role: 'user' as const, content: word }], max_tokens: 1000 };
        return { word, outcome: await page.evaluate((given) => window.testAsk(given), request) };
      }),
    ),
  );
  for (const { word, outcome } of outcomes) {
    expect(outcome.error).toBeUndefined();
    expect(outcome.text).toContain(`You asked “${word}”`);
  }
  const receipts = outcomes.map(({ outcome }) => outcome.receipt?.id);
  expect(new Set(receipts).size).toBe(outcomes.length);
  expect(await stage.world.chain.transfersSince(block)).toHaveLength(outcomes.length);
  expect(stage.signatures()).toHaveLength(outcomes.length);
});
