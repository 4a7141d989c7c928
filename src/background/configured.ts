import { pinnedAssets } from '../core/assets.ts';
import type { Usdc } from '../core/assets.ts';
import { gatewaysOf, knownAssets, payableAssets } from '../core/configuration.ts';
import type { Configuration } from '../core/configuration.ts';
import type { Gateway } from '../core/gateways.ts';
import type { ConfigurationStore } from '../storage/configurationStore.ts';
import type { Changes } from './changes.ts';

/** The services that may be used: the built-in ones, and those the person has set. Each answer is as of now. */
export interface Configured {
  get(): Configuration;
  readonly builtIn: readonly [Gateway, ...Gateway[]];
  /** The money that comes with PaidChat, and the nodes that do. */
  readonly pinned: readonly Usdc[];
  /** The default one first. */
  gateways(): readonly [Gateway, ...Gateway[]];
  /** What may be paid in, in the order of preference. */
  payable(): readonly Usdc[];
  /** What payments may be in that are on record. */
  known(): readonly Usdc[];
  /** Plain http to this machine. */
  allowsLocalhost(): boolean;
  /** On disk before it counts. */
  change(by: (known: Configuration) => Configuration): Promise<void>;
  /** Something else has written it. */
  reload(): Promise<void>;
}

/** What a build brings: gateways, and for the rig other nodes and plain http. */
export interface BuiltIn {
  readonly gateways: readonly [Gateway, ...Gateway[]];
  readonly allowLocalhost: boolean;
  /** In place of the pinned ones. */
  readonly assets?: readonly Usdc[];
}

/** Reads what the person has set. The background alone writes it, so that what is in memory is what is on disk. */
export async function openConfigured(
  store: ConfigurationStore,
  { gateways: builtIn, allowLocalhost, assets: pinned = pinnedAssets }: BuiltIn,
  changes: Pick<Changes, 'notify'>,
): Promise<Configured> {
  let configuration = await store.read();
  return {
    get: () => configuration,
    builtIn,
    pinned,
    gateways: () => gatewaysOf(builtIn, configuration),
    payable: () => payableAssets(pinned, configuration),
    known: () => knownAssets(pinned, configuration),
    allowsLocalhost: () => allowLocalhost || configuration.developerMode,
    async change(by) {
      configuration = await store.change(by);
      changes.notify();
    },
    async reload() {
      configuration = await store.read();
      changes.notify();
    },
  };
}
