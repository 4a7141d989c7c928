import { describe, expect, it } from 'vitest';
import { chainsToPayOn, firstOf, payingWallets } from '../../../src/background/paying/chainChoice.ts';
import { baseUsdc, solanaUsdc } from '../../../src/core/assets.ts';
import type { AnnouncedWallet } from '../../../src/protocol/wallet.ts';

const evm: AnnouncedWallet = { id: 'e', name: 'E', rdns: 'org.e', icon: '' };
const svm: AnnouncedWallet = { id: 's', name: 'S', rdns: 'solana:S', icon: '', kind: 'svm' };
const both = [baseUsdc, solanaUsdc];
const [base, solana] = [baseUsdc.network, solanaUsdc.network];

/** With these wallets connected. @returns the chains, and the wallets that were asked whether they are */
async function choose(
  wallets: readonly AnnouncedWallet[],
  policy: Parameters<typeof chainsToPayOn>[2],
  connected: readonly AnnouncedWallet[] = [],
) {
  const asked: string[] = [];
  const chains = await chainsToPayOn(wallets, both, policy, async (wallet) => {
    asked.push(wallet.id);
    return connected.includes(wallet);
  });
  return { chains, asked };
}

describe('the chain to pay on', () => {
  it('is one that the page has a wallet for, and nobody is asked where there is one alone', async () => {
    expect(await choose([evm], undefined)).toEqual({ chains: [base], asked: [] });
    expect(await choose([svm], undefined)).toEqual({ chains: [solana], asked: [] });
    expect(await choose([], undefined)).toEqual({ chains: [], asked: [] });
  });

  it('is one that can be paid on: a wallet for no other counts', () => {
    expect(payingWallets([svm, evm], [baseUsdc])).toEqual([evm]);
  });

  it('is the one that the person chose for the site, whatever is connected', async () => {
    const chosen = await choose([evm, svm], { network: base, walletRdns: 'solana:S' }, [svm]);
    expect(chosen).toEqual({ chains: [base, solana], asked: [] });
  });

  it('is not one that was chosen and has no wallet in the page now', async () => {
    expect((await choose([svm], { network: base })).chains).toEqual([solana]);
  });

  it('is that of the wallet that the person chose for the site, where no chain was chosen', async () => {
    expect((await choose([svm, evm], { walletRdns: 'org.e' }, [svm])).chains).toEqual([base, solana]);
  });

  it('is else the one whose wallet is connected, Solana where both are', async () => {
    expect((await choose([evm, svm], undefined, [evm])).chains).toEqual([base, solana]);
    expect((await choose([evm, svm], undefined, [svm])).chains).toEqual([solana, base]);
    expect((await choose([evm, svm], undefined, [evm, svm])).chains).toEqual([solana, base]);
  });

  it('is Solana where nothing says otherwise, with Base behind it', async () => {
    expect((await choose([evm, svm], undefined)).chains).toEqual([solana, base]);
  });

  it('is not decided by a wallet without a name of its own', async () => {
    const chosen = await choose([{ ...evm, rdns: '' }, svm], { walletRdns: '' });
    expect(chosen.chains).toEqual([solana, base]);
  });

  it('can be put first, where it can be paid on at all', () => {
    expect(firstOf([solana, base], base)).toEqual([base, solana]);
    expect(firstOf([solana], base)).toEqual([solana]);
  });
});
