import type { CDPSession, Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import type { ChatRequest } from '../../src/inpage/types.ts';
import { useStage } from './fixture.ts';

const mebibyte = 1024 * 1024;
/** 256 KiB in so many pieces: much longer than what people are answered. */
const pieces = 64;
const piece = 'word '.repeat(820).slice(0, 4096);

/** The background keeps the last 40 answers to be read again; they and all else fit into this. */
const backgroundBound = 96 * mebibyte;
/** What 50 answers more, 12.5 MiB of text, may add to that. */
const backgroundGrowthBound = 4 * mebibyte;
/** What ten answers, 2.5 MiB of text, may leave in their page. */
const pageGrowthBound = mebibyte;

const stage = useStage({ answersFrom: () => Promise.resolve(speak()), tokenDelayMs: 0 });

/** Two times 50 answers, of sites that may pay ten times a minute each. */
const rounds = [
  ['a', 'b', 'c', 'd', 'e'],
  ['f', 'g', 'h', 'i', 'j'],
];
const callsEach = 10;

it(
  'needs no more memory after 100 long answers than after 50, in the background and in pages',
  { timeout: 240_000 },
  async () => {
    const background = await backgroundSession();
    const inUse: number[] = [];
    for (const hosts of rounds) {
      for (const host of hosts) expect(await growthOfPage(host), host).toBeLessThan(pageGrowthBound);
      inUse.push(await heapOf(background));
    }
    expect(stage.signatures()).toHaveLength(100);
    const [first = 0, second = 0] = inUse;
    expect(second).toBeLessThan(backgroundBound);
    expect(second - first).toBeLessThan(backgroundGrowthBound);
  },
);

/** What ten answers at once leave in the page that asked for them, in bytes. */
async function growthOfPage(host: string): Promise<number> {
  await stage.allow(host);
  const page = await stage.open(host);
  const session = await page.createCDPSession();
  const before = await heapOf(session);
  await askAll(page);
  const growth = (await heapOf(session)) - before;
  await page.close();
  return growth;
}

async function* speak() {
  for (let at = 0; at < pieces; at += 1) yield piece;
}

/** As many calls at once as the site may make in a minute. */
async function askAll(page: Page): Promise<void> {
  const lengths = await Promise.all(
    Array.from({ length: callsEach }, (_, call) => {
      const request: ChatRequest = { messages: [{ role: 'user', content: `${call}` }], max_tokens: 1000 };
      return page.evaluate(async (given) => {
        const { text, error } = await window.testAsk(given);
        return error?.message ?? text.length;
      }, request);
    }),
  );
  expect(new Set(lengths)).toEqual(new Set([pieces * piece.length]));
  // The page itself keeps nothing either.
  await page.evaluate(() => window.testCalls.splice(0));
}

async function backgroundSession(): Promise<CDPSession> {
  const { browser, extensionId } = stage.rig;
  const script = `chrome-extension://${extensionId}/background.js`;
  const target = await browser.waitForTarget((one) => one.url() === script);
  return target.createCDPSession();
}

/** What is still in use after a collection, in bytes. */
async function heapOf(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize;
}
