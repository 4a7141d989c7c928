/** Pictures of every state of every screen, light and dark, in every size: `npx tsx test/ui/screenshots.ts [word]`. */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { approvalStates } from './preview/approvalStates.ts';
import { openBrowser } from './preview/browser.ts';
import { optionsStates } from './preview/optionsStates.ts';
import { panelStates } from './preview/panelStates.ts';
import { popupStates } from './preview/popupStates.ts';
import { startPreviewSite } from './preview/site.ts';

const folder = fileURLToPath(new URL('../../.rig/screenshots/', import.meta.url));
const only = process.argv[2] ?? '';

/** What a state looks like after presses on these names. */
const opened = [
  { screen: 'approval', state: 'plain', presses: ['Change the amount a day'], width: 420, height: 640 },
  { screen: 'approval', state: 'plain', presses: ['More'], width: 420, height: 640 },
  {
    screen: 'approval',
    state: 'long-question',
    presses: ['ambient/large by Ambient JumpGate Details'],
    width: 420,
    height: 900,
  },
  { screen: 'approval', state: 'plain', presses: ['Pay once'], width: 420, height: 640 },
  {
    screen: 'popup',
    state: 'plain',
    presses: ['Change the limit for one day, now $0.50'],
    width: 380,
    height: 600,
  },
  { screen: 'panel', state: 'dear-quote', presses: ['Summarise this page', 'Send'], width: 360, height: 720 },
  {
    screen: 'panel',
    state: 'slow-quote',
    presses: ['Explain this page simply', 'Send'],
    width: 360,
    height: 720,
  },
  { screen: 'panel', state: 'plain', presses: ['Remove page text'], width: 360, height: 720 },
  {
    screen: 'options',
    state: 'plain',
    presses: ['Check Ambient JumpGate without paying'],
    width: 900,
    height: 1100,
  },
  { screen: 'popup', state: 'plain', presses: ['Allowed up to its limits'], width: 380, height: 600 },
  {
    screen: 'options',
    state: 'full',
    presses: ['Change what reader.example may do'],
    width: 1000,
    height: 1100,
  },
  {
    screen: 'popup',
    state: 'own-answerer',
    presses: ['Choose who answers reader.example'],
    width: 380,
    height: 760,
  },
  {
    screen: 'options',
    state: 'full',
    presses: ['Change what docs.example.org may do', 'Choose who answers docs.example.org'],
    width: 1000,
    height: 1300,
  },
  {
    screen: 'options',
    state: 'plain',
    presses: ['Add a gateway', 'Add this gateway'],
    width: 1000,
    height: 1500,
  },
  { screen: 'options', state: 'full', presses: ['Remove My gateway'], width: 1000, height: 1100 },
  {
    screen: 'options',
    state: 'full',
    presses: ['Change what docs.example.org may do', 'Forget this site'],
    width: 420,
    height: 2400,
  },
  { screen: 'options', state: 'full', presses: ['Change the test network'], width: 1000, height: 2000 },
  { screen: 'options', state: 'full', presses: ['Change the nodes of Base'], width: 420, height: 2400 },
] as const;

const screens = [
  {
    screen: 'approval',
    states: Object.keys(approvalStates),
    sizes: [
      { name: '420', width: 420, height: 640, whole: false },
      { name: '360', width: 360, height: 640, whole: true },
      { name: '1200', width: 1200, height: 800, whole: false },
    ],
  },
  {
    screen: 'popup',
    states: Object.keys(popupStates),
    sizes: [
      { name: '380', width: 380, height: 600, whole: true },
      { name: '1200', width: 1200, height: 800, whole: true },
    ],
  },
  {
    screen: 'options',
    states: Object.keys(optionsStates),
    sizes: [
      { name: '1200', width: 1200, height: 900, whole: true },
      { name: '420', width: 420, height: 800, whole: true },
    ],
  },
  {
    screen: 'panel',
    states: Object.keys(panelStates),
    sizes: [
      { name: '360', width: 360, height: 720, whole: false },
      { name: '1200', width: 1200, height: 800, whole: false },
    ],
  },
] as const;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

await mkdir(folder, { recursive: true });
const site = await startPreviewSite();
const browser = await openBrowser();
try {
  const page = await browser.newPage();
  let taken = 0;
  for (const { screen, states, sizes } of screens) {
    for (const state of states) {
      for (const theme of ['light', 'dark'] as const) {
        for (const { name, width, height, whole } of sizes) {
          const file = `${screen}-${state}-${name}-${theme}`;
          if (!file.includes(only)) continue;
          await page.setViewport({ width, height, deviceScaleFactor: 1 });
          await page.goto(site.url(screen, state, { theme }), { waitUntil: 'load' });
          await wait(950);
          await page.screenshot({ path: `${folder}${file}.png`, fullPage: whole });
          taken += 1;
        }
      }
    }
  }
  for (const { screen, state, presses, width, height } of opened) {
    for (const theme of ['light', 'dark'] as const) {
      const file = `${screen}-${state}-opened-${presses[0].split(/[ /]/).slice(0, 3).join('-')}-${theme}`;
      if (!file.includes(only)) continue;
      await page.setViewport({ width, height, deviceScaleFactor: 1 });
      await page.goto(site.url(screen, state, { theme }), { waitUntil: 'load' });
      await wait(950);
      for (const name of presses) await page.locator(`::-p-aria(${name})`).click();
      await wait(300);
      await page.screenshot({ path: `${folder}${file}.png` });
      taken += 1;
    }
  }
  process.stdout.write(`${taken} pictures in .rig/screenshots\n`);
} finally {
  await browser.close();
  await site.stop();
}
