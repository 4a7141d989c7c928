import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import { en } from '../../src/ui/text/en.ts';
import { askFromClick, askWithoutClick, documentedExample } from './asking.ts';
import type { Outcome } from './asking.ts';
import { documentedPrice, paidOnce, useStage } from './fixture.ts';
import { named, press, waitForText } from './press.ts';

const stage = useStage({ tokenDelayMs: 0 });

/** Room for one documented example, and not for two. */
const roomForOne = '0.005';

describe('two tabs that pay at the same moment', () => {
  it.each([
    { round: 1, order: [0, 1] },
    { round: 2, order: [1, 0] },
    { round: 3, order: [0, 1] },
    { round: 4, order: [1, 0] },
  ])('never pass the cap of their site (round $round)', async ({ round, order }) => {
    const host = `race${round}`;
    await stage.allow(host, roomForOne);
    const tabs = [await stage.open(host), await stage.open(host)];
    const block = await stage.world.chain.blockNumber();
    const before = await stage.balances();

    const outcomes = await atOnce(order.map((at) => () => askWithoutClick(tab(tabs, at))));
    expect(onlyOnePaid(outcomes)).toMatchObject({ code: -32005, paid: 'no' });
    expect(await stage.movedSince(before)).toEqual(paidOnce);
    expect(await stage.world.chain.transfersSince(block)).toHaveLength(1);
    expect(stage.requests().paid).toBe(1);

    const popup = await stage.popup(tab(tabs, 0));
    await named(popup, 'button', `Change the limit for one day, now $${roomForOne}`);
    await waitForText(popup, `$0.000576 ${en.popup.leftOf('$0.005')}`);
  });

  it('ask the person for the second one, who can still say no', async () => {
    await stage.allow('clicks', roomForOne);
    const tabs = [await stage.open('clicks'), await stage.open('clicks')];
    const before = await stage.balances();
    const calls = [await askFromClick(tab(tabs, 0))];
    const approval = await stage.approvalFrom(async () => calls.push(await askFromClick(tab(tabs, 1))));
    await named(approval, 'button', 'Pay once anyway');
    await waitForText(approval, 'limit $0.005 a day, used $0.004424, this costs up to $0.004424');
    await press(approval, "Don't allow");
    const outcomes = await Promise.all(calls.map((call) => call.outcome()));
    expect(onlyOnePaid(outcomes)).toMatchObject({ code: 4001, paid: 'no' });
    expect(await stage.movedSince(before)).toEqual(paidOnce);
  });

  it('never pass the cap of all sites, from two sites', async () => {
    const capOfAllSites = 2_000_000n;
    const room = 6_000n;
    const { payee } = await stage.balances();
    const rest = capOfAllSites - payee - room;
    // Two answers with many reserved tool calls leave room for one example, and not for two.
    const calls = (rest - 2n * documentedPrice) / toolCallPrice;
    await payAnyway('big', calls / 2n);
    await payAnyway('bigger', calls - calls / 2n);
    const left = capOfAllSites - (await stage.balances()).payee;
    expect(left).toBeGreaterThanOrEqual(documentedPrice);
    expect(left).toBeLessThan(2n * documentedPrice);

    await stage.allow('shop', '0.50');
    await stage.allow('demo', '0.50');
    const sites = [await stage.open('shop'), await stage.open('demo')];
    const before = await stage.balances();
    const outcomes = await atOnce(sites.map((site) => () => askWithoutClick(site)));
    expect(onlyOnePaid(outcomes)).toMatchObject({ code: -32005, paid: 'no' });
    expect(await stage.movedSince(before)).toEqual(paidOnce);
    expect((await stage.balances()).payee).toBeLessThanOrEqual(capOfAllSites);
  });
});

const toolCallPrice = 1_000n;

/** Makes the calls, and gives all of them their price in the same moment, so that each finds room for itself. */
async function atOnce(calls: readonly (() => Promise<Outcome>)[]): Promise<Outcome[]> {
  const { faults, hold } = stage.world.gateway;
  faults.set('holdChallenge');
  const outcomes = Promise.all(calls.map((call) => call()));
  await hold.reached(calls.length);
  faults.clear('holdChallenge');
  hold.release();
  return outcomes;
}

/** Pays for an answer with reserved tool calls, over whatever limit it passes. */
async function payAnyway(host: string, toolCalls: bigint): Promise<void> {
  const page = await stage.open(host);
  const { call, approval } = await stage.ask(page, {
    ...documentedExample,
    max_tool_calls: Number(toolCalls),
  });
  await press(approval, 'Pay once anyway');
  expect((await call.outcome()).receipt?.status).toBe('settled');
}

/** @returns why the other one was not paid */
function onlyOnePaid(outcomes: readonly Outcome[]): Outcome['error'] {
  const [failed, ...more] = outcomes.filter(({ error }) => error !== undefined);
  expect(more).toHaveLength(0);
  expect(outcomes.filter(({ receipt }) => receipt?.status === 'settled')).toHaveLength(1);
  return failed?.error;
}

function tab(tabs: readonly Page[], at: number): Page {
  const page = tabs[at];
  if (page === undefined) throw new Error('There is no such tab.');
  return page;
}
