import { expect, it } from 'vitest';
import { useStage } from './fixture.ts';

const stage = useStage({ tokenDelayMs: 1 });

const tabs = [1, 2, 3, 4, 5];
const calls = [1, 2, 3, 4];

it('gives each of 20 calls of five tabs at once its own answer, for one charge each', async () => {
  for (const tab of tabs) await stage.allow(`tab${tab}`);
  const pages = await Promise.all(tabs.map((tab) => stage.open(`tab${tab}`)));
  const block = await stage.world.chain.blockNumber();
  const outcomes = await Promise.all(
    pages.flatMap((page, at) =>
      calls.map(async (call) => {
        const word = `question-${tabs[at]}-${call}`;
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
  expect(new Set(receipts).size).toBe(20);
  expect(await stage.world.chain.transfersSince(block)).toHaveLength(20);
  expect(stage.signatures()).toHaveLength(20);
});
