import { AccountRole, address } from '@solana/kit';
import type { Instruction } from '@solana/kit';
import { describe, expect, it } from 'vitest';
import { solanaUsdc } from '../../src/core/assets.ts';
import { readTransaction } from '../../src/x402/svmGate.ts';
import { programs, tokenAccountOf } from '../../src/x402/svmMessage.ts';
import {
  account,
  builtFor,
  feePayer,
  ownBlockhash,
  rebuilt,
  recompiled,
  solanaOffer,
  withData,
} from './solana.ts';
import type { Parts } from './solana.ts';

const stranger = 'GyGKxMyg1p9SsHfm15MkNUu1u9TN2JtTspcdmrtGUdse';
const otherMint = 'Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB';
const token2022 = 'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb';
const systemProgram = '11111111111111111111111111111111';
const oldMemo = 'Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo';

const read = async (transaction: Awaited<ReturnType<typeof builtFor>>, offer = solanaOffer()) =>
  readTransaction(transaction, { account, offer, blockhash: ownBlockhash });

describe('what the official client builds', () => {
  it('is let through, and written down field by field from our own values', async () => {
    const built = await builtFor(solanaOffer());
    const authorization = await read(built);
    expect(authorization).toEqual({
      kind: 'svm',
      from: account,
      to: solanaOffer().payTo,
      value: '4424',
      memo: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      feePayer,
      blockhash: ownBlockhash.blockhash,
      lastValidBlockHeight: '279000150',
      slot: '300000000',
      readAtMs: ownBlockhash.readAtMs,
      message: Buffer.from(built.messageBytes).toString('base64'),
    });
  });

  it('has another memo each time, and the offer’s own where it names one', async () => {
    const memos = await Promise.all([1, 2].map(async () => (await read(await builtFor(solanaOffer()))).memo));
    expect(new Set(memos).size).toBe(2);
    const named = solanaOffer({ extra: { feePayer, memo: 'order 77' } });
    expect(await read(await builtFor(named), named)).toMatchObject({ memo: 'order 77' });
  });

  it('never carries a blockhash or height of the gateway’s', async () => {
    const extra = { feePayer, recentBlockhash: stranger, lastValidBlockHeight: '1' };
    const offer = solanaOffer({ extra });
    expect(offer.accepted.extra).toEqual(extra);
    expect(await read(await builtFor(offer), offer)).toMatchObject({
      blockhash: ownBlockhash.blockhash,
      lastValidBlockHeight: '279000150',
    });
  });
});

/** Replaces the instruction at an index. */
const instruction = (index: number, change: (old: Instruction) => Instruction) => (parts: Parts) => {
  const old = parts.instructions[index];
  if (!old) throw new Error('There is no such instruction.');
  parts.instructions[index] = change(old);
};
const data = (index: number, change: (bytes: Uint8Array) => Uint8Array | void) =>
  instruction(index, (old) => withData(old, change));
const add =
  (made: Partial<Instruction> & { programAddress: Instruction['programAddress'] }, at = 4) =>
  (parts: Parts) =>
    void parts.instructions.splice(at, 0, made as Instruction);
const accountAt = (index: number, of: string, role?: AccountRole) =>
  instruction(2, (old) => ({
    ...old,
    accounts: (old.accounts ?? []).map((meta, at) =>
      at === index ? { address: address(of), role: role ?? meta.role } : meta,
    ),
  }));
const amountOf = (bytes: Uint8Array, amount: bigint) =>
  new DataView(bytes.buffer).setBigUint64(1, amount, true);
const program = (index: number, of: string) =>
  instruction(index, (old) => ({ ...old, programAddress: address(of) }));
const noteOf = (text: string) => data(3, () => new TextEncoder().encode(text));

const transfer = (bytes: number[]) => ({
  programAddress: address(systemProgram),
  accounts: [
    { address: address(account), role: AccountRole.WRITABLE_SIGNER },
    { address: address(stranger), role: AccountRole.WRITABLE },
  ],
  data: Uint8Array.from(bytes),
});

/** Each puts the honest transaction together wrongly, in one way. */
const hostile: Readonly<Record<string, (parts: Parts) => void>> = {
  'one micro-USDC more': data(2, (bytes) => amountOf(bytes, 4425n)),
  'one micro-USDC less': data(2, (bytes) => amountOf(bytes, 4423n)),
  'everything that fits in eight bytes': data(2, (bytes) => amountOf(bytes, 2n ** 64n - 1n)),
  nothing: data(2, (bytes) => amountOf(bytes, 0n)),
  'five decimals': data(2, (bytes) => void (bytes[9] = 5)),
  'a longer transfer': data(2, (bytes) => Uint8Array.of(...bytes, 0)),
  'a shorter transfer': data(2, (bytes) => bytes.slice(0, 9)),
  'an unchecked transfer': data(2, (bytes) => Uint8Array.of(3, ...bytes.slice(1, 9))),
  'an approval in place of a transfer': data(2, (bytes) => void (bytes[0] = 13)),
  'a change of owner in place of a transfer': data(2, () => Uint8Array.of(6, 2, 0)),
  'a closing of the account in place of a transfer': data(2, () => Uint8Array.of(9)),
  'burning in place of a transfer': data(2, (bytes) => void (bytes[0] = 15)),
  'another destination': accountAt(2, stranger),
  'the payee itself as destination': accountAt(2, solanaOffer().payTo),
  'another source': accountAt(0, stranger),
  'another mint': accountAt(1, otherMint),
  'another authority': accountAt(3, stranger, AccountRole.READONLY_SIGNER),
  'the fee payer as authority': accountAt(3, feePayer, AccountRole.READONLY_SIGNER),
  'a further signer of the transfer': instruction(2, (old) => ({
    ...old,
    accounts: [...(old.accounts ?? []), { address: address(stranger), role: AccountRole.READONLY_SIGNER }],
  })),
  'a further account of the transfer': instruction(2, (old) => ({
    ...old,
    accounts: [...(old.accounts ?? []), { address: address(stranger), role: AccountRole.READONLY }],
  })),
  'a writable mint': accountAt(1, solanaUsdc.asset, AccountRole.WRITABLE),
  'a payer whose SOL can be spent': accountAt(3, account, AccountRole.WRITABLE_SIGNER),
  'the token program of 2022': program(2, token2022),
  'another program for the transfer': program(2, systemProgram),
  'a compute limit of 40,001': data(0, (bytes) => new DataView(bytes.buffer).setUint32(1, 40_001, true)),
  'a compute limit that is a heap size': data(0, (bytes) => void (bytes[0] = 1)),
  'a long compute limit': data(0, (bytes) => Uint8Array.of(...bytes, 0)),
  'a compute price of 5,000,001': data(1, (bytes) => amountOf(bytes, 5_000_001n)),
  'the highest compute price': data(1, (bytes) => amountOf(bytes, 2n ** 64n - 1n)),
  'a short compute price': data(1, (bytes) => bytes.slice(0, 8)),
  'a compute limit with an account': instruction(0, (old) => ({
    ...old,
    accounts: [{ address: address(account), role: AccountRole.READONLY_SIGNER }],
  })),
  'no compute limit': (parts) => void parts.instructions.splice(0, 1),
  'no compute price': (parts) => void parts.instructions.splice(1, 1),
  'no transfer': (parts) => void parts.instructions.splice(2, 1),
  'no memo': (parts) => void parts.instructions.splice(3, 1),
  'the transfer twice': (parts) => void parts.instructions.push(parts.instructions[2] as Instruction),
  'the memo twice': (parts) => void parts.instructions.push(parts.instructions[3] as Instruction),
  'another order': (parts) => void parts.instructions.reverse(),
  'a memo before the transfer': (parts) => {
    const [limit, price, move, note] = parts.instructions as [
      Instruction,
      Instruction,
      Instruction,
      Instruction,
    ];
    parts.instructions = [limit, price, note, move];
  },
  'a transfer of SOL besides': add(transfer([2, 0, 0, 0, 0, 202, 154, 59, 0, 0, 0, 0])),
  'a durable nonce before all': add(transfer([4, 0, 0, 0]), 0),
  'guards that only a wallet may add': add({
    programAddress: address(programs.lighthouse),
    data: Uint8Array.of(1),
  }),
  'a memo of the gateway’s that was not in the offer': noteOf('order 1'),
  'a memo without text': noteOf(''),
  'a memo in capitals': noteOf('AB'.repeat(16)),
  'a memo that is no text': data(3, () => Uint8Array.of(0xff, 0xfe)),
  'a memo that needs another signature': instruction(3, (old) => ({
    ...old,
    accounts: [{ address: address(account), role: AccountRole.READONLY_SIGNER }],
  })),
  'the first memo program': program(3, oldMemo),
  'another blockhash': (parts) => void (parts.blockhash = stranger),
  'another fee payer': (parts) => void (parts.feePayer = stranger),
  'the payer as fee payer': (parts) => void (parts.feePayer = account),
};

describe('a transaction that the person did not agree to', () => {
  it.each(Object.keys(hostile))('is refused before the wallet hears of it: %s', async (name) => {
    const honest = await builtFor(solanaOffer());
    const twisted = rebuilt(honest, hostile[name] ?? (() => undefined));
    await expect(read(twisted)).rejects.toMatchObject({ reason: 'unsafeOffer' });
  });

  it('is refused where it is the honest one written in another way', async () => {
    const honest = await builtFor(solanaOffer());
    expect(await read(rebuilt(honest, () => undefined))).toMatchObject({ value: '4424' });
    const bytes = [...honest.messageBytes];
    const variants = [
      Uint8Array.from([...bytes, 0]),
      Uint8Array.from(bytes.slice(0, -1)),
      // Four accounts in two bytes, as a length may not be written.
      Uint8Array.from([...bytes.slice(0, 4), (bytes[4] ?? 0) | 0x80, 0, ...bytes.slice(5)]),
      new Uint8Array(),
    ];
    for (const messageBytes of variants) {
      await expect(read({ ...honest, messageBytes } as unknown as typeof honest)).rejects.toMatchObject({
        reason: 'unsafeOffer',
      });
    }
  });

  it('is refused as a legacy message, with lookups, with more signers or with unused accounts', async () => {
    const honest = await builtFor(solanaOffer());
    const twisted = [
      recompiled(honest, () => ({ version: 'legacy' })),
      recompiled(honest, () => ({
        addressTableLookups: [
          {
            lookupTableAddress: address(stranger),
            writableIndexes: [0],
            readonlyIndexes: [],
            readableIndices: [],
            writableIndices: [0],
          },
        ],
      })),
      recompiled(honest, ({ header }) => ({ header: { ...header, numSignerAccounts: 3 } })),
      recompiled(honest, ({ header }) => ({ header: { ...header, numSignerAccounts: 1 } })),
      recompiled(honest, ({ header }) => ({ header: { ...header, numReadonlySignerAccounts: 0 } })),
      recompiled(honest, ({ header }) => ({
        header: { ...header, numReadonlyNonSignerAccounts: header.numReadonlyNonSignerAccounts - 1 },
      })),
      recompiled(honest, ({ staticAccounts }) => ({
        staticAccounts: [...staticAccounts, address(stranger)],
      })),
      recompiled(honest, ({ staticAccounts }) => ({
        staticAccounts: [...staticAccounts, staticAccounts[2]],
      })),
      recompiled(honest, ({ staticAccounts }) => ({ staticAccounts: staticAccounts.slice(0, -1) })),
    ];
    for (const one of twisted) await expect(read(one)).rejects.toMatchObject({ reason: 'unsafeOffer' });
  });

  it('is refused where somebody has signed already', async () => {
    const honest = await builtFor(solanaOffer());
    const signatures = { ...honest.signatures, [feePayer]: new Uint8Array(64).fill(1) };
    await expect(read({ ...honest, signatures })).rejects.toMatchObject({
      reason: 'unsafeOffer',
      message: expect.stringContaining('(signatures)') as string,
    });
  });

  it('is refused where the payee is the payer, or pays the fees', async () => {
    const own = solanaOffer({ payTo: account });
    await expect(read(await builtFor(own), own)).rejects.toThrow('(payTo)');
    const paying = solanaOffer({ extra: { feePayer: account } });
    await expect(builtFor(paying).then((built) => read(built, paying))).rejects.toThrow();
  });

  it('moves from and to the token accounts that everybody derives', async () => {
    expect(await tokenAccountOf('9hSR6S7WPtxmTojgo6GG3k4yDPecgJY292j7xrsUGWBu', solanaUsdc.asset)).toMatch(
      /^[1-9A-HJ-NP-Za-km-z]{43,44}$/,
    );
  });
});
