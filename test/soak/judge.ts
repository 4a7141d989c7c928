import { panelSite } from '../../src/core/site.ts';
import type { Charge } from './charges.ts';
import { raisedBy, sum } from './history.ts';
import type { Caps } from './history.ts';
import type { LedgerImage, Row } from './ledgerImage.ts';
import type { Outcome } from './page.ts';

/** What a page was told at the end of a question. */
export interface Told {
  readonly question: string;
  readonly outcome: Outcome;
}

/** A message that a wallet was asked to sign or a gateway got signed: whose it is, by what was seen outside. */
export interface Origin {
  readonly site: string;
  readonly question: string;
  /** Whether its signature was kept from PaidChat and handed to the chain by somebody else. */
  readonly stolen: boolean;
}

/** All that a soak knows when it is over and blocks have passed. */
export interface Evidence {
  /** What left the payer, by the chains' own records. */
  readonly charges: readonly Charge[];
  /** By mark or memo. */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly ledger: LedgerImage;
  readonly caps: Caps;
  readonly told: readonly Told[];
}

/** Compares the ledger with the chain, and both with what pages were told. @returns the broken promises */
export function judge(evidence: Evidence): readonly string[] {
  return [
    ...unknownCharges(evidence),
    ...unfinished(evidence.ledger),
    ...wrongEnds(evidence),
    ...overspent(evidence),
    ...wrongSums(evidence.ledger),
    ...lies(evidence),
  ];
}

/** Nothing is charged that the ledger does not know, with its amount and payee. */
function unknownCharges({ charges, ledger }: Evidence): string[] {
  const rows = rowsByMark(ledger);
  return charges.flatMap(({ mark, value, to, transaction }) => {
    const row = mark === undefined ? undefined : rows.get(mark);
    if (row === undefined) return [`${transaction} charged ${value} that the ledger does not know`];
    if (row.amount !== value || row.payTo.toLowerCase() !== to.toLowerCase())
      return [`${transaction} charged ${value} to ${to}, and payment ${row.id} says otherwise`];
    return [];
  });
}

/** Every row ends. */
function unfinished({ rows }: LedgerImage): string[] {
  return rows
    .filter(({ state }) => state !== 'settled' && state !== 'released')
    .map(({ id, site, state }) => `payment ${id} of ${site} is still ${state}`);
}

/** What the ledger calls settled was charged, and what it gave back was not. */
function wrongEnds({ charges, ledger }: Evidence): string[] {
  const charged = new Map(charges.map((charge) => [charge.mark, charge]));
  return ledger.rows.flatMap(({ id, state, mark, transaction }) => {
    const charge = mark === undefined ? undefined : charged.get(mark);
    if (state === 'settled' && charge === undefined) return [`payment ${id} is settled and was not charged`];
    if (state === 'released' && charge !== undefined)
      return [`payment ${id} was given back and was charged in ${charge.transaction}`];
    if (transaction !== undefined && charge !== undefined && charge.transaction !== transaction)
      return [`payment ${id} names ${transaction} and was charged in ${charge.transaction}`];
    return [];
  });
}

/** What left the wallet stays within each limit and the recorded raises: by the chain's logs, not by the ledger. */
function overspent({ charges, origins, ledger, caps }: Evidence): string[] {
  const raised = raisedBy(ledger);
  const rows = rowsByMark(ledger);
  const broken: string[] = [];
  const raiseOf = ({ mark }: Charge) => raised.get(rows.get(mark ?? '')?.id ?? '') ?? 0n;
  const siteOf = ({ mark }: Charge) => origins.get(mark ?? '')?.site;
  const hold = (name: string, some: readonly Charge[], cap: bigint) => {
    const out = sum(some.map(({ value }) => value));
    const room = cap + sum(some.map(raiseOf));
    if (out > room) broken.push(`${name} was charged ${out}, and its limit and raises are ${room}`);
  };
  for (const charge of charges)
    if (siteOf(charge) === undefined) broken.push(`${charge.transaction} belongs to no site`);
  for (const [site, cap] of [...caps.sites, [panelSite, caps.panel] as const])
    hold(
      site,
      charges.filter((charge) => siteOf(charge) === site),
      cap,
    );
  hold(
    'all sites',
    charges.filter((charge) => siteOf(charge) !== panelSite),
    caps.all,
  );
  return broken;
}

/** The sums that the limits are checked against are those of the rows. */
function wrongSums({ rows, settledSums }: LedgerImage): string[] {
  const settled = rows.filter(({ state }) => state === 'settled');
  const expected = new Map<string, bigint>();
  const add = (scope: string, amount: bigint) => expected.set(scope, (expected.get(scope) ?? 0n) + amount);
  for (const { site, amount } of settled) {
    add(site, amount);
    if (site !== panelSite) add('all', amount);
  }
  return [...new Set([...expected.keys(), ...settledSums.keys()])]
    .filter((scope) => (expected.get(scope) ?? 0n) !== (settledSums.get(scope) ?? 0n))
    .map(
      (scope) => `the sum of ${scope} is ${settledSums.get(scope)}, and its payments ${expected.get(scope)}`,
    );
}

/** Pages are told the truth: a receipt is a payment, "not paid" is none unless the page's own wallet lied. */
function lies({ charges, origins, ledger, told }: Evidence): string[] {
  const byId = new Map(ledger.rows.map((row) => [row.id, row]));
  const chargedQuestions = new Set<string>();
  for (const { mark } of charges) {
    const origin = origins.get(mark ?? '');
    if (origin !== undefined && !origin.stolen) chargedQuestions.add(origin.question);
  }
  return told.flatMap(({ question, outcome: { receipt, error } }) => {
    const broken: string[] = [];
    const id = receipt?.id ?? error?.receiptId;
    if (id !== undefined && !byId.has(id))
      broken.push(`payment ${id}, told to a page, is lost (${question})`);
    if (receipt?.status === 'settled' && byId.get(receipt.id)?.state !== 'settled')
      broken.push(`${question} has a receipt of a payment that is not settled`);
    if (error?.paid === 'yes' && byId.get(error.receiptId ?? '')?.state !== 'settled')
      broken.push(`${question} was told "paid" without a payment`);
    if (error?.paid === 'no' && chargedQuestions.has(question))
      broken.push(`${question} was told "not paid" and was charged`);
    return broken;
  });
}

function rowsByMark({ rows }: LedgerImage): ReadonlyMap<string, Row> {
  return new Map(rows.flatMap((row) => (row.mark === undefined ? [] : [[row.mark, row]])));
}
