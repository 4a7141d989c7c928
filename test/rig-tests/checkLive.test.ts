import { afterEach, describe, expect, it } from 'vitest';
import { checkLive } from '../live/checkLive.ts';
import { readLiveOptions } from '../live/options.ts';
import type { LiveOptions } from '../live/options.ts';
import { baseAccepted, headerOf, honestChallenge, payee } from '../x402/challenges.ts';
import { listen } from '../rig/listen.ts';
import { startWorld } from '../rig/world.ts';
import type { World } from '../rig/world.ts';

const undo: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const one of undo.splice(0).toReversed()) await one();
});

async function openWorld(): Promise<World> {
  const world = await startWorld({ blockTime: 'instant' });
  undo.push(() => world.stop());
  return world;
}

/** Where nobody listens. */
async function nowhere(): Promise<string> {
  const server = await listen(() => undefined, 0);
  await server.close();
  return `http://127.0.0.1:${server.port}`;
}

/** Speaks as Rungate documents it; `change` spoils its one offer. */
async function openRungate(change: object = {}, status = 402): Promise<string> {
  const server = await listen((request, response) => {
    const url = `http://${request.headers.host}${request.url}`;
    if (request.url === '/v1/models') {
      response.end(JSON.stringify({ object: 'list', data: [{ id: 'openai/gpt-oss-120b' }] }));
      return;
    }
    const accepts = [{ ...baseAccepted, ...change }];
    response.setHeader('PAYMENT-REQUIRED', headerOf({ ...honestChallenge, resource: { url }, accepts }));
    response.setHeader(
      'WWW-Authenticate',
      'Payment id="1", realm="r", method="evm", intent="charge", request="e30"',
    );
    response.writeHead(status).end('{"scheme":"exact"}');
  }, 0);
  undo.push(() => server.close());
  return `http://127.0.0.1:${server.port}/v1`;
}

function optionsFor(jumpGate: string, rungate: string): LiveOptions {
  return { json: true, jumpGate, jumpGateModels: `${jumpGate}/v1/models`, rungate };
}

describe('the check of live gateways', () => {
  it.each([402, 401])('finds two honest gateways in order, and pays neither (%i)', async (status) => {
    const { gateway, chain } = await openWorld();
    const block = await chain.blockNumber();
    const report = await checkLive(optionsFor(gateway.url, await openRungate({}, status)));
    expect(report.ok).toBe(true);
    expect(report.results.map(({ gateway, check }) => `${gateway} ${check}`)).toEqual([
      'JumpGate models',
      'JumpGate quote',
      'JumpGate challenge',
      'JumpGate gates',
      'Rungate models',
      'Rungate challenge',
      'Rungate gates',
    ]);
    const words = report.results.map(({ result }) => result);
    expect(words[0]).toBe('2: ambient/large, ambient/mini');
    expect(words[3]).toMatch(/^would pay 0\.00\d+ USDC on Base to 0x[\dA-Fa-f]{40}, signed for 300 s$/);
    expect(words[5]).toBe('exact on eip155:8453; also offers MPP by evm');
    expect(words[6]).toBe(`would pay 0.004424 USDC on Base to ${payee}, signed for 300 s`);
    expect(gateway.requests.filter(({ headers }) => 'payment-signature' in headers)).toEqual([]);
    expect(await chain.transfersSince(block)).toEqual([]);
  });

  it('fails where our gates would refuse what is asked', async () => {
    const { gateway } = await openWorld();
    gateway.faults.next('priceAboveQuote');
    const report = await checkLive(
      optionsFor(gateway.url, await openRungate({ maxTimeoutSeconds: 315_360_000 })),
    );
    expect(report.ok).toBe(false);
    expect(report.results.filter(({ ok }) => !ok)).toMatchObject([
      { gateway: 'JumpGate', check: 'gates', result: expect.stringContaining('more than it had quoted') },
      { gateway: 'Rungate', check: 'gates', result: expect.stringContaining('(maxTimeoutSeconds)') },
    ]);
  });

  it('goes on with the other gateway where one is down, and says so', async () => {
    const report = await checkLive(optionsFor(await nowhere(), await openRungate()));
    expect(report.ok).toBe(false);
    expect(report.unreachable).toBeUndefined();
    expect(report.results.map(({ gateway, ok }) => `${gateway} ${ok}`)).toEqual([
      'JumpGate false',
      'Rungate true',
      'Rungate true',
      'Rungate true',
    ]);
  });

  it('says in a sentence that nothing can be reached', async () => {
    const report = await checkLive(optionsFor(await nowhere(), await nowhere()));
    expect(report.ok).toBe(false);
    expect(report.unreachable).toContain('No gateway can be reached');
    expect(report.results).toMatchObject([
      { gateway: 'JumpGate', result: 'cannot be reached from here (ECONNREFUSED)' },
      { gateway: 'Rungate', result: 'cannot be reached from here (ECONNREFUSED)' },
    ]);
  });
});

describe('what follows npm run check:live --', () => {
  it('is the real gateways where nothing follows', () => {
    expect(readLiveOptions(['--json'])).toEqual({
      json: true,
      jumpGate: 'https://jumpgate.ambient.xyz',
      jumpGateModels: 'https://api.ambient.xyz/v1/models',
      rungate: 'https://api.rungate.ai/v1',
    });
  });

  it.each([
    { args: ['--jumpgate', 'http://jumpgate.example'], words: '--jumpgate is an https address' },
    { args: ['--rungate', 'rungate'], words: '--rungate is an https address' },
    { args: ['--pay'], words: '--pay' },
  ])('refuses $args in one sentence', ({ args, words }) => {
    expect(readLiveOptions(args)).toEqual({ mistake: expect.stringContaining(words) });
  });
});
