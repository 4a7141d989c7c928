import * as fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { decodePayment } from '../../src/storage/paymentRows.ts';
import { paymentRowSchema } from './paymentSchema.ts';

type Fields = Readonly<Record<string, unknown>>;

const of = fc.constantFrom;
const digits = fc.bigInt({ min: 0n, max: 999_999_999_999n }).map(String);
const whole = fc.nat();
const hex = fc.stringMatching(/^0x[0-9a-fA-F]{1,64}$/);
const base58 = fc.stringMatching(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/);
const base64 = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64'));
const solana = 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp';

const evm = fc.record({
  from: hex,
  to: hex,
  value: digits,
  validAfter: digits,
  validBefore: digits,
  nonce: hex,
});
const svm = fc.record({
  kind: fc.constant('svm'),
  from: base58,
  to: base58,
  value: digits,
  memo: fc.string(),
  feePayer: base58,
  blockhash: base58,
  lastValidBlockHeight: digits,
  slot: digits,
  readAtMs: whole,
  message: base64,
});
const facts = {
  schema: fc.constant(1),
  id: fc.string(),
  site: of('https://shop.example', 'http://localhost:8080', 'paidchat:panel'),
  callId: fc.string(),
  runId: fc.string(),
  gateway: fc.string(),
  model: fc.string(),
  network: of('eip155:8453', solana),
  asset: fc.string(),
  payTo: fc.string(),
  amount: digits,
  resource: fc.string(),
  bodyDigest: fc.string(),
  approvedBy: of('card', 'grant', 'override'),
  signer: fc.constant('page'),
  reservedAtMs: whole,
  order: whole,
};
const dispatched = { payer: fc.oneof(hex, base58), authorization: fc.oneof(evm, svm) };
const trouble = of(
  'wallet-rejected',
  'wallet-silent',
  'not-sent',
  'no-answer',
  'refused',
  'malformed',
  'denied',
);
const signature = fc.oneof(
  hex,
  base64.filter((text) => text !== ''),
);
const beside = { overrideId: fc.string(), unproved: whole, grantUseMs: whole };
const released = of('restart', 'page-gone', 'no-wallet', 'offer-changed', 'expired-on-chain');
const dispute = of('unanswered', 'empty', 'broken-off', 'denied', 'never-sent', 'not-charged');

function rows(
  needed: Record<string, fc.Arbitrary<unknown>>,
  optional: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<Fields> {
  const requiredKeys = [...Object.keys(facts), ...Object.keys(needed)];
  const fields: Record<string, fc.Arbitrary<unknown>> = { ...facts, ...needed, ...beside, ...optional };
  return fc.record(fields, { requiredKeys });
}

const open = fc.constant(1);
const claimFacts = fc.string();
const identifier = fc.stringMatching(/^[\w-]{16,128}$/);
const state = (name: string) => ({ state: fc.constant(name) });
const anyRow = fc.oneof(
  rows({ ...state('reserved'), open }, {}),
  rows({ ...state('signing'), ...dispatched, open }, { trouble, identifier, claimFacts }),
  rows({ ...state('signed'), ...dispatched, signature, open }, { trouble, identifier, claimFacts }),
  rows(
    { ...state('sent'), ...dispatched, signature, attempts: whole, open },
    { trouble, identifier, claimFacts },
  ),
  rows(
    {
      ...state('settled'),
      ...dispatched,
      attempts: whole,
      proof: of('receipt', 'chain'),
      countsFromMs: whole,
      settledAtMs: whole,
    },
    {
      identifier,
      claimFacts,
      signature,
      transaction: fc.string(),
      blockTimeMs: whole,
      receipt: fc.string(),
      dispute,
    },
  ),
  rows(
    { ...state('released'), releasedReason: released, releasedAtMs: whole },
    { ...dispatched, identifier, claimFacts, trouble, signature, attempts: whole },
  ),
);

const states = ['reserved', 'signing', 'signed', 'sent', 'settled', 'released', 'paid'] as const;
const texts = [
  '',
  ' ',
  '0',
  '01',
  '-5',
  '1e21',
  '0x',
  '0xZZ',
  'svm',
  'evm',
  '=',
  'abc',
  'null',
  'eip155:0',
] as const;
const others = [undefined, null, true, 1, 2, -1, 0.5, Number.NaN, Infinity, 2 ** 53, 5n, [], {}] as const;
const anyValue = fc.oneof(
  of(...states),
  of(...texts),
  of(...others),
  fc.string(),
  hex,
  base58,
  evm,
  svm,
  trouble,
);

/** What may have become of one field, here or in the message. */
const mutation = fc.record({
  where: of('row', 'row', 'message'),
  how: of('changed', 'missing', 'more'),
  which: fc.nat(),
  value: anyValue,
});

function mutated(
  fields: Fields,
  { where, how, which, value }: typeof mutation extends fc.Arbitrary<infer M> ? M : never,
): Fields {
  const { authorization } = fields;
  if (where === 'message' && typeof authorization === 'object' && authorization !== null)
    return {
      ...fields,
      authorization: mutated(authorization as Fields, { where: 'row', how, which, value }),
    };
  const names = Object.keys(fields);
  const name = names[which % names.length] ?? '';
  if (how === 'more')
    return { ...fields, [['trouble', 'open', 'attempts', 'kind', 'note'][which % 5] ?? '']: value };
  if (how === 'changed') return { ...fields, [name]: value };
  const { [name]: _gone, ...rest } = fields;
  return rest;
}

/** The row as its schema reads it; undefined where it refuses. */
function bySchema(row: Fields): unknown {
  const { success, output } = v.safeParse(paymentRowSchema, row);
  if (!success) return undefined;
  const { order, open, unproved: _proof, grantUseMs: _index, ...payment } = output;
  const isOpen = payment.state !== 'settled' && payment.state !== 'released';
  return (open === 1) === isOpen ? { payment, order } : undefined;
}

function byDecoder(row: Fields): unknown {
  try {
    return decodePayment(row);
  } catch (error) {
    expect(error).toMatchObject({ name: 'Failure', reason: 'ledgerUnavailable' });
    return undefined;
  }
}

describe('the decoder of stored payments', () => {
  it('reads whatever its schema allows, as the schema reads it', () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        expect(bySchema(row)).toBeDefined();
        expect(byDecoder(row)).toEqual(bySchema(row));
      }),
      { numRuns: 1_000 },
    );
  });

  it('refuses exactly what its schema refuses, whatever has become of a row', () => {
    let refused = 0;
    let read = 0;
    fc.assert(
      fc.property(anyRow, fc.array(mutation, { minLength: 1, maxLength: 3 }), (row, mutations) => {
        const changed = mutations.reduce(mutated, row);
        const expected = bySchema(changed);
        if (expected === undefined) refused += 1;
        else read += 1;
        expect(byDecoder(changed)).toEqual(expected);
      }),
      { numRuns: 5_000 },
    );
    // Both must happen often, or nothing is compared.
    expect(Math.min(refused, read)).toBeGreaterThan(200);
    // Half a million fields: more than the usual time where all cores are busy.
  }, 60_000);

  it('takes no field of a name that every object has for one of its own', () => {
    const [row] = fc.sample(anyRow, 1);
    for (const name of ['toString', 'constructor', 'hasOwnProperty'])
      expect(byDecoder({ ...row, [name]: 'x' }), name).toBeUndefined();
  });
});
