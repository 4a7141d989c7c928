import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorld } from '../rig/world.ts';
import type { World } from '../rig/world.ts';
import { unguardedClient } from './unguardedClient.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ blockTime: 'instant', tokenDelayMs: 0, walletMode: 'ask' });
});
afterAll(() => world.stop());

const get = async (path: string) => {
  const response = await fetch(world.pages.url + path);
  return { response, text: await response.text() };
};

it('serves the demo with the wallet in its mode', async () => {
  const { response, text } = await get('/');
  expect(response.headers.has('content-security-policy')).toBe(false);
  expect(text).toContain('<title>PaidChat demo</title>');
  expect(text).toContain('<script src="/wallet.js">');
  expect(text).toContain('value="ask" checked');
  expect((await get('/?wallet=none')).text).not.toContain('/wallet.js');
});

it('serves the same app under a strict content security policy', async () => {
  const { response, text } = await get('/strict');
  expect(response.headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'",
  );
  expect(text).toBe((await get('/')).text);
  expect(text).not.toMatch(/<style|style="|<script>|\son[a-z]+="/);
});

it('serves scripts, styles and an empty page', async () => {
  expect((await get('/wallet.js')).text).toBe(world.walletScript);
  expect((await get('/app.js')).text).toContain('chat.completions.create');
  expect((await get('/app.css')).response.headers.get('content-type')).toContain('text/css');
  expect((await get('/blank')).text).not.toContain('<script');
  expect((await get('/nothing')).response.status).toBe(404);
});

it('shows what the payment of the documented example did to both balances', async () => {
  await (await unguardedClient(world.gateway, world.payer.privateKey).pay()).text();
  expect(JSON.parse((await get('/rig/balances')).text)).toEqual({
    payer: { address: world.payer.address, usdc: '19.995576' },
    payee: { address: world.payee.address, usdc: '0.004424' },
  });
});

it('passes the switches on to the gateway', async () => {
  const init = { method: 'POST', body: '{"name":"noDone","until":"next"}' };
  expect((await fetch(`${world.pages.url}/rig/faults`, init)).status).toBe(200);
  expect([...world.gateway.faults.active()]).toEqual([['noDone', 'next']]);
});

it('answers on both loopback addresses', async () => {
  for (const host of ['127.0.0.1', 'localhost']) {
    const response = await fetch(`http://${host}:${world.pages.port}/blank`);
    expect(response.status).toBe(200);
  }
});
