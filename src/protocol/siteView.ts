import type { Network } from '../core/assets.ts';
import type { LimitName } from '../core/limits.ts';
import type { SiteMode } from '../core/policy.ts';
import type { MicroText } from './microText.ts';

/** One limit and what has been used of it; `held` is the part of `used` that is not settled. */
export interface LimitUse {
  readonly limit: LimitName;
  readonly cap: MicroText;
  readonly used: MicroText;
  readonly held: MicroText;
}

/** Limits of one site that the person edits. */
export interface SiteCapsView {
  readonly request: MicroText;
  readonly day: MicroText;
  readonly month: MicroText;
}

/** Those of a site's limits that the person has changed. */
export type SiteCapsChange = Partial<SiteCapsView>;

/** One site: what it may do, its limits and what is used of them. */
export interface SiteView {
  readonly origin: string;
  readonly mode: SiteMode;
  readonly grantEndsAtMs?: number;
  readonly mutedUntilMs?: number;
  readonly caps: SiteCapsView;
  readonly use: readonly LimitUse[];
  /** The id of the gateway that was chosen for it, which may have been removed since; absent: the default one. */
  readonly gateway?: string;
  /** The model of that gateway; absent: the gateway's own default. */
  readonly model?: string;
  /** The chain that was chosen for it; absent: the one whose wallet is connected. */
  readonly network?: Network;
}

/** A gateway that can be chosen to answer a site. */
export interface GatewayChoice {
  readonly id: string;
  readonly name: string;
  readonly defaultModel: string;
  readonly defaultMaxTokens: number;
  /** Answers where a site chooses no other. */
  readonly isDefault: boolean;
}
