import { ed25519 } from '@noble/curves/ed25519';
import {
  address,
  appendTransactionMessageInstructions,
  compileTransaction,
  decompileTransactionMessage,
  getBase16Encoder,
  getBase58Decoder,
  getCompiledTransactionMessageDecoder,
  getTransactionDecoder,
  getTransactionEncoder,
} from '@solana/kit';
import type { Instruction, Transaction } from '@solana/kit';
import type {
  SolanaSignTransactionFeature,
  SolanaSignTransactionInput,
} from '@solana/wallet-standard-features';
import type { Wallet, WalletAccount } from '@wallet-standard/base';
import { answerEvent, lateMs, requestEvent } from './options.ts';
import type { SolanaEdit, SolanaWalletOptions, WalletMode } from './options.ts';
import type { Question } from './provider.ts';

/** The wallet that pages see, and its switches. */
export interface SolanaRigWallet {
  readonly wallet: Wallet;
  setMode(mode: WalletMode): void;
  setEdit(edit: SolanaEdit): void;
}

/** How it starts. */
export interface SolanaWalletStart extends SolanaWalletOptions {
  readonly mode: WalletMode;
  readonly connected: boolean;
  readonly name: string;
  readonly icon: string;
}

const chain = 'solana:mainnet';
const tokenProgram = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA';
const memoProgram = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr';
const lighthouse = address('L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95');

/**
 * A Wallet Standard wallet with one key (https://github.com/wallet-standard/wallet-standard).
 * @param ask - shows a question to the person, in mode `ask`
 * @param tell - of requests and answers, for the demo and the tests
 */
export function createSolanaWallet(
  options: SolanaWalletStart,
  ask: (question: Question) => Promise<boolean>,
  tell: (event: string, detail: unknown) => void = () => undefined,
): SolanaRigWallet {
  const seed = getBase16Encoder().encode(options.seed) as Uint8Array;
  const publicKey = ed25519.getPublicKey(seed);
  const account: WalletAccount = Object.freeze({
    address: getBase58Decoder().decode(publicKey),
    publicKey,
    chains: [chain],
    features: ['solana:signTransaction'],
  } as const);
  let { mode, edit = {} } = options;
  let accounts: readonly WalletAccount[] = options.connected ? [account] : [];
  const listeners = new Set<(change: { accounts: readonly WalletAccount[] }) => void>();

  async function consent(question: Question): Promise<void> {
    if (mode === 'hang') await new Promise(() => undefined);
    if (mode === 'late') await new Promise((resolve) => setTimeout(resolve, lateMs));
    const agreed = mode === 'ask' ? await ask(question) : mode !== 'reject';
    // As wallets do: nothing that is an Error.
    // oxlint-disable-next-line typescript/only-throw-error
    if (!agreed) throw { code: 4001, message: 'User rejected the request.' };
  }

  async function connect(): Promise<{ readonly accounts: readonly WalletAccount[] }> {
    if (accounts.length === 0) {
      await consent({ kind: 'connect', account: account.address });
      accounts = [account];
      for (const listener of listeners) listener({ accounts });
    }
    return { accounts };
  }

  async function signOne({ account: asked, transaction }: SolanaSignTransactionInput) {
    if (accounts.length === 0 || asked.address !== account.address)
      throw new Error('The wallet has no such account.');
    const given = getTransactionDecoder().decode(transaction);
    if (!(account.address in given.signatures)) throw new Error('The account signs nothing in this.');
    await consent({ kind: 'signTransaction', account: account.address, lines: linesOf(given) });
    const edited = change(given, edit);
    const signature = ed25519.sign(new Uint8Array(edited.messageBytes), seed);
    const signatures = { ...edited.signatures, [account.address]: signature };
    return {
      signedTransaction: getTransactionEncoder().encode({
        ...edited,
        signatures,
      }) as Uint8Array,
    };
  }

  const watched =
    <Input extends readonly unknown[], Output>(method: string, run: (...input: Input) => Promise<Output>) =>
    async (...input: Input): Promise<Output> => {
      tell(requestEvent, { method, params: input.map(readable) });
      try {
        const output = await run(...input);
        tell(answerEvent, { method, ok: true });
        return output;
      } catch (error) {
        tell(answerEvent, { method, ok: false });
        throw error;
      }
    };

  const signing: SolanaSignTransactionFeature = {
    'solana:signTransaction': {
      version: '1.0.0',
      supportedTransactionVersions: ['legacy', 0],
      signTransaction: watched('solana:signTransaction', (...inputs) => Promise.all(inputs.map(signOne))),
    },
  };
  const wallet: Wallet = {
    version: '1.0.0',
    name: options.name,
    icon: options.icon as Wallet['icon'],
    chains: [chain],
    get accounts() {
      return accounts;
    },
    features: {
      'standard:connect': { version: '1.0.0', connect: watched('standard:connect', connect) },
      'standard:events': {
        version: '1.0.0',
        on(_event: string, listener: (change: { accounts: readonly WalletAccount[] }) => void) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
      ...signing,
    },
  };
  return { wallet, setMode: (next) => void (mode = next), setEdit: (next) => void (edit = next) };
}

/** What it was asked, as text that leaves the page: a transaction in base64. */
function readable(input: unknown): unknown {
  const { transaction } = Object(input) as Partial<SolanaSignTransactionInput>;
  return transaction === undefined ? null : btoa(String.fromCharCode(...transaction));
}

function change(transaction: Transaction, { lighthouse: guards = 0, alter }: SolanaEdit): Transaction {
  if (guards === 0 && alter === undefined) return transaction;
  const message = decompile(transaction);
  const instructions = message.instructions.map((instruction) => altered(instruction, alter));
  const guard = { programAddress: lighthouse, accounts: [], data: new TextEncoder().encode('guard') };
  return compileTransaction(
    appendTransactionMessageInstructions(
      Array.from({ length: guards }, () => guard),
      {
        ...message,
        instructions,
        ...(alter === 'blockhash' && {
          lifetimeConstraint: {
            blockhash: address('4sGjMW1sUnHzSxGspuhpqLDx6wiyjNtZAMdL4VZHirAn'),
            lastValidBlockHeight: 0n,
          },
        }),
      },
    ),
  );
}

function altered(instruction: Instruction, alter: SolanaEdit['alter']): Instruction {
  const program = { amount: tokenProgram, memo: memoProgram, blockhash: undefined };
  if (alter === undefined || instruction.programAddress !== program[alter] || !instruction.data)
    return instruction;
  const data = Uint8Array.from(instruction.data);
  // The lowest byte of the amount, or a digit of the memo.
  data[1] = (data[1] ?? 0) ^ 1;
  return { ...instruction, data };
}

function linesOf(transaction: Transaction): string[] {
  const { instructions, feePayer } = decompile(transaction);
  const lines = instructions.flatMap(({ programAddress, accounts = [], data = new Uint8Array() }) => {
    if (programAddress === memoProgram) return [`Memo ${new TextDecoder().decode(data)}`];
    if (programAddress !== tokenProgram || data[0] !== 12) return [];
    const amount = new DataView(data.buffer, data.byteOffset, data.byteLength).getBigUint64(1, true);
    const digits = String(amount).padStart(7, '0');
    return [
      `Value ${digits.slice(0, -6)}.${digits.slice(-6)} of the token ${accounts[1]?.address}`,
      `To ${accounts[2]?.address}`,
    ];
  });
  return [...lines, `Fees ${feePayer.address} pays them`];
}

function decompile(transaction: Transaction) {
  const compiled = getCompiledTransactionMessageDecoder().decode(transaction.messageBytes);
  const { instructions, ...message } = decompileTransactionMessage(compiled);
  return { ...message, instructions: instructions as readonly Instruction[] };
}
