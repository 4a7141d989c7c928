import { describe, expect, it } from 'vitest';
import { expiryMs } from '../../src/core/authorization.ts';
import {
  IllegalTransition,
  advance,
  awaitsDate,
  countsAgainstCaps,
  isOpen,
  maxAttempts,
  paidOf,
} from '../../src/core/ledger.ts';
import type { LedgerEvent, Payment } from '../../src/core/ledger.ts';
import {
  authorizationOf,
  draft,
  payer,
  paymentAfter,
  signEvent,
  signature,
  solanaDraft,
  solanaSignEvent,
} from '../fakes/payments.ts';

const t0 = Date.UTC(2026, 0, 15, 12);
const facts = draft();
const sign = signEvent(facts, t0);
const validBeforeMs = expiryMs(sign.authorization);
const signed: LedgerEvent = { type: 'signed', signature };
const send: LedgerEvent = { type: 'send' };
const receipt: LedgerEvent = { type: 'settle', proof: 'receipt', transaction: '0xa', atMs: t0 + 5000 };
const chain: LedgerEvent = { type: 'settle', proof: 'chain', transaction: '0xb', atMs: t0 + 6000 };
const block: LedgerEvent = { ...chain, blockTimeMs: t0 + 4000, atMs: t0 + 7000 };
const trouble: LedgerEvent = { type: 'trouble', trouble: 'no-answer' };
const giveBack: LedgerEvent = { type: 'release', reason: 'page-gone', atMs: t0 + 8000 };
const expired: LedgerEvent = { type: 'release', reason: 'expired-on-chain', atMs: t0 + 900_000 };
const otherMessage: LedgerEvent = {
  ...sign,
  authorization: { ...sign.authorization, nonce: `0x${'77'.repeat(32)}` },
};

const after = (...events: LedgerEvent[]) => paymentAfter(facts, t0, ...events);
const solanaFacts = solanaDraft();
const solanaWay = [solanaSignEvent(solanaFacts, t0, 'memo'), signed, send, receipt];
const states = {
  reserved: after(),
  signing: after(sign),
  'signing, troubled': after(sign, trouble),
  signed: after(sign, signed),
  'signed, troubled': after(sign, trouble, signed),
  sent: after(sign, signed, send),
  'sent, troubled': after(sign, signed, send, trouble),
  'sent for the last time': after(sign, signed, send, send, send),
  'settled by receipt': after(sign, signed, send, receipt),
  'settled by chain': after(sign, signed, send, chain),
  'settled by chain with its block': after(sign, signed, send, block),
  released: after(giveBack),
  'released by proof': after(sign, expired),
} satisfies Record<string, Payment>;

const events = {
  sign,
  'sign another': otherMessage,
  signed,
  send,
  receipt,
  chain,
  block,
  trouble,
  'give back': giveBack,
  answered: { type: 'answered' },
  date: { type: 'date', notAfterMs: t0 + 60_000 },
  dispute: { type: 'dispute', dispute: 'empty' },
  expired,
} satisfies Record<string, LedgerEvent>;

type EventName = keyof typeof events;

/** Everything that is allowed: the state it leads to. `same` changes nothing. What is not named throws. */
const allowed: Record<keyof typeof states, Partial<Record<EventName, Payment['state'] | 'same'>>> = {
  reserved: { sign: 'signing', 'sign another': 'signing', 'give back': 'released' },
  signing: {
    sign: 'signing',
    signed: 'signed',
    chain: 'settled',
    block: 'settled',
    trouble: 'signing',
    expired: 'released',
  },
  'signing, troubled': {
    sign: 'signing',
    signed: 'signed',
    chain: 'settled',
    block: 'settled',
    trouble: 'signing',
    expired: 'released',
  },
  signed: { send: 'sent', chain: 'settled', block: 'settled', trouble: 'signed', expired: 'released' },
  'signed, troubled': { chain: 'settled', block: 'settled', trouble: 'signed', expired: 'released' },
  sent: {
    answered: 'same',
    send: 'sent',
    receipt: 'settled',
    chain: 'settled',
    block: 'settled',
    trouble: 'sent',
    expired: 'released',
  },
  'sent, troubled': {
    answered: 'sent',
    send: 'sent',
    receipt: 'settled',
    chain: 'settled',
    block: 'settled',
    trouble: 'sent',
    expired: 'released',
  },
  'sent for the last time': {
    answered: 'same',
    receipt: 'settled',
    chain: 'settled',
    block: 'settled',
    trouble: 'sent',
    expired: 'released',
  },
  'settled by receipt': {
    date: 'settled',
    answered: 'same',
    dispute: 'settled',
    receipt: 'same',
    chain: 'settled',
    block: 'settled',
  },
  'settled by chain': {
    date: 'settled',
    answered: 'same',
    dispute: 'settled',
    receipt: 'same',
    chain: 'same',
    block: 'settled',
  },
  'settled by chain with its block': {
    date: 'same',
    answered: 'same',
    dispute: 'settled',
    receipt: 'same',
    chain: 'same',
    block: 'same',
  },
  released: {},
  'released by proof': {},
};

describe('the table of transitions', () => {
  for (const state of Object.keys(states) as (keyof typeof states)[]) {
    for (const name of Object.keys(events) as EventName[]) {
      const outcome = allowed[state][name];
      it(`${outcome === undefined ? 'refuses' : 'allows'} "${name}" when ${state}`, () => {
        const before = states[state];
        const copy = structuredClone(before);
        if (outcome === undefined) {
          expect(() => advance(before, events[name])).toThrow(IllegalTransition);
        } else {
          const result = advance(before, events[name]);
          if (outcome === 'same') expect(result).toBe(before);
          else expect(result.state).toBe(outcome);
          expect(result).toMatchObject({ ...facts, schema: 1, reservedAtMs: t0 });
        }
        expect(before).toEqual(copy);
      });
    }
  }
});

describe('a message to sign', () => {
  const reserved = states.reserved;
  const signing = (change: Partial<typeof sign.authorization>): LedgerEvent => ({
    ...sign,
    authorization: { ...sign.authorization, ...change },
  });

  it('must move exactly the reserved amount', () => {
    for (const value of ['4425', '4423', '04424', '0x1148', '4424.0', ''])
      expect(() => advance(reserved, signing({ value })), value).toThrow(IllegalTransition);
  });

  it('must go to the reserved payee, whatever the capitals of its checksum', () => {
    const lettered = draft({ payTo: '0xAbCdefABcDEFABCDEFabcdefabcdefabcdefabcd' });
    const row = paymentAfter(lettered, t0);
    const to = '0xabcdefabcdefabcdefabcdefabcdefabcdefabcd';
    expect(advance(row, signing({ to })).state).toBe('signing');
    expect(() => advance(row, sign)).toThrow(IllegalTransition);
  });

  it('must come from the account that signs', () => {
    expect(() => advance(reserved, signing({ from: '0x9999999999999999999999999999999999999999' }))).toThrow(
      IllegalTransition,
    );
  });

  it('must end at a time that can be counted with', () => {
    for (const validBefore of ['0', '-1', '1e9', '9999999999999', '0x5', 'never'])
      expect(() => advance(reserved, signing({ validBefore })), validBefore).toThrow(IllegalTransition);
  });

  it('may be put to the wallet again unchanged, which ends its trouble', () => {
    expect(advance(states['signing, troubled'], sign)).toEqual(states.signing);
  });

  it('keeps what its gateway knows it by, and is put to the wallet again under no other name', () => {
    const identifier = 'pay_c0ffee'.padEnd(32, '0');
    const named = { ...events.sign, identifier };
    const signing = advance(states.reserved, named);
    expect(signing).toMatchObject({ state: 'signing', identifier });
    expect(advance(signing, named)).toMatchObject({ identifier });
    expect(() => advance(signing, events.sign)).toThrow(IllegalTransition);
    expect(() => advance(signing, { ...named, identifier: 'pay_other'.padEnd(32, '0') })).toThrow(
      IllegalTransition,
    );
  });

  it('may not be put to another account', () => {
    const other = '0x9999999999999999999999999999999999999999';
    expect(() => advance(states.signing, { ...sign, payer: other })).toThrow(IllegalTransition);
  });
});

describe('a signature', () => {
  it('that comes after trouble is stored and never sent', () => {
    expect(states['signed, troubled']).toMatchObject({ signature, trouble: 'no-answer' });
    expect(() => advance(states['signed, troubled'], send)).toThrow(IllegalTransition);
  });

  it('is sent once and at most twice more', () => {
    let payment: Payment = states.signed;
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      payment = advance(payment, send);
      expect(payment).toMatchObject({ state: 'sent', attempts: attempt });
    }
    expect(maxAttempts).toBe(3);
    expect(() => advance(payment, send)).toThrow(IllegalTransition);
  });
});

describe('a settled payment', () => {
  it('counts from the end of its message while only the gateway has spoken', () => {
    expect(states['settled by receipt']).toMatchObject({
      proof: 'receipt',
      transaction: '0xa',
      countsFromMs: validBeforeMs,
      settledAtMs: t0 + 5000,
      attempts: 1,
    });
  });

  it("is not moved by a gateway's word about time", () => {
    expect(after(sign, signed, send, { ...receipt, blockTimeMs: t0 + 1 })).toEqual(
      states['settled by receipt'],
    );
  });

  it('counts from its block once the chain has told it, and keeps when it was settled', () => {
    const moved = advance(states['settled by receipt'], block);
    expect(moved).toMatchObject({
      proof: 'chain',
      transaction: '0xb',
      blockTimeMs: t0 + 4000,
      countsFromMs: t0 + 4000,
      settledAtMs: t0 + 5000,
    });
    expect(advance(states['settled by chain'], block)).toMatchObject({
      blockTimeMs: t0 + 4000,
      settledAtMs: t0 + 6000,
    });
  });

  it('never counts from before its reservation, whatever a chain says', () => {
    const early: LedgerEvent = { type: 'settle', proof: 'chain', blockTimeMs: t0 - 86_400_000, atMs: t0 };
    expect(after(sign, signed, send, early)).toMatchObject({ countsFromMs: t0 });
    expect(advance(states['settled by receipt'], early)).toMatchObject({
      countsFromMs: t0,
      transaction: '0xa',
    });
  });

  it('counts at most from a final block that was too late for it, and from the earliest such', () => {
    const undated = paymentAfter(solanaFacts, t0, ...solanaWay);
    expect(awaitsDate(undated)).toBe(true);
    const date = (notAfterMs: number): LedgerEvent => ({ type: 'date', notAfterMs });
    const dated = advance(undated, date(t0 + 200_000));
    expect(dated).toEqual({ ...undated, countsFromMs: t0 + 200_000 });
    expect(awaitsDate(dated)).toBe(false);
    expect(advance(dated, date(t0 + 300_000))).toBe(dated);
    expect(advance(dated, date(t0 + 100_000))).toMatchObject({ countsFromMs: t0 + 100_000 });
    expect(advance(undated, date(t0 - 86_400_000))).toMatchObject({ countsFromMs: t0 });
    // The block itself outranks it, be it earlier or later, and a proof without one takes nothing back.
    expect(advance(dated, block)).toMatchObject({ countsFromMs: t0 + 4000, blockTimeMs: t0 + 4000 });
    expect(advance(dated, { ...block, blockTimeMs: t0 + 250_000 })).toMatchObject({
      countsFromMs: t0 + 250_000,
    });
    expect(advance(dated, chain)).toMatchObject({ proof: 'chain', countsFromMs: t0 + 200_000 });
  });

  it('may have been charged with a signature that we never saw', () => {
    const spent = advance(states['signing, troubled'], block);
    expect(spent).toMatchObject({ state: 'settled', attempts: 0, proof: 'chain' });
    expect(spent).not.toHaveProperty('signature');
    expect(spent).not.toHaveProperty('trouble');
  });

  it('needs no transaction', () => {
    const bare: LedgerEvent = { type: 'settle', proof: 'receipt', atMs: t0 };
    expect(after(sign, signed, send, bare)).not.toHaveProperty('transaction');
    const proved = after(sign, signed, send, bare, { type: 'settle', proof: 'chain', atMs: t0 });
    expect(proved).toMatchObject({ proof: 'chain', countsFromMs: validBeforeMs });
    expect(proved).not.toHaveProperty('transaction');
  });
});

describe('an answer', () => {
  const sending: LedgerEvent = { type: 'send', claimFacts: '{"quote":{}}' };
  const answered: LedgerEvent = { type: 'answered' };
  const denied: LedgerEvent = { type: 'trouble', trouble: 'denied' };

  it('that is whole leaves nothing to claim, whether it was settled before or after', () => {
    expect(after(sign, signed, sending, receipt)).toHaveProperty('claimFacts');
    expect(after(sign, signed, sending, receipt, answered)).not.toHaveProperty('claimFacts');
    expect(after(sign, signed, sending, trouble, answered, chain)).not.toHaveProperty('dispute');
  });

  it('that never came is disputed once the chain says that it was paid for', () => {
    expect(after(sign, signed, sending, trouble, chain)).toMatchObject({
      dispute: 'unanswered',
      claimFacts: '{"quote":{}}',
    });
    expect(after(sign, { type: 'trouble', trouble: 'wallet-silent' }, block)).toMatchObject({
      dispute: 'never-sent',
    });
    expect(after(sign, signed, sending, trouble, receipt)).not.toHaveProperty('dispute');
  });

  it('does not make good what the gateway denies and the chain shows', () => {
    expect(after(sign, signed, sending, denied, answered, chain)).toMatchObject({ dispute: 'denied' });
  });

  it('that is disputed stays so through every further proof', () => {
    const disputed = after(sign, signed, sending, receipt, { type: 'dispute', dispute: 'broken-off' }, block);
    expect(disputed).toMatchObject({ dispute: 'broken-off', proof: 'chain' });
  });
});

describe('a released payment', () => {
  it('keeps why, when and what was dispatched', () => {
    expect(states.released).toMatchObject({ releasedReason: 'page-gone', releasedAtMs: t0 + 8000 });
    expect(states['released by proof']).toMatchObject({
      releasedReason: 'expired-on-chain',
      payer,
      authorization: authorizationOf(facts, t0),
    });
  });
});

describe('what a state means', () => {
  it.each([
    ['reserved', 'no', true, true],
    ['signing', 'unknown', true, true],
    ['signed', 'unknown', true, true],
    ['sent', 'unknown', true, true],
    ['settled by receipt', 'yes', false, true],
    ['released', 'no', false, false],
  ] as const)('%s: paid %s, open %s, counted %s', (name, paid, open, counted) => {
    expect(paidOf(states[name])).toBe(paid);
    expect(isOpen(states[name])).toBe(open);
    expect(countsAgainstCaps(states[name])).toBe(counted);
  });

  it('is nothing paid where there is no payment', () => {
    expect(paidOf(undefined)).toBe('no');
  });
});

describe('a payment on Solana that only its receipt has settled', () => {
  const onSolana = solanaDraft();
  const settled = (reservedAtMs: number, ...events: LedgerEvent[]) => {
    const signing = solanaSignEvent(onSolana, reservedAtMs, 'memo');
    const payment = paymentAfter(onSolana, reservedAtMs, signing, signed, send, receipt, ...events);
    if (payment.state !== 'settled') throw new Error('It is not settled.');
    return payment.countsFromMs;
  };
  const dayMs = 24 * 3_600_000;

  it('is in every window until the chain tells its time: a clock that was late would make it old', () => {
    expect(settled(t0 - 31 * dayMs)).toBeGreaterThan(t0 + 100 * 365 * dayMs);
    expect(settled(t0 - 31 * dayMs, block)).toBe(t0 + 4000);
  });

  it('counts from its message where the chain shows that it was never charged', () => {
    expect(settled(t0, { type: 'dispute', dispute: 'empty' })).toBe(settled(t0));
    expect(settled(t0, { type: 'dispute', dispute: 'not-charged' })).toBeLessThan(t0 + dayMs);
  });
});
