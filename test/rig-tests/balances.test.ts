import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBalances } from '../../src/background/balances.ts';
import { baseUsdc } from '../../src/core/assets.ts';
import type { Clock } from '../../src/core/clock.ts';
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
  return { of: (account: `0x${string}`) => balances.usdcOf(usdc, account) };
}

describe('what a wallet has', () => {
  it('is read from the token itself, by the first node that answers', async () => {
    const balances = balancesOver([silentUrl, chain.rpcUrl], still);
    expect(await balances.of(people.payer)).toBe(1_234_567n);
    expect(await balances.of(people.payee)).toBe(0n);
  });

  it('is unknown, and stops nothing, where no node answers in time', async () => {
    const clock = fakeClock();
    const asked = balancesOver([silentUrl], clock).of(people.payer);
    clock.advance(1_500);
    expect(await asked).toBeUndefined();
  });

  it('is unknown where a node answers nonsense', async () => {
    const nonsense = await listen((_request, response) => response.end('<html>'), 0);
    const url = `http://127.0.0.1:${nonsense.port}`;
    expect(await balancesOver([url], still).of(people.payer)).toBeUndefined();
    await nonsense.close();
  });
});
