import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whenOrphaned } from '../orphaned.mjs';
import { launchBrowser } from './browser.ts';
import type { RigBrowser } from './browser.ts';
import { rigEndpoints } from './endpoints.ts';
import { buildExtension } from './extension.ts';
import { askOnce } from './firstAnswer.ts';
import type { FirstAnswer } from './firstAnswer.ts';
import { freePort } from './freePort.ts';
import { hostMapOf } from './hostMap.ts';
import { formatUsdc } from './pages.ts';
import { openRealGateway } from './realGateway.ts';
import { help, readStartOptions } from './startOptions.ts';
import type { LocalStart } from './startOptions.ts';
import { startWorld } from './world.ts';
import type { World } from './world.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pictureDir = `${root}.rig`;

/** Ends what was started, in the order it was started. */
const undo: (() => Promise<void>)[] = [];
const building = new AbortController();
let ending = false;

await main();

async function main(): Promise<void> {
  const options = readStartOptions(process.argv.slice(2), hasDisplay());
  if (options === 'help') return say(help);
  if ('mistake' in options) {
    say(`${options.mistake}\n\n${help}`);
    process.exitCode = 1;
    return;
  }
  endWithOurTerminal();
  try {
    if (options.kind === 'local') await run(options);
    else await openRealGateway(options, { folder: pictureDir, building: building.signal, undo, say, done });
    await end(0);
  } catch (error) {
    // What breaks because everything is being ended is no news.
    if (ending) return;
    say(`\n${error instanceof Error ? error.message : String(error)}`);
    await end(1);
  }
}

async function run(options: LocalStart): Promise<void> {
  say('PaidChat, with a world of its own on this machine\n');
  const [world, extensionDir] = await Promise.all([openWorld(options), build()]);
  const { headless } = options;
  const rig = await launchBrowser({
    extensionDir,
    hostMap: hostMapOf(world),
    headless,
    // A person's window needs no bar that says it is automated.
    withoutFlags: headless ? [] : ['--enable-automation'],
  });
  undo.push(() => rig.close());
  const [page] = await rig.browser.pages();
  if (page === undefined) throw new Error('Chromium opened no page.');
  await page.goto(rigEndpoints.pages);
  done('Chromium with PaidChat');
  await sayWhere(world);
  if (!headless) {
    say(`
In the browser, click Ask, then Pay once; the test wallet asks in the page. PaidChat's popup is behind the
toolbar's puzzle piece. Ctrl-C, or closing the browser, ends everything.`);
    return disconnected(rig);
  }
  say('\nThere is no window, so one question is asked and paid without you:\n');
  sayAnswer(await askOnce(rig, world, page, pictureDir, done));
  if (!options.keep) return;
  say('\nStill running. Ctrl-C ends everything.');
  return disconnected(rig);
}

async function openWorld({ port, blockTime, headless, answersFrom }: LocalStart): Promise<World> {
  const preferred = (url: string) => freePort(Number(new URL(url).port));
  const [rpc, gateway, rungate, pages] = await Promise.all([
    preferred(rigEndpoints.rpc),
    preferred(rigEndpoints.gateway),
    preferred(rigEndpoints.rungate),
    port ?? preferred(rigEndpoints.pages),
  ]);
  const world = await startWorld({
    ports: { rpc, gateway, rungate, pages },
    blockTime,
    walletMode: headless ? 'sign' : 'ask',
    ...(answersFrom !== undefined && { answersFrom }),
  });
  undo.push(() => world.stop());
  const blocks = blockTime === 'instant' ? 'a block for each transaction' : 'a block every 2 seconds';
  done(`a local Base (${blocks}), Circle’s USDC, two gateways, a demo page, a funded test wallet`);
  return world;
}

async function build(): Promise<string> {
  const dir = await buildExtension('rig', building.signal);
  done('the extension, built for this world');
  return dir;
}

async function sayWhere(world: World): Promise<void> {
  const funds = formatUsdc(await world.chain.balanceOf(world.payer.address));
  const at = (url: string, port: number) => `http://${new URL(url).hostname}:${port}`;
  say(`
  demo page    ${at(rigEndpoints.pages, world.pages.port)}
  JumpGate     ${at(rigEndpoints.gateway, world.gateway.port)}
  Rungate      ${at(rigEndpoints.rungate, world.rungate.port)}
  Base RPC     ${at(rigEndpoints.rpc, world.chain.port)}
  test wallet  ${world.payer.address}, ${funds} USDC that exist on this machine only`);
}

function sayAnswer({ question, answer, payer, payee, screenshot }: FirstAnswer): void {
  const received = formatUsdc(payee.after - payee.before);
  say(`
  question    ${question}
  answer      ${answer.trim()}

payer ${formatUsdc(payer.before)} → ${formatUsdc(payer.after)}, payee +${received}
screenshot ${relative(process.cwd(), screenshot)}`);
}

function hasDisplay(): boolean {
  if (process.platform === 'darwin' || process.platform === 'win32') return true;
  return Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
}

async function disconnected(rig: RigBrowser): Promise<void> {
  if (rig.browser.connected)
    await new Promise<void>((resolve) => void rig.browser.once('disconnected', resolve));
}

/** Ctrl-C, a closed terminal, and an npm that was killed outright: each ends all that was started. */
function endWithOurTerminal(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // The second time there is no waiting: browser and chain die with us anyway.
      if (ending) process.exit(1);
      void end(0);
    });
  }
  whenOrphaned(() => {
    if (!ending) void end(1);
  });
}

async function end(code: number): Promise<void> {
  ending = true;
  building.abort();
  for (const one of undo.toReversed()) await one();
  process.exit(code);
}

function done(line: string): void {
  say(`  ✓ ${line}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
