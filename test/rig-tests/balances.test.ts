import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBalances } from '../../src/background/chains/balances.ts';
import type { PageWallet } from '../../src/background/pages/pageWallet.ts';
import { baseUsdc } from '../../src/core/assets.ts';
import type { Clock } from '../../src/core/clock.ts';
import { microUsdc } from '../../src/core/money.ts';
import { createHttp } from '../../src/gateway/http.ts';
import { fakeClock } from '../fakes/clock.ts';
import { startChain } from '../rig/chain.ts';
import type { Chain } from '../rig/chain.ts';
import { people } from '../rig/keys.ts';
import { listen } from '../rig/listen.ts';
import type { Listening } from '../rig/listen.ts';

/** Never due: what is asked here answers or is waited for by the test's own clock. */
const still: Clock = { nowMs: () => Date.now(), after: () => () => undefined };

let chain: Chain;
let silent: Listening;
let silentUrl: string;

beforeAll(async () => {
  chain = await startChain({ blockTime: 'instant' });
  await chain.mint(people.payer, 1_234_567n);
  silent = await listen(() => undefined, 0);
  silentUrl = `http://127.0.0.1:${silent.port}`;
});
afterAll(async () => {
  await silent.close();
  await chain.stop();
});

function balancesOver(rpcUrls: readonly string[], clock: Clock) {
  const http = createHttp(globalThis.fetch, { clock: still, allowLocalhost: () => true });
  const balances = createBalances({ http, clock });
  const usdc = { ...baseUsdc, rpcUrls };
  const wallet: PageWallet = { ask: () => new Promise(() => undefined), answer: () => false };
  return {
    askAhead: () => balances.askAhead(wallet),
    tooLittle: (account: `0x${string}`, amount: bigint) =>
      balances.tooLittle(wallet, usdc, account, microUsdc(amount)),
  };
}

/** A node where everybody has these balances, one after the other, and the last for ever. */
async function countingNode(...balances: readonly string[]) {
  let asked = 0;
  const server = await listen((request, response) => {
    request.resume();
    const hex = balances[Math.min(asked, balances.length - 1)] ?? '0x0';
    asked += 1;
    const result = `0x${hex.slice(2).padStart(64, '0')}`;
    response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result }));
  }, 0);
  return { url: `http://127.0.0.1:${server.port}`, asked: () => asked, close: () => server.close() };
}

describe('what a wallet has', () => {
  it('is read from the token itself, by the first node that answers', async () => {
    const balances = balancesOver([silentUrl, chain.rpcUrl], still);
    expect(await balances.tooLittle(people.payer, 1_234_568n)).toBe(1_234_567n);
    expect(await balances.tooLittle(people.payer, 1_234_567n)).toBeUndefined();
    expect(await balances.tooLittle(people.payee, 1n)).toBe(0n);
  });

  it('is asked ahead of the next payment of the same document, once somebody has asked', async () => {
    const node = await countingNode('0x64');
    const balances = balancesOver([node.url], still);
    balances.askAhead();
    expect(node.asked()).toBe(0);
    expect(await balances.tooLittle(people.payer, 100n)).toBeUndefined();
    expect(node.asked()).toBe(1);
    balances.askAhead();
    expect(await balances.tooLittle(people.payer, 100n)).toBeUndefined();
    expect(node.asked()).toBe(2);
    // What was asked ahead serves one payment.
    expect(await balances.tooLittle(people.payer, 100n)).toBeUndefined();
    expect(node.asked()).toBe(3);
    await node.close();
  });

  it('is asked again before anybody is refused, and for another account', async () => {
    const node = await countingNode('0x64', '0x64', '0x65', '0x66');
    const balances = balancesOver([node.url], still);
    await balances.tooLittle(people.payer, 1n);
    balances.askAhead();
    // There was too little when it was asked ahead, and enough by now.
    expect(await balances.tooLittle(people.payer, 101n)).toBeUndefined();
    balances.askAhead();
    expect(await balances.tooLittle(people.payee, 103n)).toBe(102n);
    await node.close();
  });

  it('is unknown, and stops nothing, where no node answers in time', async () => {
    const clock = fakeClock();
    const balances = balancesOver([silentUrl], clock);
    const asked = balances.tooLittle(people.payer, 1n);
    clock.advance(1_500);
    expect(await asked).toBeUndefined();
    balances.askAhead();
    clock.advance(1_500);
    // No second wait for a node that was silent a moment ago.
    expect(await balances.tooLittle(people.payer, 1n)).toBeUndefined();
  });

  it('is unknown where a node answers nonsense', async () => {
    const nonsense = await listen((_request, response) => response.end('<html>'), 0);
    const url = `http://127.0.0.1:${nonsense.port}`;
    expect(await balancesOver([url], still).tooLittle(people.payer, 1n)).toBeUndefined();
    await nonsense.close();
  });
});
