import { bundleWallet } from '../rig/bundle.ts';
import { keys } from '../rig/keys.ts';
import { solanaSeeds } from '../rig/solana/keys.ts';

/** The wallet of a site, as a script: what it has is the chain that its payments are on. */
export type WalletOf = (host: string) => string;

/** Every other site starts without a connection, so that kills meet payments whose wallet is still to connect. */
function isShy(site: number): boolean {
  return site % 2 === 1;
}

/** Every third site has a Solana wallet beside the other one, and pays with it. */
function hasSolana(site: number): boolean {
  return site % 3 === 0;
}

/** Bundles the wallets of all sites. */
export async function bundleWallets(): Promise<WalletOf> {
  const solana = { seed: Buffer.from(solanaSeeds.payer).toString('hex') };
  const made = (connected: boolean, both: boolean) =>
    bundleWallet({ privateKey: keys.payer, connected, ...(both ? { solana } : {}) });
  const scripts = new Map<string, string>();
  for (const shy of [true, false])
    for (const both of [true, false]) scripts.set(`${shy} ${both}`, await made(!shy, both));
  return (host) => {
    // A host without a number is the one beside the panel.
    const site = Number(/\d+$/.exec(host)?.[0] ?? 2);
    return scripts.get(`${isShy(site)} ${hasSolana(site)}`) ?? '';
  };
}
