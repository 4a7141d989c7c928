import type { Page } from 'puppeteer-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleScript } from '../rig/bundle.ts';
import type { FaultName } from '../rig/faults.ts';
import type { ask, askImpatiently } from '../rig/sdks/all.ts';
import type { Scenario, SdkResult } from '../rig/sdks/scenario.ts';
import { firstWords, paidOnce, useStage } from './fixture.ts';

declare const sdks: { ask: typeof ask; askImpatiently: typeof askImpatiently };

const stage = useStage();

const cases = [
  ['openai', 'openai'],
  ['ai, @ai-sdk/openai-compatible', 'aisdk'],
  ['@langchain/openai', 'langchain'],
] as const;
type Sdk = (typeof cases)[number][0];

describe.each(cases)('%s over paidChat.fetch, with its own retries', (sdk, host) => {
  beforeAll(async () => {
    await stage.allow(host);
  });

  /** Runs it in a page of its own, and shows that exactly one payment came of it. */
  const paysOnce = async (scenario: Scenario, fault?: FaultName): Promise<SdkResult> => {
    const page = await openWithSdks(host);
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

describe('an SDK that waits less long than an answer takes', () => {
  it('gets the one answer by repeating, and pays once', async () => {
    await stage.allow('impatient');
    const page = await openWithSdks('impatient');
    const block = await stage.world.chain.blockNumber();
    stage.world.gateway.faults.next('slowHeaders', { ms: 4_000 });
    const result = await page.evaluate((ms) => sdks.askImpatiently(ms), 1_500);
    expect(result.error).toBeUndefined();
    expect(result.text).toContain(firstWords);
    expect(await stage.world.chain.transfersSince(block)).toHaveLength(1);
    expect(stage.requests().paid).toBe(1);
  });
});

let bundled: Promise<string> | undefined;

function bundledSdks(): Promise<string> {
  bundled ??= bundleScript('sdks/all.ts', 'sdks');
  return bundled;
}

async function openWithSdks(host: string): Promise<Page> {
  const page = await stage.open(host);
  await page.addScriptTag({ content: await bundledSdks() });
  return page;
}
