import { describe, expect, test } from 'vitest';
import type { ApprovalCard } from '../../../src/protocol/panel.ts';
import {
  proposedCap,
  raiseAnswer,
  readCard,
  readDay,
  readRaise,
} from '../../../src/ui/approval/cardModel.ts';
import type { CardModel } from '../../../src/ui/approval/cardModel.ts';
import { plainCard } from '../preview/approvalStates.ts';

const { payment, ...permissionCard } = plainCard;
if (payment === undefined) throw new Error('The plain card pays.');

const model = (card: ApprovalCard): CardModel => {
  const read = readCard(card);
  if (read === undefined) throw new Error('This card can be read.');
  return read;
};
const used = (micro: string): ApprovalCard => ({
  ...plainCard,
  use: [{ limit: 'site-day', cap: '500000', used: micro, held: '0' }],
});
const overDay: ApprovalCard = {
  ...plainCard,
  payment: { ...payment, amount: '60000' },
  exceeded: [{ limit: 'site-day', cap: '500000', used: '470000', held: '0' }],
};

describe('a card', () => {
  test.each(['-5', '0x10', '1e3', '', ' 12', '12.5', '1234567890123'])(
    'whose amount is %j cannot be paid',
    (amount) => {
      expect(readCard({ ...plainCard, payment: { ...payment, amount } })).toBeUndefined();
    },
  );

  test('whose passed limit is unreadable cannot be paid as if there were none', () => {
    expect(
      readCard({ ...plainCard, exceeded: [{ limit: 'site-day', cap: 'x', used: '0', held: '0' }] }),
    ).toBeUndefined();
  });

  test('shows only limits that money fills up', () => {
    const use: ApprovalCard['use'] = [
      { limit: 'request', cap: '50000', used: '0', held: '0' },
      { limit: 'site-day', cap: '500000', used: '1', held: '9' },
      { limit: 'per-minute', cap: '10', used: '2', held: '0' },
      { limit: 'all-day', cap: 'unreadable', used: '0', held: '0' },
    ];
    expect(model({ ...plainCard, use }).limits).toEqual([
      { limit: 'site-day', cap: 500_000n, used: 1n, held: 1n },
    ]);
  });

  test('names a former price only where it differs', () => {
    const changed = (changedFrom: string) => ({ ...plainCard, payment: { ...payment, changedFrom } });
    expect(model(changed('4000')).changedFrom).toBe(4000n);
    expect(model(changed('4424')).changedFrom).toBeUndefined();
  });
});

describe('the amount a day', () => {
  test('starts with the person’s own limit', () => {
    expect(model(used('0')).startDay).toBe(500_000n);
    expect(model({ ...plainCard, use: [] }).startDay).toBe(500_000n);
  });

  test('follows a site’s wish downwards, never upwards', () => {
    const wish = (suggestedDay: string) => model({ ...permissionCard, use: [], suggestedDay }).startDay;
    expect(wish('100000')).toBe(100_000n);
    expect(wish('5000000')).toBe(500_000n);
    expect(wish('0')).toBe(500_000n);
  });

  test('covers at least what is used and this payment', () => {
    const full = model(used('499000'));
    expect(full.leastDay).toBe(503_424n);
    expect(full.startDay).toBe(550_000n);
    expect(readDay('0.50', full)).toEqual({ kind: 'too-low', least: 503_424n });
    expect(readDay('0.503424', full)).toEqual({ kind: 'good', day: 503_424n });
  });

  test('is never nothing and never a guess', () => {
    const permission = model({ ...permissionCard, use: [] });
    expect(readDay('0', permission)).toEqual({ kind: 'too-low', least: 10_000n });
    expect(readDay('some', permission)).toEqual({ kind: 'unclear' });
  });
});

describe('a raise', () => {
  const over = model(overDay);
  const [limit] = over.raisable;
  if (limit === undefined) throw new Error('One limit is passed.');

  test('is proposed as the least handy amount that lets this payment through', () => {
    expect(proposedCap(limit, over.amount)).toBe(550_000n);
  });

  test('must cover this payment', () => {
    expect(readRaise('0.529999', limit, over.amount)).toEqual({ kind: 'too-low', least: 530_000n });
    expect(readRaise('0.53', limit, over.amount)).toEqual({ kind: 'good', cap: 530_000n });
  });

  test('must be one: the limit as it is, or less, is none', () => {
    const small = { ...limit, used: limit.held };
    expect(readRaise('0.50', small, over.amount).kind).toBe('too-low');
  });

  test('answers only when every passed limit has a good amount', () => {
    expect(raiseAnswer(over, { 'site-day': '0.55' })).toEqual({
      choice: 'raise',
      limits: [{ limit: 'site-day', cap: '550000' }],
    });
    expect(raiseAnswer(over, { 'site-day': '' })).toBeUndefined();
    expect(raiseAnswer(over, {})).toBeUndefined();
  });

  test('of a single request’s limit needs the price alone', () => {
    const request = model({
      ...plainCard,
      payment: { ...payment, amount: '80000' },
      exceeded: [{ limit: 'request', cap: '50000', used: '0', held: '0' }],
    });
    expect(raiseAnswer(request, { request: '0.08' })).toEqual({
      choice: 'raise',
      limits: [{ limit: 'request', cap: '80000' }],
    });
  });

  test('cannot be had for the number of payments a minute', () => {
    const often = model({
      ...plainCard,
      exceeded: [{ limit: 'per-minute', cap: '10', used: '10', held: '0' }],
    });
    expect(often.exceeded).toHaveLength(1);
    expect(often.raisable).toHaveLength(0);
    expect(raiseAnswer(often, { 'per-minute': '20' })).toBeUndefined();
  });
});
