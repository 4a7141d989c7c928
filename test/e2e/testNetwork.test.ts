import { expect, it } from 'vitest';
import { en } from '../../src/ui/text/en.ts';
import { usdcAddress } from '../rig/usdc.ts';
import { documentedExample as question } from './asking.ts';
import { notPaid, paidOnce, useStage } from './fixture.ts';
import { picture } from './pictures.ts';
import { fill, named, press, seenText, waitForText } from './press.ts';

const chainId = 31_337;
const stage = useStage({ tokenDelayMs: 0, chainId });
const words = en.options.developer;

it('pays test USDC on a developer’s own chain once it is set up, and never before', async () => {
  const page = await stage.open('developer');
  const before = await stage.balances();
  const unknown = await page.evaluate((request) => window.testAsk(request), question);
  expect(unknown.error).toMatchObject({ code: 4925, paid: 'no' });
  expect(stage.approvalsSeen()).toBe(0);
  expect(await stage.movedSince(before)).toEqual(notPaid);

  const options = await stage.rig.browser.newPage();
  await options.goto(`chrome-extension://${stage.rig.extensionId}/options.html`);
  await (await named(options, 'switch', words.mode)).click();
  await press(options, words.add);
  await fill(options, words.name, 'My chain');
  await fill(options, words.chainId, String(chainId));
  await fill(options, words.asset, usdcAddress);
  await fill(options, words.domainName, 'USD Coin');
  await fill(options, words.domainVersion, '2');
  await fill(options, words.rpcUrl, stage.world.chain.rpcUrl);
  await press(options, words.save);
  await waitForText(options, words.summary('My chain', chainId));

  const { call, approval } = await stage.ask(page);
  await named(approval, 'button', 'Pay once');
  const shown = await seenText(approval);
  expect(shown).toContain('My chain');
  expect(shown.toLowerCase()).toContain('test');
  await picture(approval, 'approval-test-network');
  await press(approval, 'Pay once');
  expect((await call.outcome()).receipt).toMatchObject({ network: `eip155:${chainId}`, status: 'settled' });
  expect(await page.evaluate(() => window.testWalletAsks)).toContain('wallet_addEthereumChain');
  expect(await stage.movedSince(before)).toEqual(paidOnce);

  await options.bringToFront();
  await (await named(options, 'switch', words.mode)).click();
  const off = await page.evaluate((request) => window.testAsk(request), question);
  expect(off.error).toMatchObject({ code: 4925, paid: 'no' });
  expect(await stage.movedSince(before)).toEqual(paidOnce);
});
