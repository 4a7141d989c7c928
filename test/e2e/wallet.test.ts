import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import { en } from '../../src/ui/text/en.ts';
import { bundleWallet } from '../rig/bundle.ts';
import { askFromClick, setWalletMode, untilWalletAsked } from './asking.ts';
import { notPaid, paidOnce, useStage } from './fixture.ts';
import { picture } from './pictures.ts';
import { named, press, seenText, waitForClose, waitForText } from './press.ts';

const stage = useStage({ tokenDelayMs: 0 });
const question = 'Explain verifiable inference in one paragraph.';

describe("the page's wallet", () => {
  it('says no: the page is told so, and the amount stays counted until its signature could not be used', async () => {
    const page = await stage.open('rejects');
    const before = await stage.balances();
    await setWalletMode(page, 'reject');
    const { call, approval } = await stage.ask(page);
    await press(approval, 'Pay once');
    const { error } = await call.outcome();
    expect(error).toMatchObject({ name: 'PaidChatError', code: 4001, paid: 'no', phase: 'sign' });
    expect(error?.receiptId).toBeDefined();

    const popup = await stage.popup(page);
    await waitForText(popup, en.held.title);
    const shown = await seenText(popup);
    expect(shown).toMatch(
      /Not paid\. \$0\.004424 stays counted until about \d\d:\d\d, in case the page kept the signature\./,
    );
    await waitForText(popup, en.popup.usedHeld('$0.004424', '$0.004424'));
    await picture(popup, 'popup-rejected');
    expect(stage.requests().paid).toBe(0);
    expect(await stage.movedSince(before)).toEqual(notPaid);
  });

  it('never answers: the person stops it in the popup, and it stays counted', async () => {
    const page = await stage.open('hangs');
    const before = await stage.balances();
    await setWalletMode(page, 'hang');
    const { call, approval } = await stage.ask(page);
    await press(approval, 'Pay once');
    await waitForClose(approval);
    await untilWalletAsked(page, 'eth_signTypedData_v4');
    const popup = await stage.popup(page);
    await waitForText(popup, en.popup.stage.wallet);
    await press(popup, en.popup.stopNamed(question));
    expect((await call.outcome()).error).toMatchObject({ code: 4924, paid: 'unknown' });
    await waitForText(popup, 'Your wallet has not answered. $0.004424 stays counted until about');
    expect(stage.requests().paid).toBe(0);
    expect(await stage.movedSince(before)).toEqual(notPaid);
  });

  it('asks its person in the page, to connect and to sign what the card has announced', async () => {
    const script = await walletScript({ mode: 'ask', connected: false });
    const page = await stage.open('asks', '/?wallet=none', { script });
    const before = await stage.balances();
    const { call, approval } = await stage.ask(page);
    await named(approval, 'button', 'Pay once');
    const announced = /to (0x\w{4}…\w{4}), value (\d+)/.exec(await seenText(approval));
    await press(approval, 'Pay once');

    await press(page, 'Connect');
    await named(page, 'button', 'Sign');
    const shown = await walletDialog(page);
    expect(shown['Message']).toBe('TransferWithAuthorization');
    expect(shown['Network']).toBe('Base (8453)');
    expect(shown['Value']).toBe('4424 (= 0.004424 USDC)');
    expect(shown['To']).toBe(stage.world.payee.address);
    expect(announced?.[2]).toBe('4424');
    const [start = '', end = ''] = announced?.[1]?.split('…') ?? [];
    expect(shown['To']?.startsWith(start)).toBe(true);
    expect(shown['To']?.endsWith(end)).toBe(true);
    await press(page, 'Sign');
    expect((await call.outcome()).receipt?.status).toBe('settled');
    expect(await stage.movedSince(before)).toEqual(paidOnce);
  });

  it('does not connect: nothing is paid and nothing stays counted', async () => {
    const script = await walletScript({ mode: 'reject', connected: false });
    const page = await stage.open('refuses', '/?wallet=none', { script });
    const { call, approval } = await stage.ask(page);
    await press(approval, 'Pay once');
    expect((await call.outcome()).error).toMatchObject({ code: 4001, paid: 'no', phase: 'sign' });
    const popup = await stage.popup(page);
    await named(popup, 'button', 'Change the limit for one day, now $0.50');
    await waitForText(popup, `$0.50 ${en.popup.leftOf('$0.50')}`);
  });

  it('is on another chain: it is asked to switch to Base before it signs', async () => {
    const script = await walletScript({ startChainId: 1 });
    const page = await stage.open('chains', '/?wallet=none', { script });
    const before = await stage.balances();
    const { call, approval } = await stage.ask(page);
    await press(approval, 'Pay once');
    expect((await call.outcome()).receipt?.status).toBe('settled');
    const asked = await page.evaluate(() => window.testWalletAsks);
    expect(asked.filter((method) => method !== 'eth_chainId')).toEqual([
      // What it shows already, for the card: no window opens.
      'eth_accounts',
      'eth_requestAccounts',
      'wallet_switchEthereumChain',
      'eth_signTypedData_v4',
    ]);
    expect(await stage.movedSince(before)).toEqual(paidOnce);
  });

  it('does not know Base: it is offered the chain, then used', async () => {
    const script = await walletScript({ startChainId: 1, knownChainIds: [1] });
    const page = await stage.open('unknown', '/?wallet=none', { script });
    const before = await stage.balances();
    const { call, approval } = await stage.ask(page);
    await press(approval, 'Pay once');
    expect((await call.outcome()).receipt?.status).toBe('settled');
    expect(await page.evaluate(() => window.testWalletAsks)).toContain('wallet_addEthereumChain');
    expect(await stage.movedSince(before)).toEqual(paidOnce);
  });

  it('is not there: the page learns that before any card', async () => {
    const page = await stage.open('none', '/?wallet=none');
    const call = await askFromClick(page);
    expect((await call.outcome()).error).toMatchObject({ code: 4901, paid: 'no', phase: 'approve' });
    expect(stage.approvalsSeen()).toBe(0);
    expect(stage.requests().all).toBe(0);
  });

  it('is one of two: the person chooses on the card, and the choice is kept for the site', async () => {
    const script = `${decoyWallet}\n${await walletScript({})}`;
    const page = await stage.open('two', '/?wallet=none', { script });
    const before = await stage.balances();
    const { call, approval } = await stage.ask(page);
    await named(approval, 'button', 'Pay once');
    expect(await isChosen(approval, 'Decoy Wallet')).toBe(true);
    await press(approval, 'Rig Wallet', 'radio');
    expect(await isChosen(approval, 'Rig Wallet')).toBe(true);
    await press(approval, 'Pay once');
    expect((await call.outcome()).receipt?.status).toBe('settled');
    expect(await stage.movedSince(before)).toEqual(paidOnce);

    const again = await stage.ask(await stage.open('two', '/?wallet=none', { script }));
    await named(again.approval, 'button', 'Pay once');
    expect(await isChosen(again.approval, 'Rig Wallet')).toBe(true);
    await named(again.approval, 'radio', 'Decoy Wallet');
    await picture(again.approval, 'approval-two-wallets');
  });
});

/** Announces itself first, as EIP-6963 says, and signs nothing. */
const decoyWallet = `{
  const info = { uuid: 'decoy', name: 'Decoy Wallet', rdns: 'example.decoy', icon: '' };
  const provider = { request: () => Promise.reject({ code: 4001, message: 'User rejected the request.' }) };
  const announce = () =>
    window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: { info, provider } }));
  window.addEventListener('eip6963:requestProvider', announce);
  announce();
}`;

/** Whether the card has chosen the wallet of this name. */
async function isChosen(approval: Page, wallet: string): Promise<boolean> {
  const radio = await named(approval, 'radio', wallet);
  return radio.evaluate((input) => input instanceof HTMLInputElement && input.checked);
}

function walletScript(options: Omit<Parameters<typeof bundleWallet>[0], 'privateKey'>): Promise<string> {
  return bundleWallet({ privateKey: stage.world.payer.privateKey, ...options });
}

/** What the wallet's dialog in the page says, line by line. Its shadow root is closed to the page. */
async function walletDialog(page: Page): Promise<Record<string, string>> {
  const sign = await named(page, 'button', 'Sign');
  return sign.evaluate((button) => {
    const terms = [...(button.closest('dialog')?.querySelectorAll('dt') ?? [])];
    return Object.fromEntries(
      terms.map((term) => [term.textContent ?? '', term.nextElementSibling?.textContent ?? '']),
    );
  });
}
