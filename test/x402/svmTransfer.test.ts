import { AccountRole, address, getTransactionEncoder } from '@solana/kit';
import type { Instruction, Transaction } from '@solana/kit';
import { beforeAll, describe, expect, it } from 'vitest';
import { solanaUsdc } from '../../src/core/assets.ts';
import type { SvmAuthorization } from '../../src/core/svmAuthorization.ts';
import { readTransaction } from '../../src/x402/svmGate.ts';
import { programs, tokenAccountOf } from '../../src/x402/svmMessage.ts';
import { paysFor } from '../../src/x402/svmTransfer.ts';
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

let built: Transaction;
let authorization: SvmAuthorization;
let source: string;

beforeAll(async () => {
  const offer = solanaOffer();
  built = await builtFor(offer);
  authorization = await readTransaction(built, { account, offer, blockhash: ownBlockhash });
  source = await tokenAccountOf(account, solanaUsdc.asset);
});

const pays = (transaction: Transaction) =>
  paysFor(getTransactionEncoder().encode(transaction) as Uint8Array, authorization, solanaUsdc.asset, source);
const changed = (change: (parts: Parts) => void) => pays(rebuilt(built, change));
const changedIn = (program: string, change: (instruction: Instruction) => Instruction) =>
  changed((parts) => {
    parts.instructions = parts.instructions.map((one) =>
      one.programAddress === program ? change(one) : one,
    );
  });
const memo = (text: string): Instruction => ({
  programAddress: address(programs.memo),
  accounts: [],
  data: new TextEncoder().encode(text),
});

/** With a table of accounts to look up, as a transaction of version 0 may have. */
const withLookup = (transaction: Transaction) =>
  recompiled(transaction, ({ instructions }) => ({
    addressTableLookups: [
      { lookupTableAddress: address(solanaUsdc.asset), writableIndexes: [], readonlyIndexes: [0] },
    ],
    instructions: instructions.map((one) => ({ ...one, accountIndices: [250] })),
  }));

describe('a transaction that has landed', () => {
  it('is the payment’s as it was built, and with whatever else is in it', async () => {
    await expect(pays(built)).resolves.toBe(true);
    await expect(changed(({ instructions }) => void instructions.unshift(memo('another')))).resolves.toBe(
      true,
    );
  });

  it('is the payment’s where a wallet has written its transfer without the mint', async () => {
    const plain = changedIn(programs.token, (instruction) => {
      const [from, , to, owner] = instruction.accounts ?? [];
      const accounts = [from, to, owner].filter((one) => one !== undefined);
      return {
        ...withData(instruction, (data) => Uint8Array.from([3, ...data.slice(1, 9)])),
        accounts,
      };
    });
    await expect(plain).resolves.toBe(true);
  });

  it.each<[string, () => Promise<boolean>]>([
    ['another memo', () => changedIn(programs.memo, () => memo('another'))],
    ['another amount', () => changedIn(programs.token, (one) => withData(one, (data) => void (data[1] = 1)))],
    [
      'another payee',
      () =>
        changedIn(programs.token, (one) => ({
          ...one,
          accounts: (one.accounts ?? []).map((each, at) =>
            at === 2 ? { address: address(feePayer), role: AccountRole.WRITABLE } : each,
          ),
        })),
    ],
    ['no transfer', () => changed((parts) => void (parts.instructions = [memo(authorization.memo)]))],
  ])('is not the payment’s with %s', async (_what, answer) => {
    await expect(answer()).resolves.toBe(false);
  });

  it('is not the payment’s where somebody else alone has signed it, whatever it looks up', async () => {
    const theirs = rebuilt(built, (parts) => void (parts.instructions = [memo(authorization.memo)]));
    await expect(pays(withLookup(theirs))).resolves.toBe(false);
  });

  it('is no answer where the payer has signed it and it looks its accounts up: it may be the payment’s', async () => {
    await expect(pays(withLookup(built))).rejects.toThrow('looks an account up');
  });

  it('is no answer where it cannot be read', async () => {
    await expect(paysFor(new Uint8Array(10), authorization, solanaUsdc.asset, source)).rejects.toThrow();
  });
});
