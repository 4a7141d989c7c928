import type { PaymentPayload, SettleResponse } from '@x402/core/types';
import type { AnswerPiece } from './answers.ts';
import { Refusal } from './quote.ts';

/** Whether a payment may or must name itself. */
export type IdentifierUse = 'optional' | 'required';

/** What was sold under an identifier: sent again in full to whoever sends the same payment again. */
export interface Sold {
  readonly payment: string;
  readonly settling: Promise<SettleResponse>;
  readonly pieces: AsyncIterable<AnswerPiece>;
}

/** The x402 extension `payment-identifier` (specs/extensions/payment_identifier.md) at one gateway. */
export interface Identifiers {
  /** For the challenge. */
  readonly extension: Record<string, unknown>;
  /**
   * What a payment names itself.
   *
   * @throws {Refusal} 400 where it has to and does not
   */
  nameOf(payload: PaymentPayload): string | undefined;
  /** What was sold under the name. @throws {Refusal} 409 to any other payment under it */
  find(name: string, payment: string): Sold | undefined;
  keep(name: string, sold: Sold): void;
}

const key = 'payment-identifier';

/** Takes them. */
export function createIdentifiers(use: IdentifierUse): Identifiers {
  const sold = new Map<string, Sold>();
  return {
    extension: {
      [key]: {
        info: { required: use === 'required' },
        schema: {
          $schema: 'https://json-schema.org/draft/2020-12/schema',
          type: 'object',
          properties: {
            required: { type: 'boolean' },
            id: { type: 'string', minLength: 16, maxLength: 128 },
          },
          required: ['required'],
        },
      },
    },
    nameOf({ extensions }) {
      const declared = extensions?.[key] as { info?: { id?: unknown } } | undefined;
      const id = declared?.info?.id;
      if (typeof id === 'string' && /^[\w-]{16,128}$/.test(id)) return id;
      if (use === 'required' || id !== undefined) throw new Refusal(400, 'the payment has no identifier');
      return undefined;
    },
    find(name, payment) {
      const found = sold.get(name);
      if (found && found.payment !== payment) throw new Refusal(409, 'the identifier is of another payment');
      return found;
    },
    keep: (name, one) => void sold.set(name, one),
  };
}

/** The same answer as often as it is wanted, read once as it comes. */
export function repeatable<T>(source: AsyncIterable<T>): AsyncIterable<T> {
  const come: T[] = [];
  const iterator = source[Symbol.asyncIterator]();
  let isOver = false;
  let reading: Promise<void> | undefined;
  const readOn = async () => {
    const { done, value } = await iterator.next();
    if (done === true) isOver = true;
    else come.push(value);
  };
  return {
    async *[Symbol.asyncIterator]() {
      for (let at = 0; ;) {
        const item = come[at];
        if (item === undefined) {
          if (isOver) return;
          reading ??= readOn().finally(() => (reading = undefined));
          await reading;
        } else {
          yield item;
          at += 1;
        }
      }
    },
  };
}
