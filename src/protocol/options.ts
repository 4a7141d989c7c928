import type { LossView } from './loss.ts';
import type { Network } from '../core/assets.ts';
import type { TestNetwork } from '../core/configuration.ts';
import type { Gateway } from '../core/gateways.ts';
import type { LimitName } from '../core/limits.ts';
import type { Silence } from '../core/silence.ts';
import type { MicroText } from './microText.ts';
import type { LimitUse, SiteCapsChange, SiteCapsView, SiteView } from './panel.ts';

/** A gateway in the list of those that may be asked. */
export interface GatewayView extends Gateway {
  /** Comes with PaidChat and cannot be changed. */
  readonly isBuiltIn: boolean;
  readonly isDefault: boolean;
}

/** A gateway as the person writes it down. */
export type GatewayDraft = Omit<Gateway, 'id' | 'catalogueUrl'>;

/** A network with real money, and the nodes that are asked about payments on it. */
export interface NetworkView {
  readonly network: Network;
  readonly name: string;
  readonly rpcUrls: readonly string[];
  /** Those that come with PaidChat. */
  readonly pinnedRpcUrls: readonly string[];
  /** Those that have long not answered. */
  readonly silent: readonly Silence[];
}

/** A site that the person has decided something about. */
export interface ListedSite extends SiteView {
  /** It has limits of its own, so those of any site do not reach it. */
  readonly hasOwnCaps: boolean;
}

/** All that the options page shows. */
export interface OptionsState {
  readonly version: string;
  /** False: nothing can be read or set. */
  readonly ledgerReady: boolean;
  /** Why, where the person can go on with what is known; else a sentence that says what to do. */
  readonly loss?: LossView;
  readonly problem?: string;
  readonly gateways: readonly GatewayView[];
  readonly networks: readonly NetworkView[];
  /** The chain that was chosen for the side panel. */
  readonly panelNetwork?: Network;
  readonly developerMode: boolean;
  /** Plain http to this machine: in developer mode. */
  readonly allowsLocalhost: boolean;
  readonly testNetwork?: TestNetwork;
  /** Over all sites, and of the side panel. */
  readonly limits: readonly LimitUse[];
  /** Of a site without limits of its own. */
  readonly siteDefaults: SiteCapsView;
  readonly sites: readonly ListedSite[];
}

/** One thing that a settings file would change. */
export type SettingsChangeView = {
  /** More may be spent or somebody new is trusted: named before it is agreed to. */
  readonly loosens: boolean;
} & (
  | {
      readonly kind: 'limit';
      readonly limit: LimitName;
      /** Absent for a limit over all sites, and for one of any site. */
      readonly site?: string;
      readonly from: MicroText;
      readonly to: MicroText;
    }
  | { readonly kind: 'block'; readonly site: string }
  /** `gateway`: its name. */
  | {
      readonly kind: 'site-gateway';
      readonly site: string;
      readonly gateway: string;
      readonly model?: string;
    }
  | { readonly kind: 'site-network'; readonly site: string; readonly networkName: string }
  | { readonly kind: 'gateway'; readonly name: string; readonly baseUrl: string; readonly isNew: boolean }
  | { readonly kind: 'default-gateway'; readonly name: string }
  | { readonly kind: 'nodes'; readonly networkName: string; readonly rpcUrls: readonly string[] }
  | { readonly kind: 'developer-mode'; readonly on: boolean }
  | {
      readonly kind: 'test-network';
      readonly name: string;
      readonly chainId: number;
      readonly rpcUrl: string;
    }
);

/** What a settings file would change. */
export interface SettingsReview {
  readonly changes: readonly SettingsChangeView[];
  /** Names this very list when it is agreed to. */
  readonly digest: string;
  /** Servers that the browser has to allow for it. */
  readonly urls: readonly string[];
}

/** Why a part of a check found nothing, in a sentence. */
interface CheckProblem {
  readonly problem: string;
}

/** What a gateway answered when it was asked without paying. */
export interface GatewayCheck {
  readonly models:
    | CheckProblem
    /** It has no list, only this one model. */
    | { readonly only: string }
    | { readonly count: number; readonly names: readonly string[] };
  /** Of a short question of ours. */
  readonly price:
    | CheckProblem
    | {
        readonly amount: MicroText;
        readonly model: string;
        readonly maxOutputTokens: number;
        readonly networkName: string;
        readonly payTo: string;
        /** Methods of MPP that it offers beside x402. */
        readonly alsoOffered: readonly string[];
      };
}

/** The calls of the options page. */
export interface OptionsCalls {
  /** Adds one, or replaces the one with this id. */
  'gateway.save': { params: { id?: string; gateway: GatewayDraft }; result: { id: string } };
  'gateway.remove': { params: { id: string }; result: null };
  /** Asks it for its models, a price and a challenge; nothing is paid. */
  'gateway.check': { params: { id: string }; result: GatewayCheck };
  'gateway.setDefault': { params: { id: string }; result: null };
  /** None: those that come with PaidChat. */
  'network.setNodes': { params: { network: Network; rpcUrls: readonly string[] }; result: null };
  'developer.setMode': { params: { on: boolean }; result: null };
  'developer.setTestNetwork': { params: { testNetwork: TestNetwork }; result: null };
  'developer.removeTestNetwork': { params: Record<string, never>; result: null };
  /** Sets those that are named. */
  'limits.set': {
    params: { allDay?: MicroText; allMonth?: MicroText; panelDay?: MicroText; site?: SiteCapsChange };
    result: null;
  };
  'site.forget': { params: { site: string }; result: null };
  'settings.export': { params: Record<string, never>; result: { text: string } };
  /** What a file would change; nothing is changed. */
  'settings.review': { params: { text: string }; result: SettingsReview };
  /** Changes it, if the list is still the one that was agreed to. */
  'settings.import': { params: { text: string; digest: string }; result: null };
}

/** The stream of the options page. */
export interface OptionsStreams {
  'options.watch': {
    params: Record<string, never>;
    event: { readonly type: 'state'; readonly state: OptionsState };
  };
}
