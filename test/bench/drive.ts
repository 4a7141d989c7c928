import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { installAsking, wishFromClick } from '../e2e/asking.ts';
import { press, waitForClose } from '../e2e/press.ts';
import type { AnswerSource } from '../rig/answers.ts';
import { launchBrowser } from '../rig/browser.ts';
import type { RigBrowser } from '../rig/browser.ts';
import { bundleScript } from '../rig/bundle.ts';
import { rigEndpoints } from '../rig/endpoints.ts';
import { hostMapOf } from '../rig/hostMap.ts';
import { startWorld } from '../rig/world.ts';
import type { World } from '../rig/world.ts';
import type { Pair } from './figures.ts';
import { cadences } from './goals.ts';
import type { askPaidChat, askUnguarded, Timing } from './page.ts';

declare const rigBench: { askPaidChat: typeof askPaidChat; askUnguarded: typeof askUnguarded };

/** The pairs by cadence. */
export type Measured = Readonly<Record<(typeof cadences)[number], readonly Pair[]>>;

/** So many tokens take about as long at either cadence. */
const tokens = { 20: 60, 5: 200 } as const;

/** PaidChat lets a site pay ten times a minute without a card: one to warm up, and these. */
const pairsPerSite = 9;

/**
 * Asks each question through PaidChat and through the unguarded client, interleaved, in one browser on one rig.
 * @param progress - told after each round
 */
export async function measure(
  extensionDir: string,
  pairs: number,
  progress: (done: number) => void,
): Promise<Measured> {
  const measured: Record<(typeof cadences)[number], Pair[]> = { 20: [], 5: [] };
  const world = await startWorld({ blockTime: 'instant', answersFrom: stamps });
  try {
    const script = await bundleScript('../bench/page.ts', 'rigBench');
    const rig = await launchBrowser({
      extensionDir,
      hostMap: { ...hostMapOf(world), '*.localhost:8080': `127.0.0.1:${world.pages.port}` },
    });
    try {
      const pages = new Map<number, Page>();
      for (let round = 0; round < pairs; round += 1) {
        for (const cadence of cadences) {
          if (round % pairsPerSite === 0) {
            await pages.get(cadence)?.close();
            const page = await openSite(rig, world, `bench${cadence}n${round}`, script);
            await ask(page, world, cadence, round);
            pages.set(cadence, page);
          }
          const page = pages.get(cadence);
          if (page === undefined) throw new Error('There is no page to ask on.');
          measured[cadence].push(await ask(page, world, cadence, round));
        }
        progress(round + 1);
      }
    } finally {
      await rig.close();
    }
  } finally {
    await world.stop();
  }
  return measured;
}

/** Writes the time as text, at the cadence that the question names: the first at once. */
const stamps: AnswerSource = async ({ messages }, signal) => {
  const asked = Number(/every (\d+) ms/.exec(messages[0]?.text ?? '')?.[1]);
  const cadence = cadences.find((known) => known === asked);
  if (cadence === undefined) throw new Error('The question names no cadence.');
  return speak(cadence, signal);
};

async function* speak(cadence: (typeof cadences)[number], signal: AbortSignal) {
  for (let token = 0; token < tokens[cadence]; token += 1) {
    if (token > 0) await wait(cadence, undefined, { signal });
    yield `${performance.timeOrigin + performance.now()} `;
  }
}

/** A page whose site may pay without a card, with a wallet that signs at once. */
async function openSite(rig: RigBrowser, world: World, host: string, script: string): Promise<Page> {
  const page = await rig.browser.newPage();
  await installAsking(page);
  await page.evaluateOnNewDocument(world.walletScript);
  await page.goto(`http://${host}.localhost:8080/blank`);
  await page.addScriptTag({ content: script });
  await wishFromClick(page, '0.50');
  const approval = await rig.approvalPage();
  await press(approval, 'Allow up to $0.50 a day');
  await waitForClose(approval);
  await page.bringToFront();
  return page;
}

/** Both ways, each first in every other round. */
async function ask(
  page: Page,
  world: World,
  cadence: (typeof cadences)[number],
  round: number,
): Promise<Pair> {
  await page.bringToFront();
  const question = `Write the time every ${cadence} ms.`;
  const guarded = () => page.evaluate((words): Promise<Timing> => rigBench.askPaidChat(words), question);
  const key = { gatewayUrl: rigEndpoints.gateway, privateKey: world.payer.privateKey };
  const plain = () =>
    page.evaluate((way, words): Promise<Timing> => rigBench.askUnguarded(way, words), key, question);
  if (round % 2 === 0) {
    const paidChat = await guarded();
    return { paidChat, unguarded: await plain() };
  }
  const unguarded = await plain();
  return { unguarded, paidChat: await guarded() };
}
