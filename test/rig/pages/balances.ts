import { find } from './find.ts';

/** What `GET /rig/balances` answers: USDC with six decimals. */
export interface Balances {
  readonly payer: { readonly address: string; readonly usdc: string };
  readonly payee: { readonly address: string; readonly usdc: string };
}

let first: Balances | undefined;

/** Shows both balances, and how far they moved since the page was opened. */
export async function showBalances(): Promise<void> {
  const response = await fetch('/rig/balances');
  const now: Balances = JSON.parse(await response.text());
  first ??= now;
  for (const who of ['payer', 'payee'] as const) {
    const line = find(who, HTMLElement);
    const [amount, moved] = line.children;
    if (amount !== undefined) amount.textContent = now[who].usdc;
    if (moved !== undefined) moved.textContent = difference(first[who].usdc, now[who].usdc);
    line.title = now[who].address;
  }
}

function difference(before: string, after: string): string {
  const micro = BigInt(after.replace('.', '')) - BigInt(before.replace('.', ''));
  if (micro === 0n) return '';
  const digits = String(micro < 0n ? -micro : micro).padStart(7, '0');
  return `${micro < 0n ? '−' : '+'}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
