import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance } from '../../src/core/ledger.ts';
import type { LedgerEvent, Payment } from '../../src/core/ledger.ts';
import { microUsdc } from '../../src/core/money.ts';
import { decodePayment, encodePayment } from '../../src/storage/paymentRows.ts';
import { draft, paymentAfter, receiptEvents, signEvent } from '../fakes/payments.ts';

const t0 = Date.UTC(2026, 0, 15, 12);
const facts = draft({ approvedBy: 'override', overrideId: 'raise-1' });
const way = receiptEvents(facts, t0);
const trouble: LedgerEvent = { type: 'trouble', trouble: 'wallet-rejected' };
const block: LedgerEvent = { type: 'settle', proof: 'chain', blockTimeMs: t0 + 1, atMs: t0 };
const shapes: Record<string, Payment> = {
  reserved: paymentAfter(facts, t0),
  signing: paymentAfter(facts, t0, ...way.slice(0, 1)),
  'signing, troubled': paymentAfter(facts, t0, signEvent(facts, t0), trouble),
  'signing, named': paymentAfter(facts, t0, {
    ...signEvent(facts, t0),
    identifier: 'c0ffee'.padEnd(32, '0'),
  }),
  signed: paymentAfter(facts, t0, ...way.slice(0, 2)),
  sent: paymentAfter(facts, t0, ...way.slice(0, 3)),
  settled: paymentAfter(facts, t0, ...way),
  'settled and proved': paymentAfter(facts, t0, ...way, block),
  'settled and disputed': paymentAfter(
    facts,
    t0,
    ...way.slice(0, 2),
    { type: 'send', claimFacts: '{}' },
    { type: 'settle', proof: 'receipt', receipt: 'e30=', atMs: t0 },
    { type: 'dispute', dispute: 'empty' },
  ),
  'settled and contradicted': paymentAfter(facts, t0, ...way, { type: 'dispute', dispute: 'not-charged' }),
  'settled behind our back': paymentAfter(facts, t0, signEvent(facts, t0), trouble, block),
  released: paymentAfter(facts, t0, { type: 'release', reason: 'restart', atMs: t0 }),
  'released by proof': paymentAfter(facts, t0, ...way.slice(0, 3), trouble, {
    type: 'release',
    reason: 'expired-on-chain',
    atMs: t0,
  }),
};
const names = Object.keys(shapes);
const shape = (name: string) => shapes[name] ?? paymentAfter(facts, t0);
const damaged = { name: 'Failure', reason: 'ledgerUnavailable' };

describe('a stored payment', () => {
  it.each(names)('comes back as it was: %s', (name) => {
    const row = encodePayment({ payment: shape(name), order: 7 });
    const read = decodePayment(JSON.parse(JSON.stringify(row)));
    expect(read).toEqual({ payment: shape(name), order: 7 });
  });

  it.each(['short', 'x'.repeat(129), 'with space in it ', 'ünïcödë-ünïcödë-', ''])(
    'is refused with the identifier %j, which no gateway would take',
    (identifier) => {
      const row = encodePayment({ payment: shape('signing, named'), order: 7 });
      expect(() => decodePayment({ ...row, identifier })).toThrow(expect.objectContaining(damaged));
    },
  );

  it('keeps any amount to the last micro-USDC', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 999_999_999_999n }), (amount) => {
        const payment = paymentAfter(draft({ amount: microUsdc(amount) }), t0);
        const row = encodePayment({ payment, order: 1 });
        expect(row.amount).toBe(amount.toString());
        expect(decodePayment(row).payment.amount).toBe(amount);
      }),
    );
  });

  it('is found among the open ones exactly as long as it is open', () => {
    const open = names.filter((name) => encodePayment({ payment: shape(name), order: 1 }).open === 1);
    expect(open).toEqual(['reserved', 'signing', 'signing, troubled', 'signing, named', 'signed', 'sent']);
  });

  it('is found among those that await the chain’s proof exactly as long as only a receipt has settled it', () => {
    const awaiting = names.filter((name) => encodePayment({ payment: shape(name), order: 7 }).unproved === 7);
    expect(awaiting).toEqual(['settled', 'settled and disputed']);
  });

  it('is noted as made without a card only under a grant', () => {
    const granted = paymentAfter(draft({ approvedBy: 'grant' }), t0);
    expect(encodePayment({ payment: granted, order: 1 }).grantUseMs).toBe(t0);
    expect(encodePayment({ payment: shape('reserved'), order: 1 })).not.toHaveProperty('grantUseMs');
  });

  it.each(names)('is refused with any field missing, of another type or unknown: %s', (name) => {
    const row = encodePayment({ payment: shape(name), order: 7 });
    const optional = new Set([
      'open',
      'unproved',
      'grantUseMs',
      'overrideId',
      'trouble',
      'identifier',
      'transaction',
      'blockTimeMs',
      'claimFacts',
      'receipt',
      'dispute',
    ]);
    if (row.state === 'released' || row.state === 'settled')
      for (const key of ['payer', 'authorization', 'signature', 'attempts']) optional.add(key);
    for (const key of Object.keys(row)) {
      const { [key as keyof typeof row]: _gone, ...rest } = row;
      if (!optional.has(key)) expect(() => decodePayment(rest), `without ${key}`).toThrow();
      for (const value of [null, true, {}, -1, Number.NaN])
        expect(() => decodePayment({ ...row, [key]: value }), `${key}: ${JSON.stringify(value)}`).toThrow();
    }
    expect(() => decodePayment({ ...row, surprise: 1 })).toThrow();
  });

  it.each(['-5', '0x10', ' 12 ', '1e21', '1.0', '01', '1000000000000', 4424, 4424n])(
    'is refused with the amount %s, never skipped or read as something else',
    (amount) => {
      const row = { ...encodePayment({ payment: shape('sent'), order: 7 }), amount };
      expect(() => decodePayment(row)).toThrow(expect.objectContaining(damaged));
    },
  );

  it('is refused when its place among the open ones contradicts its state', () => {
    const { open: _gone, ...hidden } = encodePayment({ payment: shape('sent'), order: 7 });
    expect(() => decodePayment(hidden)).toThrow(expect.objectContaining(damaged));
    const settled = encodePayment({ payment: shape('settled'), order: 7 });
    expect(() => decodePayment({ ...settled, open: 1 })).toThrow(expect.objectContaining(damaged));
  });

  it('is refused for a site or network that is none of ours', () => {
    const row = encodePayment({ payment: shape('reserved'), order: 7 });
    for (const site of ['null', 'http://shop.example', 'https://shop.example/', 'all', 'paidchat:other'])
      expect(() => decodePayment({ ...row, site }), site).toThrow();
    for (const network of ['eip155:0', 'eip155:8453 ', 'solana:x', '__proto__', 'toString'])
      expect(() => decodePayment({ ...row, network }), network).toThrow();
  });

  it('is never written in a shape that could not be read back', () => {
    const row = { ...shape('reserved'), note: 'x' };
    expect(() => encodePayment({ payment: row, order: 1 })).toThrow(expect.objectContaining(damaged));
    const huge = { ...shape('reserved'), amount: microUsdc(10n ** 12n) };
    expect(() => encodePayment({ payment: huge, order: 1 })).toThrow(expect.objectContaining(damaged));
  });

  it('is never taken from text that happens to be stored', () => {
    fc.assert(
      fc.property(fc.anything(), (stored) => {
        expect(() => decodePayment(stored)).toThrow(expect.objectContaining(damaged));
      }),
    );
  });

  it('goes on where it was', () => {
    const row = JSON.parse(JSON.stringify(encodePayment({ payment: shape('signed'), order: 7 })));
    expect(advance(decodePayment(row).payment, { type: 'send' }).state).toBe('sent');
  });
});
