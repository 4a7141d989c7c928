import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import type { PaidChat } from '../../src/inpage/types.ts';
import { bundleScript } from '../rig/bundle.ts';
import { useStage } from './fixture.ts';
import type { ledger } from './ledgerInPage.ts';

declare const paidChat: PaidChat;

declare global {
  interface Window {
    readonly rigLedger: { readonly ledger: typeof ledger };
  }
}

const stage = useStage();

/** A context of the extension's own with a ledger in it, over the browser's real databases. */
async function openContext(code: string): Promise<Page> {
  const page = await stage.rig.browser.newPage();
  await page.goto(`chrome-extension://${stage.rig.extensionId}/manifest.json`);
  await page.evaluate(`${code}; window.rigLedger = rigLedger;`);
  return page;
}

it('two backgrounds on one database: what the newer frees the older never gets signed, whenever it starts', async () => {
  // The extension's own background, starting meanwhile, would take over the newest database that it finds: ours.
  await (await stage.open('shop')).evaluate(() => paidChat.permission());
  const code = await bundleScript('../e2e/ledgerInPage.ts', 'rigLedger');
  const [older, newer] = [await openContext(code), await openContext(code)];
  const outcomes = new Set<string>();
  for (let round = 0; round < 60; round += 1) {
    const database = 1_000 + round;
    const id = await older.evaluate((on) => window.rigLedger.ledger.reserve(on), database);
    const delays = [round % 6, (round * 5) % 7] as const;
    const [asked] = await Promise.all([
      older.evaluate((on, name, ms) => window.rigLedger.ledger.sign(on, name, ms), database, id, delays[0]),
      newer.evaluate((on, ms) => window.rigLedger.ledger.boot(on, ms), database, delays[1]),
    ]);
    const found = await newer.evaluate((on, name) => window.rigLedger.ledger.look(on, name), database, id);
    outcomes.add(`${asked ? 'asked' : 'not asked'}, ${found.state}`);
    if (asked) expect(found).toEqual({ state: 'signing', used: '300000' });
    else expect(['released', 'signing']).toContain(found.state);
    // What is counted leaves no room for a second one, what was freed does; the older can buy nothing any more.
    const second = await newer.evaluate((on) => window.rigLedger.ledger.reserve(on), database);
    expect(second === 'no room').toBe(found.state === 'signing');
    const late = await older
      .evaluate((on) => window.rigLedger.ledger.reserve(on), database)
      .catch((error: unknown) => String(error));
    expect(late).toContain('was started anew');
  }
  // The schedules are able to show both ends of the race.
  expect([...outcomes]).toEqual(expect.arrayContaining(['asked, signing', 'not asked, released']));
});
