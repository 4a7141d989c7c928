import { ed25519 } from '@noble/curves/ed25519';
import {
  address,
  appendTransactionMessageInstructions,
  compileTransaction,
  createTransactionMessage,
  decompileTransactionMessage,
  getAddressEncoder,
  getCompiledTransactionMessageDecoder,
  getTransactionDecoder,
  getTransactionEncoder,
  pipe,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from '@solana/kit';
import type { Blockhash, Instruction } from '@solana/kit';
import { getTransferCheckedInstruction } from '@solana-program/token';
import type { SolanaSignTransactionFeature } from '@solana/wallet-standard-features';
import { describe, expect, it, vi } from 'vitest';
import { solanaAddresses, solanaSeeds, solanaSigner } from '../rig/solana/keys.ts';
import { solanaUsdc, tokenAccountOf } from '../rig/solana/usdc.ts';
import type { SolanaEdit } from '../rig/wallet/options.ts';
import type { Question } from '../rig/wallet/provider.ts';
import { createSolanaWallet } from '../rig/wallet/solana.ts';
import type { SolanaWalletStart } from '../rig/wallet/solana.ts';

const seed = Buffer.from(solanaSeeds.payer).toString('hex');

function open(options: Partial<SolanaWalletStart> = {}, answer = true) {
  const asked: Question[] = [];
  const start: SolanaWalletStart = {
    seed,
    mode: 'sign',
    connected: true,
    name: 'Test',
    icon: '',
    ...options,
  };
  const made = createSolanaWallet(start, (question) => {
    asked.push(question);
    return Promise.resolve(answer);
  });
  const { features } = made.wallet;
  const connect = () => (features['standard:connect'] as { connect(): Promise<unknown> }).connect();
  const { signTransaction } = (features as SolanaSignTransactionFeature)['solana:signTransaction'];
  const sign = async (transaction: Uint8Array) => {
    const [account] = made.wallet.accounts;
    if (!account) throw new Error('The wallet is not connected.');
    const [signed] = await signTransaction({ account, transaction, chain: 'solana:mainnet' });
    return getTransactionDecoder().decode(signed?.signedTransaction ?? new Uint8Array());
  };
  return { ...made, asked, connect, sign };
}

async function payment(): Promise<Uint8Array> {
  const transfer = getTransferCheckedInstruction({
    source: await tokenAccountOf(solanaAddresses.payer),
    destination: await tokenAccountOf(solanaAddresses.payee),
    mint: solanaUsdc,
    authority: await solanaSigner('payer'),
    amount: 4424n,
    decimals: 6,
  });
  const memo = {
    programAddress: address('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr'),
    data: new TextEncoder().encode('abc'),
  };
  const message = pipe(
    createTransactionMessage({ version: 0 }),
    (made) => setTransactionMessageFeePayer(address(solanaAddresses.facilitator), made),
    (made) => appendTransactionMessageInstructions([transfer, memo], made),
    (made) =>
      setTransactionMessageLifetimeUsingBlockhash(
        { blockhash: solanaUsdc as unknown as Blockhash, lastValidBlockHeight: 1n },
        made,
      ),
  );
  return getTransactionEncoder().encode(compileTransaction(message)) as Uint8Array;
}

type Signed = ReturnType<ReturnType<typeof getTransactionDecoder>['decode']>;

function instructionsIn({ messageBytes }: Signed): readonly Instruction[] {
  return decompileTransactionMessage(getCompiledTransactionMessageDecoder().decode(messageBytes))
    .instructions;
}

function isSignedByPayer({ messageBytes, signatures }: Signed): boolean {
  const payer = address(solanaAddresses.payer);
  const signature = signatures[payer];
  const key = getAddressEncoder().encode(payer) as Uint8Array;
  return !!signature && ed25519.verify(signature, new Uint8Array(messageBytes), key);
}

describe('the Solana test wallet', () => {
  it('signs what it is given, and leaves the fee payer its place', async () => {
    const wire = await payment();
    const signed = await open().sign(wire);
    expect(signed.messageBytes).toEqual(getTransactionDecoder().decode(wire).messageBytes);
    expect(isSignedByPayer(signed)).toBe(true);
    expect(signed.signatures[address(solanaAddresses.facilitator)]).toBeNull();
  });

  it.each([1, 2, 3])('adds %i of Lighthouse’s instructions', async (lighthouse) => {
    const signed = await open({ edit: { lighthouse } }).sign(await payment());
    const added = instructionsIn(signed).slice(2);
    expect(added).toHaveLength(lighthouse);
    for (const { programAddress } of added)
      expect(programAddress).toBe('L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95');
    expect(isSignedByPayer(signed)).toBe(true);
  });

  it.each(['amount', 'blockhash', 'memo'] as const)('alters the %s, and signs that', async (alter) => {
    const wire = await payment();
    const wallet = open();
    wallet.setEdit({ alter } satisfies SolanaEdit);
    const signed = await wallet.sign(wire);
    expect(signed.messageBytes).not.toEqual(getTransactionDecoder().decode(wire).messageBytes);
    expect(isSignedByPayer(signed)).toBe(true);
  });

  it('shows what it signs', async () => {
    const { asked, sign } = open({ mode: 'ask' });
    await sign(await payment());
    expect(asked).toEqual([
      {
        kind: 'signTransaction',
        account: solanaAddresses.payer,
        lines: [
          `Value 0.004424 of the token ${solanaUsdc}`,
          `To ${await tokenAccountOf(solanaAddresses.payee)}`,
          'Memo abc',
          `Fees ${solanaAddresses.facilitator} pays them`,
        ],
      },
    ]);
  });

  it('shows its account only once it is connected, and asks for that', async () => {
    const { wallet, connect, asked } = open({ mode: 'ask', connected: false });
    expect(wallet.accounts).toEqual([]);
    await connect();
    expect(asked).toEqual([{ kind: 'connect', account: solanaAddresses.payer }]);
    expect(wallet.accounts).toMatchObject([{ address: solanaAddresses.payer }]);
  });

  it('rejects as wallets do, with an object that is no Error', async () => {
    const { sign } = open({ mode: 'ask' }, false);
    await expect(sign(await payment())).rejects.toEqual({
      code: 4001,
      message: 'User rejected the request.',
    });
  });

  it('can hang', async () => {
    const ended = vi.fn();
    void open({ mode: 'hang' })
      .sign(await payment())
      .finally(ended);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(ended).not.toHaveBeenCalled();
  });
});
