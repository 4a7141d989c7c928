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

async function openWorld(options: { solana?: true } = {}): Promise<World> {
  const world = await startWorld({ blockTime: 'instant', ...options });
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

/** A node that will have nothing to do with browsers. */
async function openUnfriendlyNode(): Promise<string> {
  const server = await listen((request, response) => {
    const refused = request.headers.origin !== undefined;
    response.writeHead(refused ? 403 : 500).end('{"error":{"code":403,"message":"Access forbidden"}}');
  }, 0);
  undo.push(() => server.close());
  return `http://127.0.0.1:${server.port}`;
}

function optionsFor(jumpGate: string, rungate: string, solanaNodes: readonly string[] = []): LiveOptions {
  return { json: true, jumpGate, jumpGateModels: `${jumpGate}/v1/models`, rungate, solanaNodes };
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

  it('asks each node of Solana what payments ask, as an extension would, and says which of them refuse', async () => {
    const { gateway, solana } = await openWorld({ solana: true });
    if (!solana) throw new Error('The world has no Solana.');
    const nodes = [solana.nodes[0].rpcUrl, await openUnfriendlyNode(), solana.nodes[1].rpcUrl];
    solana.nodes[1].setFault('rate-limited');
    const report = await checkLive(optionsFor(gateway.url, await openRungate(), nodes));
    expect(report.ok).toBe(false);
    const hosts = nodes.map((url) => new URL(url).host);
    const found = report.results.filter((row) => row.gateway === 'Solana');
    expect(found.map(({ check, ok, result }) => [check, ok, result])).toEqual([
      [`${hosts[0]}: blockhash`, true, expect.stringMatching(/^slot \d+, valid to block \d+$/)],
      [`${hosts[0]}: what became of a payment`, true, 'open'],
      [`${hosts[1]}: blockhash`, false, 'The node did not answer getLatestBlockhash.'],
      [`${hosts[2]}: blockhash`, false, 'The node did not answer getLatestBlockhash.'],
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
      solanaNodes: [
        'https://solana-rpc.publicnode.com',
        'https://solana.api.onfinality.io/public',
        'https://rpc.solanatracker.io/public',
      ],
    });
  });

  it.each([
    { args: ['--jumpgate', 'http://jumpgate.example'], words: '--jumpgate is an https address' },
    { args: ['--rungate', 'rungate'], words: '--rungate is an https address' },
    { args: ['--solana-node', 'http://node.example'], words: '--solana-node is an https address' },
    { args: ['--pay'], words: '--pay' },
  ])('refuses $args in one sentence', ({ args, words }) => {
    expect(readLiveOptions(args)).toEqual({ mistake: expect.stringContaining(words) });
  });
});
