import type { Page } from 'puppeteer-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleScript } from '../rig/bundle.ts';
import type { FaultName } from '../rig/faults.ts';
import type { ask } from '../rig/sdks/all.ts';
import type { Scenario, SdkResult } from '../rig/sdks/scenario.ts';
import { wishFromClick } from './asking.ts';
import { firstWords, paidOnce, useStage } from './fixture.ts';
import { press, waitForClose } from './press.ts';

declare const sdks: { ask: typeof ask };

const stage = useStage();

const cases = [
  ['openai', 'openai'],
  ['ai, @ai-sdk/openai-compatible', 'aisdk'],
  ['@langchain/openai', 'langchain'],
] as const;
type Sdk = (typeof cases)[number][0];

describe.each(cases)('%s over paidChat.fetch, with its own retries', (sdk, host) => {
  let page: Page;

  beforeAll(async () => {
    await allow(host);
  });

  /** Runs it in a page of its own, and shows that exactly one payment came of it. */
  const paysOnce = async (scenario: Scenario, fault?: FaultName): Promise<SdkResult> => {
    page = await stage.open(host);
    await page.addScriptTag({ content: await bundledSdks() });
    const block = await stage.world.chain.blockNumber();
    const before = await stage.balances();
    if (fault !== undefined) stage.world.gateway.faults.next(fault);
    const result = await page.evaluate((name: Sdk, what: Scenario) => sdks.ask[name](what), sdk, scenario);
    expect(await stage.world.chain.transfersSince(block), JSON.stringify(result)).toHaveLength(1);
    expect(await stage.movedSince(before)).toEqual(paidOnce);
    return result;
  };

  it('streams an answer', async () => {
    const { text, error } = await paysOnce('stream');
    expect(error).toBeUndefined();
    expect(text).toMatch(new RegExp(`^${firstWords}.*on your own machine\\.\\)$`, 's'));
  });

  it('gets a whole answer', async () => {
    const { text, error } = await paysOnce('json');
    expect(error).toBeUndefined();
    expect(text).toMatch(new RegExp(`^${firstWords}.*on your own machine\\.\\)$`, 's'));
  });

  it('gets the function that the model wants called', async () => {
    const { call, error } = await paysOnce('tools');
    expect(error).toBeUndefined();
    expect(call).toEqual({
      name: 'look_up',
      args: JSON.stringify({ question: 'Explain verifiable inference in one paragraph.' }),
    });
  });

  it('stops when the page does, and does not ask again', async () => {
    const { text } = await paysOnce('abort');
    expect(text).toContain('Verifiable inference');
    expect(text).not.toContain('on your own machine');
  });

  it.each(['dropAfterSettle', 'error500AfterPaying'] as const)(
    'is told once that the payment is unknown after %s, and does not pay again',
    async (fault) => {
      const { error } = await paysOnce('json', fault);
      expect(error).toMatchObject({ status: 402 });
      expect(stage.requests().paid).toBeGreaterThanOrEqual(1);
    },
  );
});

let bundled: Promise<string> | undefined;

function bundledSdks(): Promise<string> {
  bundled ??= bundleScript('sdks/all.ts', 'sdks');
  return bundled;
}

/** Lets a site pay by itself. */
async function allow(host: string): Promise<void> {
  const page = await stage.open(host);
  const approval = await stage.approvalFrom(() => wishFromClick(page, '0.50'));
  await press(approval, 'Allow up to $0.50 a day');
  await waitForClose(approval);
  await page.close();
}
