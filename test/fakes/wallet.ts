import { recoverMessageAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { PrivateKeyAccount, TypedDataDefinition } from 'viem';
import { baseUsdc } from '../../src/core/assets.ts';
import type { AnnouncedWallet, WalletAsk } from '../../src/protocol/wallet.ts';
import { account as solanaAccount, signedBy, unwire } from '../x402/solana.ts';

/** A key that holds nothing anywhere: the payer. */
export const payer = privateKeyToAccount(
  '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d',
);
/** Another account. */
const stranger = privateKeyToAccount('0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a');
/** Whose key the payer's account obeys where it is a contract: 32 bytes of the contract's own, then its signature. */
export const contractOwner = stranger;

/** How a wallet meets a request to sign. */
export type SigningMode =
  | 'sign'
  | 'reject'
  | 'fail'
  /** Until `goOn` is called, which signs after all. */
  | 'hang'
  | 'twice'
  /** With the key of another account. */
  | 'foreign account'
  /** A message with another payee. */
  | 'altered message'
  | 'malformed'
  | 'high s'
  /** As a contract wallet does: its owner's signature with words of its own around it. */
  | 'contract'
  /** The same once `goOn` is called. */
  | 'hanging contract'
  /** As a contract wallet does that is not deployed (ERC-6492). */
  | 'undeployed'
  | 'wrong chain';

/** How a wallet meets a request to connect. */
export type ConnectMode =
  'connect' | 'reject' | 'hang' | 'empty' | 'other account' | 'wrong chain' | 'other chain after all';

/** What a wallet answers; `value` is whatever it likes. */
export type WalletReply = (ok: boolean, value: unknown) => void;

/** A page's wallet with a key. */
export interface FakeWallet {
  signing: SigningMode;
  connecting: ConnectMode;
  announced: readonly AnnouncedWallet[];
  /** Whether it shows the page its account of an EVM chain unasked. */
  isConnected: boolean | 'hang';
  readonly asked: readonly WalletAsk[];
  ask: (ask: WalletAsk, reply: WalletReply) => void;
  /** Asks withdrawn by the background. */
  withdrawn: number;
  /** Answers what hangs. */
  goOn(): Promise<void>;
}

/** One wallet as it announces itself. */
export function announcement(name: string): AnnouncedWallet {
  return { id: `uuid-of-${name}`, name, rdns: `example.${name}`, icon: '' };
}

/** A Solana wallet as it announces itself; it shows its account where it is connected. */
export function solanaAnnouncement(name: string, isConnected = false): AnnouncedWallet {
  const shown = isConnected ? { account: solanaAccount } : {};
  return { id: `solana:${name}`, name, rdns: `solana:${name}`, icon: '', kind: 'svm', ...shown };
}

/** Makes a wallet that connects and signs at once. */
export function fakeWallet(): FakeWallet {
  const asked: WalletAsk[] = [];
  let hanging: (() => Promise<void>)[] = [];

  const connect = (address: string, reply: WalletReply) => {
    const accounts = () => reply(true, [address]);
    switch (wallet.connecting) {
      case 'reject':
        return reply(false, { kind: 'rejected', message: 'User rejected the request.' });
      case 'hang':
        return void hanging.push(async () => accounts());
      case 'other account':
        return reply(true, [stranger.address]);
      case 'empty':
        return reply(true, ['']);
      case 'connect':
      case 'wrong chain':
      case 'other chain after all':
        return accounts();
    }
  };
  const signTransaction = (transaction: string, reply: WalletReply) => {
    const sign = () => reply(true, signedBy(unwire(transaction)));
    if (wallet.signing === 'hang') hanging.push(async () => sign());
    else if (wallet.signing === 'sign') sign();
    else reply(false, { kind: 'rejected', message: 'User rejected the request.' });
  };
  const switchChain = (chainIdHex: string, reply: WalletReply) => {
    if (wallet.connecting === 'wrong chain') return reply(false, { kind: 'wrong-chain', message: '' });
    return reply(true, wallet.connecting === 'other chain after all' ? '0x1' : chainIdHex);
  };
  const sign = async (typedData: string, reply: WalletReply): Promise<void> => {
    const sound = () => signed(payer, typedData);
    const ofContract = async () =>
      `0x${'00'.repeat(32)}${(await signed(contractOwner, typedData)).slice(2)}` as const;
    switch (wallet.signing) {
      case 'sign':
        return reply(true, await sound());
      case 'twice':
        reply(true, await sound());
        return reply(true, await signed(stranger, typedData));
      case 'reject':
        return reply(false, { kind: 'rejected', message: 'User rejected the request.' });
      case 'fail':
        return reply(false, { kind: 'failed', message: 'Internal error' });
      case 'wrong chain':
        return reply(false, { kind: 'wrong-chain', message: '' });
      case 'hang':
        return void hanging.push(async () => reply(true, await sound()));
      case 'foreign account':
        return reply(true, await signed(stranger, typedData));
      case 'altered message':
        return reply(true, await signed(payer, typedData, { to: stranger.address }));
      case 'malformed':
        return reply(true, '0x1234');
      case 'contract':
        return reply(true, await ofContract());
      case 'hanging contract':
        return void hanging.push(async () => reply(true, await ofContract()));
      case 'undeployed':
        return reply(true, `${await signed(contractOwner, typedData)}${'6492'.repeat(16)}`);
      case 'high s':
        return reply(true, withHighS(await sound()));
    }
  };

  const wallet: FakeWallet = {
    signing: 'sign',
    connecting: 'connect',
    announced: [announcement('wallet')],
    isConnected: false,
    asked,
    withdrawn: 0,
    ask(ask, reply) {
      asked.push(ask);
      if (ask.type === 'list') reply(true, wallet.announced);
      if (ask.type === 'accounts' && wallet.isConnected !== 'hang')
        reply(true, wallet.isConnected ? [payer.address] : []);
      if (ask.type === 'connect')
        connect(ask.wallet.startsWith('solana:') ? solanaAccount : payer.address, reply);
      if (ask.type === 'switchChain') switchChain(ask.chainIdHex, reply);
      if (ask.type === 'signTransaction') signTransaction(ask.transaction, reply);
      if (ask.type === 'signTypedData') void sign(ask.typedData, reply);
    },
    async goOn() {
      const waiting = hanging;
      hanging = [];
      for (const answer of waiting) await answer();
    },
  };
  return wallet;
}

/** The signature of the EIP-712 message in this JSON text, with some fields of the message changed. */
export async function signed(
  account: PrivateKeyAccount,
  typedData: string,
  change: Readonly<Record<string, string>> = {},
): Promise<`0x${string}`> {
  const { types, message, ...rest } = JSON.parse(typedData) as TypedDataDefinition & {
    types: Record<string, unknown>;
    message: Record<string, unknown>;
  };
  const { EIP712Domain: _implied, ...ownTypes } = types;
  const isBase = rest.domain?.verifyingContract === baseUsdc.asset;
  if (isBase !== (rest.domain?.chainId === baseUsdc.chainId)) throw new Error('A token of another chain.');
  return account.signTypedData({
    ...rest,
    types: ownTypes,
    message: { ...message, ...change },
  });
}

/** The other, malleable form of the same signature. */
function withHighS(signature: `0x${string}`): string {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const s = order - BigInt(`0x${signature.slice(66, 130)}`);
  const v = signature.endsWith('1b') ? '1c' : '1b';
  return signature.slice(0, 66) + s.toString(16).padStart(64, '0') + v;
}

/** viem loads its curve at the first use, which takes real time. */
export async function warmUp(): Promise<void> {
  const message = 'warm';
  await recoverMessageAddress({ message, signature: await payer.signMessage({ message }) });
}
