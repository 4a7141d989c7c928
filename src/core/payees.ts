/** What is known of the addresses that a gateway is paid at on one network. */
export interface Payees {
  /** Pinned, in the order of their pinning. */
  readonly payTo: readonly string[];
  /** Payments since the last one to an address that was not pinned before; absent while it never changed. */
  readonly paidSinceChange?: number;
  /** The gateway's https origin, where the person trusts every address that it names. */
  readonly trustedOrigin?: string;
}

/** An address that the gateway was not paid at before: the person is asked, whatever else is allowed. */
export interface NewPayee {
  readonly payTo: string;
  readonly pinned: readonly string[];
  /** There is room to pin it too. */
  readonly canAdd: boolean;
  /** What can be trusted in the place of single addresses, where they change often. */
  readonly trustable?: string;
}

/** What the person lets a new address be from now on. */
export type PayeeTrust = 'address' | 'origin';

/** So many addresses of one gateway are pinned at most. */
export const maxPayees = 5;

/** A second change within so many payments: the gateway changes its address by habit. */
const habitPayments = 10;

/**
 * Whether this address may be paid without the person's having seen it. The first one ever is pinned by its payment.
 *
 * @param baseUrl the gateway's
 * @returns undefined where it may
 */
export function judgePayee(payees: Payees, payTo: string, baseUrl: string): NewPayee | undefined {
  const { payTo: pinned, paidSinceChange, trustedOrigin } = payees;
  if (pinned.length === 0 || pinned.some((known) => sameAddress(known, payTo))) return undefined;
  const origin = httpsOriginOf(baseUrl);
  if (origin !== undefined && origin === trustedOrigin) return undefined;
  const changesOften = paidSinceChange !== undefined && paidSinceChange < habitPayments;
  return {
    payTo,
    pinned,
    canAdd: pinned.length < maxPayees,
    ...(changesOften && origin !== undefined ? { trustable: origin } : {}),
  };
}

/** What is known after a payment to this address was signed: the first is pinned, any other only counts. */
export function afterPaying(payees: Payees, payTo: string): Payees {
  const { payTo: pinned, paidSinceChange } = payees;
  if (pinned.length === 0) return { ...payees, payTo: [payTo] };
  if (!pinned.some((known) => sameAddress(known, payTo))) return { ...payees, paidSinceChange: 0 };
  return paidSinceChange === undefined ? payees : { ...payees, paidSinceChange: paidSinceChange + 1 };
}

/** What is known after the person has let a new address be paid from now on; full is full. */
export function afterTrusting(payees: Payees, payTo: string, origin: string, trust: PayeeTrust): Payees {
  const { payTo: pinned } = payees;
  const changed = { ...payees, paidSinceChange: 0 };
  if (trust === 'origin') return { ...changed, trustedOrigin: origin };
  if (pinned.length >= maxPayees || pinned.some((known) => sameAddress(known, payTo))) return payees;
  return { ...changed, payTo: [...pinned, payTo] };
}

/** Hex addresses come with and without a checksum's capitals; others mean something by theirs. */
function sameAddress(a: string, b: string): boolean {
  return a === b || (a.startsWith('0x') && a.toLowerCase() === b.toLowerCase());
}

function httpsOriginOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, origin } = new URL(url);
  return protocol === 'https:' ? origin : undefined;
}
