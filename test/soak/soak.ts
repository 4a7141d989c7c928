import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { bundleScript } from '../rig/bundle.ts';
import { startWorld } from '../rig/world.ts';
import { chargesOf, solanaOf } from './charges.ts';
import { judge } from './judge.ts';
import type { LedgerImage } from './ledgerImage.ts';
import { startLife } from './life.ts';
import type { Life } from './life.ts';
import { createObserver } from './observer.ts';
import { reportOf } from './report.ts';
import type { SoakReport } from './report.ts';
import { playAll, settleOf } from './story.ts';
import type { SoakOptions } from './story.ts';
import { createThief } from './thief.ts';
import { bundleWallets } from './wallets.ts';

/** Past the validity of everything that was signed. */
const pastEveryValiditySeconds = 700;
/** A blockhash is good for 150 blocks, which are final 32 later. */
const slotsPastEveryBlockhash = 200;
/** The background looks at the chain at most every ten seconds, and then at every open row. */
const endsWithinMs = 90_000;

/** Runs one soak from start to judgement. */
export async function soak(
  extensionDir: string,
  options: SoakOptions,
  progress: (line: string) => void,
): Promise<SoakReport> {
  const thefts: Promise<boolean>[] = [];
  const observer = createObserver((asked, afterMs) => {
    const theft = wait(afterMs).then(() => thief.charge(asked));
    thefts.push(theft.catch(() => false));
  });
  const world = await startWorld({
    blockTime: 'instant',
    answersFrom: observer.answers,
    settle: settleOf(options.seed),
    solana: true,
    solanaTime: 'real',
  });
  const thief = createThief(world);
  const solana = solanaOf(world);
  const userDataDir = await mkdtemp(join(tmpdir(), 'paidchat-soak-'));
  let life: Life | undefined;
  try {
    world.gateway.watch(observer.gatewaySaw);
    const pageScript = await bundleScript('../soak/page.ts', 'rigSoak');
    const parts = { extensionDir, userDataDir, world, pageScript, wallets: await bundleWallets() };
    const begin = () => startLife({ ...parts, heard: observer.heard });
    let living = (life = await begin());
    const revive = async () => void (living = life = await begin());
    const genesis = { block: await world.chain.blockNumber(), slot: solana.slot() };
    const { look, now } = await playAll({ world, observer, life: () => living, revive }, options, progress);

    const stolen = (await Promise.all(thefts)).filter(Boolean).length;
    world.gateway.faults.clear();
    await world.chain.advance(pastEveryValiditySeconds);
    await world.chain.mine(5);
    solana.advance(slotsPastEveryBlockhash);
    look(await untilAllEnded(living));

    const charges = await chargesOf(world, genesis);
    const story = now();
    const { told, origins } = observer;
    const judged = judge({ charges, origins, told, ledger: story.image, caps: story.caps });
    return reportOf({ options, story, judged, charges, told, stolen });
  } finally {
    await life?.rig.close();
    await world.stop();
    await rm(userDataDir, { recursive: true, force: true });
  }
}

/** Ends whatever call still runs, and opens the popup again and again as a person who waits would. */
async function untilAllEnded({ rig, door }: Life): Promise<LedgerImage> {
  await rig.killWorker();
  const until = Date.now() + endsWithinMs;
  const popup = await rig.browser.newPage();
  for (;;) {
    await popup.goto(`chrome-extension://${rig.extensionId}/popup.html?tab=-1`);
    await wait(1_000);
    const image = await door.image();
    const open = image.rows.filter(({ state }) => state !== 'settled' && state !== 'released');
    if (open.length === 0 || Date.now() > until) return image;
  }
}
