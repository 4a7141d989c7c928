import type { Page } from 'puppeteer-core';
import { launchBrowser } from '../rig/browser.ts';
import type { RigBrowser } from '../rig/browser.ts';
import { bundleScript } from '../rig/bundle.ts';
import { hostMapOf } from '../rig/hostMap.ts';
import { startWorld } from '../rig/world.ts';
import type { recordCompared, ReservationTimes, seed, timeReservations } from './ledgerPage.ts';
import type { PaidChat } from '../../src/inpage/types.ts';

declare const paidChat: PaidChat;
declare const rigLedger: {
  recordCompared: typeof recordCompared;
  seed: typeof seed;
  timeReservations: typeof timeReservations;
};

/** What the ledger's figures are made of. */
export interface LedgerTimes extends ReservationTimes {
  /** From a page's call, with no worker running, to an answer that needs the open ledger; in milliseconds. */
  readonly ready: readonly number[];
}

/** How many payments the two ledgers hold. */
const stored = { few: 1_000, many: 100_000 } as const;

const reservations = 200;
const starts = 12;

/** Times reservations and starts of the background over seeded ledgers, in a browser of its own. */
export async function measureLedger(
  extensionDir: string,
  progress: (what: string) => void,
): Promise<LedgerTimes> {
  const world = await startWorld({ blockTime: 'instant' });
  try {
    const script = await bundleScript('../bench/ledgerPage.ts', 'rigLedger');
    const rig = await launchBrowser({ extensionDir, hostMap: hostMapOf(world) });
    try {
      // A document of the extension with no script of its own: its database, and no attaching to its worker.
      const inside = await rig.browser.newPage();
      await inside.goto(`chrome-extension://${rig.extensionId}/manifest.json`);
      await inside.evaluate(script);
      await inside.evaluate(() => rigLedger.recordCompared());
      progress(`storing ${stored.few} and ${stored.many} payments`);
      await inside.evaluate((count) => rigLedger.seed('bench', count), stored.few);
      await inside.evaluate((count) => rigLedger.seed('background', count), stored.many);
      progress('reserving');
      const reserved = await inside.evaluate((rounds) => rigLedger.timeReservations(rounds), reservations);
      await inside.close();
      progress('starting the background');
      const page = await rig.browser.newPage();
      await page.goto(`${world.pages.url}/blank`);
      return { ...reserved, ready: await timeStarts(rig, page) };
    } finally {
      await rig.close();
    }
  } finally {
    await world.stop();
  }
}

/** Ends the background and has a page ask something of it, again and again. */
async function timeStarts(rig: RigBrowser, page: Page): Promise<readonly number[]> {
  const times: number[] = [];
  for (let start = 0; start < starts; start += 1) {
    await rig.killWorker();
    times.push(
      await page.evaluate(async () => {
        const askedAt = performance.now();
        await paidChat.permission();
        return performance.now() - askedAt;
      }),
    );
  }
  return times;
}
