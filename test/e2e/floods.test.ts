import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import { quantile } from '../bench/figures.ts';
import { withoutGesture } from './asking.ts';
import { notPaid, useStage } from './fixture.ts';

const stage = useStage({ tokenDelayMs: 0 });

/** What another tab's call may take, at its slowest but one in twenty (MONEY.md, section 6). */
const mostMs = 250;

describe('a page that floods PaidChat', () => {
  it.each([
    ['calls', 'paidChat.permission()', 60],
    ['chats', create("'x'"), 60],
    ['chats as long as may be', create("'x'.repeat(4_000_000)"), 4],
    ['messages of 100 MB', create("'x'.repeat(100_000_000)"), 2],
  ])('with %s slows no other tab, and pays nothing', async (_name, call, atOnce) => {
    const before = await stage.balances();
    const calm = await stage.open('calm', '/blank');
    const flooding = await stage.open('flooding', '/blank');
    await calm.bringToFront();
    await roundTrips(calm, 5);
    await withoutGesture(flooding, flood(call, atOnce));
    const times = await roundTrips(calm, 60);
    const ended = await withoutGesture<number>(flooding, 'stopFlood()');
    expect(ended).toBeGreaterThan(atOnce);
    expect(quantile(times, 0.95)).toBeLessThan(mostMs);
    expect(await stage.movedSince(before)).toEqual(notPaid);
    expect(stage.approvalsSeen()).toBe(0);
  });
});

function create(content: string): string {
  return `paidChat.chat.completions.create({ messages: [{ role: 'user', content: ${content} }] })`;
}

/** How long so many calls of a page take, one after the other, in milliseconds. */
function roundTrips(page: Page, count: number): Promise<number[]> {
  return withoutGesture(
    page,
    `(async () => {
      const times = [];
      for (let call = 0; call < ${count}; call += 1) {
        const start = performance.now();
        await paidChat.permission();
        times.push(performance.now() - start);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      return times;
    })()`,
  );
}

/**
 * Makes so many calls at once, and each again as soon as it has ended. Between them a task of a channel, which no tab
 * throttles: the page's own bridge gets its turn, and what it lets through is all that can hurt others.
 */
function flood(call: string, atOnce: number): string {
  return `{
    let ended = 0;
    let flooding = true;
    const { port1, port2 } = new MessageChannel();
    const waiting = [];
    port1.onmessage = () => waiting.shift()();
    const next = () => new Promise((resolve) => { waiting.push(resolve); port2.postMessage(0); });
    const keepCalling = async () => {
      while (flooding) {
        await ${call}.then(() => undefined, () => undefined);
        ended += 1;
        await next();
      }
    };
    for (let at = 0; at < ${atOnce}; at += 1) keepCalling();
    globalThis.stopFlood = () => { flooding = false; return ended; };
    undefined;
  }`;
}
