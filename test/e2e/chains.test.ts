import { solanaUsdc } from '../../src/core/assets.ts';
import { formatUsdc, microUsdc } from '../../src/core/money.ts';
import { expect, it } from 'vitest';
import { solanaAddresses } from '../rig/solana/keys.ts';
import { documentedPrice, notPaid, paidOnce, useStage } from './fixture.ts';
import { picture } from './pictures.ts';
import { named, press, seenText, waitForText } from './press.ts';

const stage = useStage({ solana: true });

function chain() {
  const { solana } = stage.world;
  if (!solana) throw new Error('The world has no Solana.');
  return solana;
}

/** What the person has on both chains, in micro-USDC. */
async function purse() {
  const { payer: base } = await stage.balances();
  return { base, solana: await chain().balanceOf(solanaAddresses.payer) };
}

const shown = (amount: bigint) => `you have ${formatUsdc(microUsdc(amount))} USDC`;
const openShop = () => stage.open('shop', '/blank', { script: stage.world.walletScript });

it('pays on the chain that the person chooses on the card, and on that one the next time', async () => {
  const page = await openShop();
  const first = await purse();
  const { call, approval } = await stage.ask(page);
  // Both wallets of the page are connected: Solana comes first, and both balances are there.
  await waitForText(approval, '0.004424 USDC on Solana');
  await waitForText(approval, shown(first.base));
  await waitForText(approval, shown(first.solana));
  await picture(approval, 'chains');
  const before = await stage.balances();
  await press(approval, 'Base', 'radio');
  await waitForText(approval, '0.004424 USDC on Base');
  await waitForText(approval, 'TransferWithAuthorization');
  await press(approval, 'Pay once');
  expect(await call.outcome()).toMatchObject({ receipt: { status: 'settled', network: 'eip155:8453' } });
  expect(await stage.movedSince(before)).toEqual(paidOnce);

  const again = await stage.ask(page);
  await waitForText(again.approval, '0.004424 USDC on Base');
  const base = await named(again.approval, 'radio', 'Base');
  expect(await base.evaluate((input) => (input as HTMLInputElement).checked)).toBe(true);
  const between = await purse();
  await waitForText(again.approval, shown(between.base));
  const beforeSolana = await stage.balances();
  await press(again.approval, 'Solana', 'radio');
  await waitForText(again.approval, 'a transaction that sends 0.004424 USDC');
  await press(again.approval, 'Pay once');
  expect(await again.call.outcome()).toMatchObject({
    receipt: { status: 'settled', network: solanaUsdc.network },
  });
  expect(await stage.movedSince(beforeSolana)).toEqual(notPaid);
  const last = await purse();
  expect(between.solana - last.solana).toBe(documentedPrice);
  console.log(
    `micro-USDC: Base ${first.base} → ${between.base} → ${last.base}, Solana ${first.solana} → ${between.solana} → ${last.solana}`,
  );

  const popup = await stage.popup(page);
  await waitForText(popup, 'Recent payments');
  const links = await popup.$$eval('a', (found) => found.map(({ href }) => href));
  expect(links.some((href) => href.startsWith('https://solscan.io/tx/'))).toBe(true);
  expect(links.some((href) => href.startsWith('https://basescan.org/tx/0x'))).toBe(true);
});

it('says nothing of what the wallets have to the page', async () => {
  const page = await openShop();
  const { base, solana } = await purse();
  const { call, approval } = await stage.ask(page);
  await waitForText(approval, shown(base));
  await press(approval, "Don't allow");
  const said = JSON.stringify(await call.outcome());
  for (const amount of [base, solana]) {
    expect(said).not.toContain(String(amount));
    expect(said).not.toContain(formatUsdc(microUsdc(amount)));
  }
  expect(await seenText(page)).not.toContain('USDC');
});
