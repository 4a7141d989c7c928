import type { ServerResponse } from 'node:http';
import type { Faults } from './faults.ts';
import type { RigRequest } from './quote.ts';
import type { RecordedRequest } from './requests.ts';
import type { Shape } from './sse.ts';

/** How a gateway of the rig speaks; selling, settling and most of what goes wrong is the same for all. */
export interface Dialect {
  /** The path that is asked and paid. */
  readonly chatPath: string;
  /** Answers what is neither asked nor paid: models, quotes. @returns whether there is such a thing */
  other(request: RecordedRequest, response: ServerResponse, faults: Faults): boolean;
  /** @throws {Refusal} */
  read(request: RecordedRequest): RigRequest;
  /** What the 402 says beside its header. */
  challengeBody(request: RigRequest): object;
  /** The status for a payment that is not for what was offered. */
  readonly unmatched: 400 | 402;
  shape(request: RigRequest, faults: Faults): Shape;
}
