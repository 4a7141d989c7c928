import { address } from '@solana/kit';
import type { Instruction, Transaction } from '@solana/kit';
import { programs } from '../../src/x402/svmMessage.ts';
import { rebuilt, signedBy, unwire, withData } from '../x402/solana.ts';
import { announcement, fakeWallet } from './wallet.ts';
import type { FakeWallet, WalletReply } from './wallet.ts';
import { solanaPayer } from './solanaChain.ts';

/** A Solana wallet in a page that may keep what it signs. */
export interface FakeSolanaWallet extends FakeWallet {
  /** How many assertions of Lighthouse it adds to what it signs. */
  guards: number;
  /** The transaction it was last asked to sign, signed with so many guards: what a page keeps from us. */
  signedCopy(guards: number): string;
}

/** Makes one that is connected and signs at once. */
export function fakeSolanaWallet(): FakeSolanaWallet {
  let hanging: (() => void)[] = [];
  let last: Transaction | undefined;

  const sign = (transaction: Transaction, reply: WalletReply): void => {
    const sound = () => signedBy(guarded(transaction, wallet.guards));
    switch (wallet.signing) {
      case 'sign':
        return reply(true, sound());
      case 'twice':
        reply(true, sound());
        return reply(true, signedBy(transaction, stranger));
      case 'reject':
        return reply(false, { kind: 'rejected', message: 'User rejected the request.' });
      case 'fail':
        return reply(false, { kind: 'failed', message: 'Internal error' });
      case 'hang':
        return void hanging.push(() => reply(true, sound()));
      case 'foreign account':
        return reply(true, signedBy(transaction, stranger));
      case 'altered message':
        return reply(true, signedBy(withOneMore(transaction)));
      case 'malformed':
        return reply(true, 'AAAA');
      case 'high s':
      case 'contract':
      case 'hanging contract':
      case 'undeployed':
      case 'wrong chain':
        throw new Error(`A Solana wallet knows nothing of ${wallet.signing}.`);
    }
  };

  const wallet: FakeSolanaWallet = {
    ...fakeWallet(),
    guards: 0,
    announced: [{ ...announcement('solana'), kind: 'svm', account: solanaPayer }],
    ask(ask, reply) {
      (wallet.asked as unknown[]).push(ask);
      if (ask.type === 'list') reply(true, wallet.announced);
      if (ask.type === 'connect') reply(true, [solanaPayer]);
      if (ask.type !== 'signTransaction') return;
      last = unwire(ask.transaction);
      sign(last, reply);
    },
    signedCopy(guards) {
      if (!last) throw new Error('Nothing was to be signed.');
      return signedBy(guarded(last, guards));
    },
    async goOn() {
      const waiting = hanging;
      hanging = [];
      for (const answer of waiting) answer();
    },
  };
  return wallet;
}

const stranger = new Uint8Array(32).fill(9);

/** As wallets that protect their people do. */
function guarded(transaction: Transaction, guards: number): Transaction {
  if (guards === 0) return transaction;
  return rebuilt(transaction, ({ instructions }) => {
    for (let index = 0; index < guards; index += 1) {
      const data = new TextEncoder().encode(`guard ${index}`);
      instructions.push({ programAddress: address(programs.lighthouse), accounts: [], data });
    }
  });
}

/** One millionth more than was agreed to. */
function withOneMore(transaction: Transaction): Transaction {
  return rebuilt(transaction, (parts) => {
    parts.instructions = parts.instructions.map((instruction) =>
      instruction.programAddress === programs.token
        ? withData(instruction, (data) => void (data[1] = (data[1] ?? 0) + 1))
        : instruction,
    );
  });
}

/** A transaction with another memo beside its own: one transfer that says it is two payments. */
export function withMemo(transaction: string, memo: string): string {
  const note: Instruction = {
    programAddress: address(programs.memo),
    accounts: [],
    data: new TextEncoder().encode(memo),
  };
  return signedBy(rebuilt(unsigned(transaction), ({ instructions }) => void instructions.push(note)));
}

function unsigned(transaction: string): Transaction {
  const { signatures, ...rest } = unwire(transaction);
  return {
    ...rest,
    signatures: Object.fromEntries(Object.keys(signatures).map((key) => [key, null])),
  };
}
