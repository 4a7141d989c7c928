import { AccountRole, address } from '@solana/kit';
import type { Instruction, Transaction } from '@solana/kit';
import { describe, expect, it } from 'vitest';
import { solanaUsdc } from '../../src/core/assets.ts';
import { checkTransaction, readTransaction, unsignedTransaction } from '../../src/x402/svmGate.ts';
import { programs, tokenAccountOf } from '../../src/x402/svmMessage.ts';
import {
  account,
  builtFor,
  feePayer,
  ownBlockhash,
  rebuilt,
  recompiled,
  signedBy,
  solanaOffer,
  unwire,
  wire,
  withData,
} from './solana.ts';
import type { Parts } from './solana.ts';

const stranger = 'GyGKxMyg1p9SsHfm15MkNUu1u9TN2JtTspcdmrtGUdse';
const offer = solanaOffer();
const built = await builtFor(offer);
const authorization = await readTransaction(built, { account, offer, blockhash: ownBlockhash });
const source = await tokenAccountOf(account, solanaUsdc.asset);
const check = (answer: unknown) => checkTransaction(answer, authorization).verdict;

const guard = (
  accounts: Instruction['accounts'] = [],
  program: string = programs.lighthouse,
): Instruction => ({
  programAddress: address(program),
  accounts,
  data: Uint8Array.of(1, 2, 3),
});
const readonly = (of: string) => ({ address: address(of), role: AccountRole.READONLY });
const edit = (change: (parts: Parts) => void) => rebuilt(built, change);
const guarded = (...guards: Instruction[]) => edit((parts) => void parts.instructions.push(...guards));

describe('what the wallet is asked to sign', () => {
  it('is the very transaction, with both places for signatures free', () => {
    const asked = unwire(unsignedTransaction(authorization));
    expect(Uint8Array.from(asked.messageBytes)).toEqual(Uint8Array.from(built.messageBytes));
    expect(asked.signatures).toEqual({ [feePayer]: null, [account]: null });
  });
});

describe("an honest wallet's answer", () => {
  it('is taken as it is', () => {
    const answer = signedBy(built);
    expect(checkTransaction(answer, authorization)).toEqual({ verdict: 'valid', transaction: answer });
  });

  it.each([1, 2, 3])('is taken with %i guards of Lighthouse, and sent with them', (count) => {
    const answer = signedBy(
      guarded(...Array.from({ length: count }, () => guard([readonly(source), readonly(stranger)]))),
    );
    expect(checkTransaction(answer, authorization)).toEqual({ verdict: 'valid', transaction: answer });
  });

  it('is taken wherever the guards stand', () => {
    const first = edit((parts) => void parts.instructions.unshift(guard()));
    expect(check(signedBy(first))).toBe('valid');
  });
});

const data = (index: number, change: (bytes: Uint8Array) => Uint8Array | void) => (parts: Parts) => {
  parts.instructions[index] = withData(parts.instructions[index], change);
};

const signer = { address: address(account), role: AccountRole.READONLY_SIGNER };
const writable = (at: string) => ({ address: address(at), role: AccountRole.WRITABLE });
const amountBytes = [0x48, 0x11, 0, 0, 0, 0, 0, 0];

/** An instruction of SPL Token about the payer's account. */
const ofToken = (bytes: readonly number[], other?: string): Instruction => ({
  programAddress: address(programs.token),
  accounts: [writable(source), ...(other === undefined ? [] : [writable(other)]), signer],
  data: Uint8Array.from(bytes),
});

/** Each is signed by the right key. */
const illegal: Readonly<Record<string, () => Transaction>> = {
  'another amount': () => edit(data(2, (bytes) => void (bytes[1] = (bytes[1] ?? 0) ^ 1))),
  'other decimals': () => edit(data(2, (bytes) => void (bytes[9] = 9))),
  'another memo': () => edit(data(3, (bytes) => void (bytes[0] = 0x7a))),
  'no memo': () => edit((parts) => void parts.instructions.pop()),
  'a second memo': () => edit((parts) => void parts.instructions.push(parts.instructions[3] as Instruction)),
  'a second transfer': () =>
    edit((parts) => void parts.instructions.push(parts.instructions[2] as Instruction)),
  'no compute limit': () => edit((parts) => void parts.instructions.shift()),
  'another compute limit': () => edit(data(0, (bytes) => void (bytes[1] = 1))),
  'another compute price': () => edit(data(1, (bytes) => void (bytes[1] = 2))),
  'another order': () => edit((parts) => void parts.instructions.reverse()),
  'another blockhash': () => edit((parts) => void (parts.blockhash = stranger)),
  'another fee payer': () => edit((parts) => void (parts.feePayer = stranger)),
  'itself as fee payer': () => edit((parts) => void (parts.feePayer = account)),
  'another destination': () =>
    edit((parts) => {
      const transfer = parts.instructions[2] as Instruction;
      const accounts = (transfer.accounts ?? []).map((meta, index) =>
        index === 2 ? { ...meta, address: address(stranger) } : meta,
      );
      parts.instructions[2] = { ...transfer, accounts };
    }),
  'a transfer written without the mint': () =>
    edit((parts) => {
      const [from, , to, owner] = parts.instructions[2]?.accounts ?? [];
      const plain = withData(parts.instructions[2], (bytes) => Uint8Array.of(3, ...bytes.slice(1, 9)));
      parts.instructions[2] = { ...plain, accounts: [from, to, owner].filter((one) => one !== undefined) };
    }),
  'an approval of somebody to spend the account': () => guarded(ofToken([4, ...amountBytes], stranger)),
  'another owner for the account': () => guarded(ofToken([6, 2, 1, ...new Uint8Array(32)])),
  'the account burnt': () => guarded(ofToken([8, ...amountBytes], solanaUsdc.asset)),
  'the account closed': () => guarded(ofToken([9], stranger)),
  'the account wrapped in another program': () =>
    guarded(guard([writable(source), signer], programs.associatedToken)),
  'four guards': () => guarded(guard(), guard(), guard(), guard()),
  'a guard of another program': () => guarded(guard([], stranger)),
  'a transfer of SOL': () =>
    guarded({
      ...guard(
        [{ address: address(account), role: AccountRole.WRITABLE_SIGNER }, readonly(stranger)],
        '11111111111111111111111111111111',
      ),
    }),
  'a guard that may write to an account of somebody': () =>
    guarded(guard([{ address: address(stranger), role: AccountRole.WRITABLE }])),
  'a guard that somebody else signs': () =>
    guarded(guard([{ address: address(stranger), role: AccountRole.READONLY_SIGNER }])),
  'a guard that may spend the payer’s SOL': () =>
    guarded(guard([{ address: address(account), role: AccountRole.WRITABLE_SIGNER }])),
  'a guard that may write to the mint': () =>
    guarded(guard([{ address: address(solanaUsdc.asset), role: AccountRole.WRITABLE }])),
  'an account that nothing uses': () =>
    recompiled(built, ({ staticAccounts, header }) => ({
      staticAccounts: [...staticAccounts, address(stranger)],
      header: { ...header, numReadonlyNonSignerAccounts: header.numReadonlyNonSignerAccounts + 1 },
    })),
  'a legacy message': () => recompiled(built, () => ({ version: 'legacy' })),
  'fewer read-only accounts': () =>
    recompiled(built, ({ header }) => ({
      header: { ...header, numReadonlyNonSignerAccounts: header.numReadonlyNonSignerAccounts - 1 },
    })),
  'a payer whose account is writable': () =>
    recompiled(built, ({ header }) => ({ header: { ...header, numReadonlySignerAccounts: 0 } })),
  'a lookup table': () =>
    recompiled(built, () => ({
      addressTableLookups: [
        {
          lookupTableAddress: address(stranger),
          writableIndexes: [],
          readonlyIndexes: [0],
          readableIndices: [0],
          writableIndices: [],
        },
      ],
    })),
  'a message with a byte too many': () =>
    ({ ...built, messageBytes: Uint8Array.of(...built.messageBytes, 0) }) as unknown as Transaction,
};

describe('an answer that is not what was asked', () => {
  it.each(Object.keys(illegal))('is refused, although it is signed: %s', (name) => {
    const edited = illegal[name]?.();
    expect(edited && check(signedBy(edited))).not.toBe('valid');
  });

  it('is refused with the signature of another key, of another message, or without one', () => {
    expect(check(signedBy(built, new Uint8Array(32).fill(8)))).toBe('mismatch');
    const [other] = Object.entries(unwire(signedBy(guarded(guard()))).signatures).filter(
      ([key]) => key === account,
    );
    const signatures = { ...built.signatures, [account]: other?.[1] };
    expect(check(wire({ ...built, signatures }))).toBe('mismatch');
    expect(check(wire(built))).toBe('mismatch');
  });

  it('is refused with the fee payer’s place filled', () => {
    const signed = unwire(signedBy(built));
    const signatures = { ...signed.signatures, [feePayer]: new Uint8Array(64).fill(1) };
    expect(check(wire({ ...signed, signatures }))).toBe('mismatch');
  });

  it('is refused with a signature that is the same number written in another way', () => {
    const signed = unwire(signedBy(built));
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const signature = Uint8Array.from(signed.signatures[address(account)] ?? []);
    let s = 0n;
    for (let index = 63; index >= 32; index -= 1) s = s * 256n + BigInt(signature[index] ?? 0);
    let higher = s + order;
    for (let index = 32; index < 64; index += 1) {
      signature[index] = Number(higher & 0xffn);
      higher >>= 8n;
    }
    const signatures = { ...signed.signatures, [account]: signature };
    expect(check(wire({ ...signed, signatures }))).toBe('mismatch');
  });

  it.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['another type', { transaction: 'AAAA' }],
    ['no base64', 'hello!'],
    ['hex', `0x${'ab'.repeat(65)}`],
    ['bytes of nothing', 'AAAA'],
    ['a long text', 'A'.repeat(4000)],
    [
      'a transaction with a byte after it',
      Buffer.concat([Buffer.from(signedBy(built), 'base64'), Buffer.of(0)]).toString('base64'),
    ],
    ['half a transaction', signedBy(built).slice(0, 200)],
  ])('is refused where it is %s', (_name, answer) => {
    expect(check(answer)).not.toBe('valid');
  });

  it('is refused with any bit of it turned over', () => {
    const bytes = Buffer.from(signedBy(built), 'base64');
    for (let bit = 0; bit < bytes.length * 8; bit += 7) {
      const turned = Buffer.from(bytes);
      turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(check(turned.toString('base64')), String(bit)).not.toBe('valid');
    }
  });
});
