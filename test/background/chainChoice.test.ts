import { describe, expect, it } from 'vitest';
import { chainChoice } from '../../src/background/chainChoice.ts';
import { baseUsdc, solanaUsdc } from '../../src/core/assets.ts';
import type { AnnouncedWallet } from '../../src/protocol/wallet.ts';

const evm: AnnouncedWallet = { id: 'e', name: 'E', rdns: 'org.e', icon: '' };
const svm: AnnouncedWallet = { id: 's', name: 'S', rdns: 'solana:S', icon: '', kind: 'svm' };
const both = [baseUsdc, solanaUsdc];
const [base, solana] = [baseUsdc.network, solanaUsdc.network];

describe('the chain to pay on', () => {
  it('is one that the page has a wallet for', () => {
    expect(chainChoice([evm], both, undefined).networks).toEqual([base]);
    expect(chainChoice([svm], both, undefined).networks).toEqual([solana]);
    expect(chainChoice([], both, undefined)).toEqual({ wallets: [], networks: [] });
  });

  it('is one that can be paid on: a wallet for no other is not shown', () => {
    expect(chainChoice([svm, evm], [baseUsdc], undefined)).toEqual({ wallets: [evm], networks: [base] });
  });

  it('is Solana where nothing says otherwise, with Base behind it', () => {
    expect(chainChoice([evm, svm], both, undefined).networks).toEqual([solana, base]);
  });

  it('is the chain of the wallet that the person chose for the site', () => {
    expect(chainChoice([{ ...svm, isConnected: true }, evm], both, 'org.e').networks).toEqual([base, solana]);
  });

  it('is not decided by a wallet without a name of its own', () => {
    expect(chainChoice([{ ...evm, rdns: '' }, svm], both, '').networks).toEqual([solana, base]);
  });
});
