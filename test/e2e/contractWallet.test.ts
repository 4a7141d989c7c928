import { getAddress } from 'viem';
import type { Page } from 'puppeteer-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { walletFailures } from '../../src/core/walletFailures.ts';
import { en } from '../../src/ui/text/en.ts';
import { bundleWallet } from '../rig/bundle.ts';
import { deployContractWallet } from '../rig/contractWallet.ts';
import { people } from '../rig/keys.ts';
import type { ContractAccount } from '../rig/wallet/options.ts';
import { askFromClick } from './asking.ts';
import { documentedPrice, useStage } from './fixture.ts';
import { picture } from './pictures.ts';
import { press, seenText, waitForText } from './press.ts';

const stage = useStage({ tokenDelayMs: 0, baseNode: true });
const words = en.popup;
const account = getAddress('0x00000000000000000000000000000000c0117ac7');
const ofAnother = getAddress('0x00000000000000000000000000000000c0117ac8');
const undeployed = getAddress('0x00000000000000000000000000000000c0117ac9');

beforeAll(async () => {
  const { chain } = stage.world;
  await deployContractWallet(chain.rpcUrl, account, people.payer);
  await deployContractWallet(chain.rpcUrl, ofAnother, people.owner);
  for (const each of [account, ofAnother, undeployed]) await chain.mint(each, 1_000_000n);
});

describe("a contract's account in the page's wallet", () => {
  it('pays: our node says that the contract takes the signature, and so does USDC', async () => {
    const { chain, payee } = stage.world;
    const page = await openWith('pays', { address: account, isDeployed: true });
    const [mine, theirs] = [await chain.balanceOf(account), await chain.balanceOf(payee.address)];
    const { call, approval } = await stage.ask(page);
    await press(approval, 'Pay once');
    const { text, receipt, error } = await call.outcome();
    expect(error).toBeUndefined();
    expect(text).toContain('Verifiable inference');
    expect(receipt).toMatchObject({ status: 'settled', network: 'eip155:8453' });
    expect(await chain.balanceOf(account)).toBe(mine - documentedPrice);
    expect(await chain.balanceOf(payee.address)).toBe(theirs + documentedPrice);
  });

  it('is not deployed: the page and its person are told so in one sentence, and nothing is sent', async () => {
    const page = await openWith('undeployed', { address: undeployed, isDeployed: false });
    const { message, popup } = await refused(page, undeployed);
    expect(message).toBe(walletFailures.walletUndeployed.text);
    await waitForText(popup, walletFailures.walletUndeployed.text);
    await waitForText(popup, 'Nothing was sent; $0.004424 stays counted until about');
    expect(await seenText(popup)).not.toContain(words.modeText.blocked);
    await picture(popup, 'popup-undeployed');
  });

  it('is another key’s: its contract says no, the amount is held, the site blocked and nothing sent', async () => {
    const page = await openWith('another', { address: ofAnother, isDeployed: true });
    const { message, popup } = await refused(page, ofAnother);
    expect(message).toBe(walletFailures.walletMismatch.text);
    await waitForText(popup, words.modeText.blocked);
    await waitForText(popup, 'Nothing was sent; $0.004424 stays counted until about');
    await picture(popup, 'popup-contract-says-no');

    const again = await askFromClick(page);
    expect((await again.outcome()).error).toMatchObject({ code: 4100, paid: 'no' });
    expect(stage.requests().paid).toBe(0);
  });
});

async function openWith(host: string, contract: ContractAccount): Promise<Page> {
  const script = await bundleWallet({ privateKey: stage.world.payer.privateKey, contract });
  return stage.open(host, '/?wallet=none', { script });
}

/** Asks and agrees: the wallet signs, and its account cannot be paid from. @returns what page and person are told */
async function refused(page: Page, from: `0x${string}`): Promise<{ message?: string; popup: Page }> {
  const { chain } = stage.world;
  const before = await chain.balanceOf(from);
  const { call, approval } = await stage.ask(page);
  await press(approval, 'Pay once');
  const { error } = await call.outcome();
  expect(error).toMatchObject({ paid: 'unknown', phase: 'sign' });
  expect(await page.evaluate(() => window.testWalletAsks)).toContain('eth_signTypedData_v4');
  const popup = await stage.popup(page);
  await waitForText(popup, en.held.title);
  expect(stage.requests().paid).toBe(0);
  expect(await chain.balanceOf(from)).toBe(before);
  return { popup, ...(error?.message !== undefined && { message: error.message }) };
}
