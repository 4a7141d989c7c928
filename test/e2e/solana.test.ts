import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import { solanaAddresses } from '../rig/solana/keys.ts';
import { editEvent, modeEvent } from '../rig/wallet/options.ts';
import type { SolanaEdit, WalletMode } from '../rig/wallet/options.ts';
import { documentedPrice, useStage } from './fixture.ts';
import { press } from './press.ts';

const stage = useStage({ solana: true });
const { payer, payee } = solanaAddresses;

function chain() {
  const { solana } = stage.world;
  if (!solana) throw new Error('The world has no Solana.');
  return solana;
}

async function balances() {
  return { payer: await chain().balanceOf(payer), payee: await chain().balanceOf(payee) };
}

async function movedSince(before: Awaited<ReturnType<typeof balances>>) {
  const now = await balances();
  return { payer: now.payer - before.payer, payee: now.payee - before.payee };
}

const openShop = () => stage.open('shop', '/blank', { script: stage.world.walletScript });
const manners = (page: Page, mode: WalletMode, edit: SolanaEdit = {}) =>
  page.evaluate(
    (names, values) => {
      window.dispatchEvent(new CustomEvent(names[0], { detail: values[0] }));
      window.dispatchEvent(new CustomEvent(names[1], { detail: values[1] }));
    },
    [modeEvent, editEvent] as const,
    [mode, edit] as const,
  );

it.each([0, 2])('pays on Solana from the card, with %i guards that the wallet adds', async (lighthouse) => {
  const page = await openShop();
  await manners(page, 'sign', { lighthouse });
  const before = await balances();
  const base = await stage.balances();
  const { call, approval } = await stage.ask(page);
  expect(await approval.$eval('body', (body) => body.textContent)).toContain('Solana');
  await press(approval, 'Pay once');
  const { text, receipt, error } = await call.outcome();
  expect(error).toBeUndefined();
  expect(text).toContain('Verifiable inference');
  expect(receipt).toMatchObject({ status: 'settled' });
  const after = await balances();
  console.log(
    `Solana, micro-USDC: payer ${before.payer} → ${after.payer}, payee ${before.payee} → ${after.payee}`,
  );
  expect(await movedSince(before)).toEqual({ payer: -documentedPrice, payee: documentedPrice });
  expect(await stage.movedSince(base)).toEqual({ payer: 0n, payee: 0n });
});
