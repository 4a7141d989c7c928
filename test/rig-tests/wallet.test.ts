import { Script } from 'node:vm';
import { verifyTypedData } from 'viem';
import { describe, expect, it, vi } from 'vitest';
import { bundleWallet } from '../rig/bundle.ts';
import { keys, people } from '../rig/keys.ts';
import { lateMs } from '../rig/wallet/options.ts';
import type { WalletOptions } from '../rig/wallet/options.ts';
import { createWallet } from '../rig/wallet/provider.ts';
import type { Question } from '../rig/wallet/provider.ts';

const types = {
  TransferWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const;

const typedData = {
  domain: {
    name: 'USD Coin',
    version: '2',
    chainId: 8453,
    verifyingContract: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
  },
  types: {
    EIP712Domain: [
      { name: 'name', type: 'string' },
      { name: 'version', type: 'string' },
      { name: 'chainId', type: 'uint256' },
      { name: 'verifyingContract', type: 'address' },
    ],
    ...types,
  },
  primaryType: 'TransferWithAuthorization',
  message: {
    from: people.payer,
    to: people.payee,
    value: '4424',
    validAfter: '0',
    validBefore: '1900000000',
    nonce: `0x${'ab'.repeat(32)}`,
  },
} as const;

function wallet(options: Partial<WalletOptions> = {}, answer: boolean = true) {
  const asked: Question[] = [];
  const made = createWallet({ privateKey: keys.payer, ...options }, (question) => {
    asked.push(question);
    return Promise.resolve(answer);
  });
  const request = (method: string, params: readonly unknown[] = []) =>
    made.provider.request({ method, params });
  const sign = (data: unknown = JSON.stringify(typedData), from: string = people.payer) =>
    request('eth_signTypedData_v4', [from, data]);
  return { ...made, asked, request, sign };
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'it did not reject',
    (error: unknown) => error,
  );
}

describe('the test wallet', () => {
  it('signs typed data that the chain accepts', async () => {
    const signature = await wallet().sign();
    const { message } = typedData;
    const valid = await verifyTypedData({
      address: people.payer,
      domain: typedData.domain,
      types,
      primaryType: 'TransferWithAuthorization',
      message: {
        ...message,
        value: BigInt(message.value),
        validAfter: BigInt(message.validAfter),
        validBefore: BigInt(message.validBefore),
      },
      signature: `0x${String(signature).slice(2)}`,
    });
    expect(valid).toBe(true);
  });

  it('asks in mode ask, and shows what it would sign', async () => {
    const { sign, asked } = wallet({ mode: 'ask' });
    expect(await sign()).toMatch(/^0x[0-9a-f]{130}$/);
    expect(asked).toMatchObject([{ kind: 'sign', chainId: 8453, data: { message: { value: '4424' } } }]);
  });

  it('rejects with a plain object that is no Error', async () => {
    for (const { sign } of [wallet({ mode: 'reject' }), wallet({ mode: 'ask' }, false)]) {
      const error = await rejection(sign());
      expect(error).toMatchObject({ code: 4001 });
      expect(error).not.toBeInstanceOf(Error);
    }
  });

  it('signs in mode late, but only after a while', async () => {
    vi.useFakeTimers();
    try {
      const signing = wallet({ mode: 'late' }).sign();
      const settled = vi.fn();
      signing.then(settled, settled);
      await vi.advanceTimersByTimeAsync(lateMs - 1);
      expect(settled).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(1);
      expect(await signing).toMatch(/^0x[0-9a-f]{130}$/);
    } finally {
      vi.useRealTimers();
    }
  });

  it('never answers in mode hang, and changes its manners at run time', async () => {
    const { sign, ...made } = wallet();
    made.setMode('hang');
    const settled = vi.fn();
    sign().then(settled, settled);
    made.setMode('sign');
    expect(await sign()).toMatch(/^0x/);
    expect(settled).not.toHaveBeenCalled();
  });

  it('shows no account before it is connected', async () => {
    const { request, sign, provider } = wallet({ connected: false });
    const changed = vi.fn();
    provider.on('accountsChanged', changed);
    expect(await request('eth_accounts')).toEqual([]);
    expect(await rejection(sign())).toMatchObject({ code: 4100 });
    expect(await request('eth_requestAccounts')).toEqual([people.payer]);
    expect(changed).toHaveBeenCalledExactlyOnceWith([people.payer]);
    expect(await request('eth_accounts')).toEqual([people.payer]);
  });

  it('refuses to sign for another chain, and switches where it knows the chain', async () => {
    const { request, sign, provider } = wallet({ startChainId: 1 });
    const changed = vi.fn();
    provider.on('chainChanged', changed);
    expect(await request('eth_chainId')).toBe('0x1');
    expect(await rejection(sign())).toMatchObject({ code: -32_603 });
    expect(await request('wallet_switchEthereumChain', [{ chainId: '0x2105' }])).toBeNull();
    expect(changed).toHaveBeenCalledExactlyOnceWith('0x2105');
    expect(await sign()).toMatch(/^0x/);
  });

  it('answers 4902 for a chain that it does not know, until it is added', async () => {
    const { request } = wallet();
    const params = [{ chainId: '0xaa36a7' }];
    expect(await rejection(request('wallet_switchEthereumChain', params))).toMatchObject({ code: 4902 });
    expect(await request('wallet_addEthereumChain', params)).toBeNull();
    expect(await request('eth_chainId')).toBe('0xaa36a7');
  });

  it('takes typed data as a JSON string of its own account only', async () => {
    const { sign } = wallet();
    expect(await rejection(sign(typedData))).toMatchObject({ code: -32_602 });
    expect(await rejection(sign('{}'))).toMatchObject({ code: -32_602 });
    expect(await rejection(sign('nonsense'))).toMatchObject({ code: -32_602 });
    expect(await rejection(sign(undefined, people.payee))).toMatchObject({ code: 4100 });
  });

  it.each(['personal_sign', 'eth_sendTransaction', 'eth_sign', 'eth_signTransaction'])(
    'does not know %s',
    async (method) => {
      expect(await rejection(wallet().request(method))).toMatchObject({ code: 4200 });
    },
  );

  it('is one script without eval and without the network', async () => {
    const script = await bundleWallet({ privateKey: keys.payer });
    expect(() => new Script(script)).not.toThrow();
    expect(script).toContain('xyz.paidchat.testwallet');
    expect(script).not.toMatch(/\beval\(|new Function|\bfetch\(|XMLHttpRequest|WebSocket|innerHTML/);
  });
});
