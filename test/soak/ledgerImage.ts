import type { Page } from 'puppeteer-core';

/** A payment as the soak compares it: what of its row money depends on. */
export interface Row {
  readonly id: string;
  readonly site: string;
  readonly state: 'reserved' | 'signing' | 'signed' | 'sent' | 'settled' | 'released';
  readonly amount: bigint;
  readonly payTo: string;
  readonly order: number;
  /** Its nonce on Base, its memo on Solana: what tells its transfer from all others. */
  readonly mark?: string;
  readonly transaction?: string;
  readonly releasedReason?: string;
}

/** A one-time raise. */
export interface Raise {
  readonly id: string;
  readonly site: string;
  readonly amount: bigint;
  /** The payment that used it. */
  readonly usedBy?: string;
}

/** The extension's own record of payments at one moment. */
export interface LedgerImage {
  readonly rows: readonly Row[];
  readonly raises: readonly Raise[];
  /** Settled sums by scope, as the extension keeps them beside the rows. */
  readonly settledSums: ReadonlyMap<string, bigint>;
}

/** No payment yet. */
export const emptyImage: LedgerImage = { rows: [], raises: [], settledSums: new Map() };

/** What the stores hold, as far as the soak reads it. */
interface StoredPayment extends Omit<Row, 'amount' | 'mark'> {
  readonly amount: string;
  readonly authorization?: { readonly nonce: string } | { readonly kind: 'svm'; readonly memo: string };
}
interface Stored {
  readonly payments: readonly StoredPayment[];
  readonly overrides: readonly (Omit<Raise, 'amount'> & { readonly amount: string })[];
  readonly counters: readonly { readonly scope: string; readonly unit: string; readonly sum: string }[];
}

const stores = ['payments', 'overrides', 'counters'] as const;

/** Reads the extension's database past its background, from a page of the extension's own. */
export async function readLedgerImage(page: Page): Promise<LedgerImage> {
  // Everything is written in place: what a bundler names would be unknown in the page.
  const stored = await page.evaluate(async (names): Promise<unknown[][] | undefined> => {
    // To open one that is not there would make an empty one.
    if (!(await indexedDB.databases()).some(({ name }) => name === 'paidchat')) return undefined;
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('paidchat');
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(request.error ?? new Error('It cannot be opened.')));
    });
    try {
      const tx = database.transaction(names, 'readonly');
      return await Promise.all(
        names.map(
          (name) =>
            new Promise<unknown[]>((resolve, reject) => {
              const request = tx.objectStore(name).getAll();
              request.addEventListener('success', () => resolve(request.result));
              request.addEventListener('error', () => reject(request.error ?? new Error(name)));
            }),
        ),
      );
    } finally {
      database.close();
    }
  }, stores);
  if (stored === undefined) return emptyImage;
  const [payments = [], overrides = [], counters = []] = stored;
  return imageOf({ payments, overrides, counters } as unknown as Stored);
}

function imageOf({ payments, overrides, counters }: Stored): LedgerImage {
  const settledSums = new Map<string, bigint>();
  for (const { scope, unit, sum } of counters)
    if (unit === 'day') settledSums.set(scope, (settledSums.get(scope) ?? 0n) + BigInt(sum));
  return {
    rows: payments.map(({ amount, authorization, ...row }) => ({
      ...row,
      amount: BigInt(amount),
      ...(authorization === undefined
        ? {}
        : { mark: 'memo' in authorization ? authorization.memo : authorization.nonce }),
    })),
    raises: overrides.map(({ amount, ...raise }) => ({ ...raise, amount: BigInt(amount) })),
    settledSums,
  };
}
