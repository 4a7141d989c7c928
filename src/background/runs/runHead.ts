import type { Network } from '../../core/assets.ts';
import type { Paid } from '../../core/errorCodes.ts';
import type { WireError } from '../../core/failure.ts';
import type { Json } from '../../core/json.ts';
import type { NewPayee } from '../../core/payees.ts';
import type { Reason } from '../../core/reasons.ts';
import type { Site } from '../../core/site.ts';
import type { MicroText } from '../../protocol/microText.ts';
import type { RunStage } from '../../protocol/panel.ts';

/** How a call gets an answer: piece by piece, or as a whole at its end. */
export type AnswerForm = 'stream' | 'whole';

/** One question on its way through quote, approval, wallet and answer; plain JSON, as it is checkpointed. */
export interface RunHead {
  readonly id: string;
  /** The call that pays. */
  readonly callId: string;
  /** The calls that get the answer and how: the one that pays, and repeats of it. */
  readonly forms: Readonly<Record<string, AnswerForm>>;
  /** Names what is asked, to know a repeat by. */
  readonly requestDigest: string;
  readonly site: Site;
  readonly tabId: number;
  readonly question: string;
  readonly startedAtMs: number;
  readonly model: string;
  readonly gateway: string;
  readonly stage: RunStage;
  readonly incomplete: boolean;
  /** Its own caller gave it up; others may wait for it. */
  readonly givenUp?: true;
  readonly paid: Paid;
  readonly network?: Network;
  readonly amount?: MicroText;
  /** What the wallet has, where that is too little. */
  readonly balance?: MicroText;
  /** It could be paid on this chain instead. */
  readonly insteadOn?: Network;
  readonly paymentId?: string;
  /** It waits, or has ended, because this gateway (its id) was not paid at this address before. */
  readonly newPayee?: NewPayee & { readonly gateway: string };
  readonly transaction?: string;
  readonly tokens?: { readonly input: number; readonly output: number };
  readonly verified?: boolean;
  /** Why it failed, once it has. */
  readonly reason?: Reason;
  /** How it ended, once it has. */
  readonly end?: RunEnd;
}

/** The last frame of a run. */
export type RunEnd = { readonly result: Json } | { readonly error: WireError };
