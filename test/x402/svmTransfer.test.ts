import { AccountRole, address, getTransactionEncoder } from '@solana/kit';
import type { Instruction, Transaction } from '@solana/kit';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { solanaUsdc } from '../../src/core/assets.ts';
import type { SvmAuthorization } from '../../src/core/svmAuthorization.ts';
import { readTransaction } from '../../src/x402/svmGate.ts';
import { programs, tokenAccountOf } from '../../src/x402/svmMessage.ts';
import { paysFor, readLanded } from '../../src/x402/svmTransfer.ts';
import { account, builtFor, feePayer, ownBlockhash, rebuilt, solanaOffer, withData } from './solana.ts';
import { transactionAsJson } from '../rig/solana/json.ts';
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

/** As a node tells it. */
const told = (transaction: Transaction) => ({
  slot: 1,
  transaction: transactionAsJson(getTransactionEncoder().encode(transaction) as Uint8Array) as Told,
  meta: { err: null, loadedAddresses: { writable: [] as string[], readonly: [] as string[] } },
});
const paysAsTold = async (answer: unknown) =>
  paysFor(readLanded(answer), authorization, solanaUsdc.asset, source);
const pays = (transaction: Transaction) => paysAsTold(told(transaction));
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

interface Told {
  message: { accountKeys: string[]; instructions: { accounts: number[] }[] };
}

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

  it('is the payment’s where it looks the payee up', async () => {
    const answer = told(built);
    const { accountKeys } = answer.transaction.message;
    // The payee's account is writable, so that is what moves it behind all that are written out.
    const destination = await tokenAccountOf(authorization.to, solanaUsdc.asset);
    const at = accountKeys.indexOf(destination);
    const moved = (index: number) => (index === at ? accountKeys.length - 1 : index > at ? index - 1 : index);
    const accountKeysLeft = accountKeys.filter((key) => key !== destination);
    const message = {
      ...answer.transaction.message,
      accountKeys: accountKeysLeft,
      instructions: answer.transaction.message.instructions.map((one) => ({
        ...one,
        programIdIndex: moved((one as unknown as { programIdIndex: number }).programIdIndex),
        accounts: one.accounts.map(moved),
      })),
    };
    const lookedUp = {
      ...answer,
      transaction: { ...answer.transaction, message },
      meta: { err: null, loadedAddresses: { writable: [destination], readonly: [] } },
    };
    await expect(paysAsTold(lookedUp)).resolves.toBe(true);
    await expect(paysAsTold({ ...lookedUp, meta: { err: null } }).catch(String)).resolves.toContain(
      'no transaction',
    );
  });

  it('is not the payment’s where somebody else alone has signed it', async () => {
    const theirs = rebuilt(built, (parts) => void (parts.instructions = [memo(authorization.memo)]));
    const answer = told(theirs);
    answer.transaction.message.accountKeys.push(source, authorization.from);
    await expect(paysAsTold(answer)).resolves.toBe(false);
  });

  it.each<[string, (answer: Record<string, unknown>) => unknown]>([
    ['nothing', () => null],
    ['no transaction', ({ transaction: _none, ...rest }) => rest],
    ['bytes', (answer) => ({ ...answer, transaction: ['AAAA', 'base64'] })],
    [
      'no signers',
      (answer) => ({ ...answer, transaction: { message: { accountKeys: [], instructions: [] } } }),
    ],
  ])('is no answer where a node tells %s', async (_what, change) => {
    await expect(async () => paysAsTold(change(told(built)))).rejects.toThrow('no transaction');
  });

  it('is no answer, soon, where a node tells far more than a transaction holds', async () => {
    const answer = told(built);
    const instructions = [{ programIdIndex: 0, accounts: [], data: 'z'.repeat(400_000) }];
    const message = { ...answer.transaction.message, instructions };
    await expect(paysAsTold({ ...answer, transaction: { message } })).rejects.toThrow('no transaction');
  });

  it('is an answer or an error, whatever a node tells', () => {
    const index = fc.oneof(fc.integer(), fc.double(), fc.string());
    const instruction = fc.record({
      programIdIndex: index,
      accounts: fc.array(index, { maxLength: 3 }),
      data: fc.string({ maxLength: 20 }),
    });
    const message = fc.record({
      header: fc.record({ numRequiredSignatures: index }),
      accountKeys: fc.array(fc.string(), { maxLength: 3 }),
      instructions: fc.array(instruction, { maxLength: 2 }),
    });
    const answers = fc.oneof(
      fc.anything(),
      fc.record({ transaction: fc.record({ message }), meta: fc.anything() }),
    );
    fc.assert(
      fc.property(answers, (answer) => {
        try {
          const { signers, instructions } = readLanded(answer);
          return signers.length > 0 && instructions.every(({ program }) => typeof program === 'string');
        } catch (error) {
          return error instanceof Error;
        }
      }),
    );
  });
});
