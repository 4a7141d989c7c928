import type { LossCause } from '../core/quarantine.ts';
import type { MicroText } from './microText.ts';

/** A record of payments that cannot be trusted: nothing is paid until the person goes on with what is known. */
export interface LossView {
  readonly cause: LossCause;
  /** Absent: nobody can tell what was spent. */
  readonly known?: {
    /** Settled in the 24 hours and 30 days that ended at `atMs`. */
    readonly day: MicroText;
    readonly month: MicroText;
    readonly atMs: number;
    /** What may still be charged, and until when. */
    readonly held: MicroText;
    readonly heldUntilMs?: number;
  };
}

/** What still counts in place of payments whose record was lost. */
export interface CarriedView {
  readonly day: MicroText;
  readonly month: MicroText;
  /** The part of both that may still be charged, and until when. */
  readonly held: MicroText;
  readonly heldUntilMs?: number;
}
