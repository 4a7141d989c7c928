import { describe, expect, it } from 'vitest';
import { panelSite } from '../../src/core/site.ts';
import type { Charge } from '../soak/charges.ts';
import { lostBetween, overLimits } from '../soak/history.ts';
import type { Caps } from '../soak/history.ts';
import { judge } from '../soak/judge.ts';
import type { Evidence, Origin } from '../soak/judge.ts';
import type { LedgerImage, Row } from '../soak/ledgerImage.ts';
import { createRandom } from '../soak/random.ts';

/*
 * The soak finds nothing on a good day, so what it would find is shown here: one test for each promise broken.
 */
const shop = 'http://shop.localhost:8080';
const payee = '0x90F79bf6EB2c4f870365E785982E1f101E93b906';
const payer = '0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65';

const row = (id: string, change: Partial<Row> = {}): Row => ({
  id,
  site: shop,
  state: 'settled',
  amount: 4_424n,
  payTo: payee,
  order: Number(id),
  mark: markOf(id),
  ...change,
});
const charge = (id: string, change: Partial<Charge> = {}): Charge => ({
  chain: 'Base',
  to: payee,
  value: 4_424n,
  mark: markOf(id),
  transaction: `0xaa${id}`,
  ...change,
});
const origin = (id: string, change: Partial<Origin> = {}): [string, Origin] => [
  markOf(id),
  { site: shop, question: `q${id}`, stolen: false, ...change },
];
const caps: Caps = { sites: new Map([[shop, 10_000n]]), all: 2_000_000n, panel: 80_000n };
const image = (rows: readonly Row[], change: Partial<LedgerImage> = {}): LedgerImage => {
  const settledSums = new Map<string, bigint>();
  for (const { site, state, amount } of rows) {
    if (state !== 'settled') continue;
    for (const scope of site === panelSite ? [site] : [site, 'all'])
      settledSums.set(scope, (settledSums.get(scope) ?? 0n) + amount);
  }
  return { rows, raises: [], settledSums, ...change };
};
const evidence = (change: Partial<Evidence> = {}): Evidence => ({
  charges: [charge('1'), charge('2')],
  origins: new Map([origin('1'), origin('2')]),
  ledger: image([
    row('1', { transaction: '0xaa1' }),
    row('2'),
    row('3', { state: 'released', releasedReason: 'expired-on-chain' }),
  ]),
  caps,
  told: [{ question: 'q1', outcome: { text: '', receipt: receipt('1') } }],
  ...change,
});

describe('the judgement of a soak', () => {
  it('finds nothing where the chain, the ledger and the pages agree', () => {
    expect(judge(evidence())).toEqual([]);
  });

  it('adds up what left on both chains for one limit', () => {
    const both = evidence({
      charges: [
        charge('1'),
        { chain: 'Solana', mark: markOf('2'), to: payee, value: 4_424n, transaction: 'sig' },
      ],
    });
    expect(judge(both)).toEqual([]);
    const tight = { ...caps, sites: new Map([[shop, 4_424n]]) };
    expect(judge({ ...both, caps: tight }).join()).toContain(`${shop} was charged 8848`);
  });

  it.each<[string, Partial<Evidence>]>([
    ['that the ledger does not know', { ledger: image([row('1')]) }],
    [
      'that the ledger does not know',
      { charges: [charge('1'), charge('2'), { ...charge('3'), mark: '0x9' }] },
    ],
    ['says otherwise', { charges: [charge('1', { value: 4_425n }), charge('2')] }],
    ['says otherwise', { charges: [charge('1', { to: payer }), charge('2')] }],
    ['is still sent', { ledger: image([row('1'), row('2'), row('3', { state: 'sent' })]) }],
    ['is settled and was not charged', { charges: [charge('1')] }],
    [
      'was given back and was charged',
      { ledger: image([row('1'), row('2', { state: 'released', releasedReason: 'expired-on-chain' })]) },
    ],
    ['and was charged in', { ledger: image([row('1', { transaction: '0xother' }), row('2')]) }],
    [`${shop} was charged 8848, and its limit`, { caps: { ...caps, sites: new Map([[shop, 8_000n]]) } }],
    ['all sites was charged 8848', { caps: { ...caps, all: 8_000n } }],
    [
      'paidchat:panel was charged 4424',
      { caps: { ...caps, panel: 4_000n }, origins: new Map([origin('1', { site: panelSite }), origin('2')]) },
    ],
    ['belongs to no site', { origins: new Map([origin('1')]) }],
    [
      'the sum of all is 5',
      {
        ledger: {
          ...evidence().ledger,
          settledSums: new Map([
            [shop, 8_848n],
            ['all', 5n],
          ]),
        },
      },
    ],
    ['told to a page, is lost', told('1', { receipt: receipt('9') })],
    ['a receipt of a payment that is not settled', told('3', { receipt: receipt('3') })],
    ['was told "paid" without a payment', told('3', { error: { paid: 'yes', receiptId: '3' } })],
    ['was told "not paid" and was charged', told('2', { error: { paid: 'no' } })],
  ])('finds what %s', (finding, change) => {
    expect(judge(evidence(change)).join('\n')).toContain(finding);
  });

  it('counts one-time raises as room for the payment that used them, and for no other', () => {
    const tight = { ...caps, sites: new Map([[shop, 4_424n]]) };
    const raise = { id: 'r', site: shop, amount: 4_424n };
    const ledger = (usedBy?: string) =>
      image([row('1'), row('2')], { raises: [usedBy === undefined ? raise : { ...raise, usedBy }] });
    expect(judge(evidence({ caps: tight, ledger: ledger('2') }))).toEqual([]);
    expect(judge(evidence({ caps: tight, ledger: ledger() }))).toHaveLength(1);
    expect(overLimits(ledger('2'), tight)).toEqual([]);
    expect(overLimits(ledger(), tight)).toHaveLength(1);
  });

  it('lets a page be told "not paid" that kept the signature and charged it by itself', () => {
    const origins = new Map([origin('1'), origin('2', { stolen: true })]);
    expect(judge(evidence({ origins, ...told('2', { error: { paid: 'no' } }) }))).toEqual([]);
  });
});

describe('the history of a soak', () => {
  it.each<[Partial<Row>, Partial<Row>]>([
    [{ state: 'reserved' }, { state: 'released', releasedReason: 'restart' }],
    [{ state: 'reserved' }, { state: 'sent' }],
    [{ state: 'signing' }, { state: 'signed' }],
    [{ state: 'sent' }, { state: 'settled' }],
    [{ state: 'sent' }, { state: 'released', releasedReason: 'expired-on-chain' }],
    [{ state: 'released' }, { state: 'released' }],
  ])('lets a payment go on: %o to %o', (before, after) => {
    expect(lostBetween(image([row('1', before)]), image([row('1', after)]))).toEqual([]);
  });

  it.each<[Partial<Row>, Partial<Row>]>([
    [{ state: 'signing' }, { state: 'released', releasedReason: 'restart' }],
    [{ state: 'signed' }, { state: 'signing' }],
    [{ state: 'settled' }, { state: 'released', releasedReason: 'expired-on-chain' }],
    [{ state: 'released' }, { state: 'settled' }],
    [{ state: 'sent' }, { state: 'sent', amount: 1n }],
    [{ state: 'sent' }, { state: 'sent', mark: '0x7' }],
    [{ state: 'sent' }, { state: 'sent', site: panelSite }],
  ])('finds a payment that went where none may go: %o to %o', (before, after) => {
    expect(lostBetween(image([row('1', before)]), image([row('1', after)]))).not.toEqual([]);
  });

  it('finds a payment or a raise that is no longer there', () => {
    expect(lostBetween(image([row('1')]), image([]))).toEqual([
      `payment 1 of ${shop}, once settled, is lost`,
    ]);
    const raises = [{ id: 'r', site: shop, amount: 1n, usedBy: '1' }];
    expect(lostBetween(image([], { raises }), image([]))).toHaveLength(1);
  });

  it('counts what is held against the limits as much as what is charged', () => {
    const rows = [row('1', { state: 'signing' }), row('2'), row('3', { state: 'reserved' })];
    expect(overLimits(image(rows), caps)).toHaveLength(1);
    expect(overLimits(image(rows.slice(1)), caps)).toEqual([]);
  });
});

it('draws the same from the same seed, over the whole range', () => {
  const drawn = (seed: number) => {
    const random = createRandom(seed);
    return Array.from({ length: 1_000 }, () => random.below(10));
  };
  expect(drawn(1)).toEqual(drawn(1));
  expect(drawn(1)).not.toEqual(drawn(2));
  expect(new Set(drawn(3)).size).toBe(10);
});

function markOf(id: string): string {
  return `0x${id}`;
}

function receipt(id: string) {
  return {
    id,
    amountUsdc: '0.004424',
    network: 'eip155:8453',
    gateway: 'jumpgate',
    model: 'ambient/large',
    status: 'settled' as const,
    at: 0,
  };
}

function told(
  id: string,
  outcome: Omit<Evidence['told'][number]['outcome'], 'text'>,
): Pick<Evidence, 'told'> {
  return { told: [{ question: `q${id}`, outcome: { text: '', ...outcome } }] };
}
