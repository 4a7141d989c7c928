import { isNetwork } from '../core/assets.ts';
import type { Authorization, EvmAuthorization, Payment, Trouble } from '../core/ledger.ts';
import {
  amount,
  damaged,
  fieldsOf,
  oneOf,
  optional,
  record,
  site,
  text,
  textLike,
  whole,
} from './readers.ts';
import type { Reader, Unread } from './readers.ts';

const hex = textLike<`0x${string}`>(/^0x[0-9a-fA-F]+$/);
const decimal = textLike(/^(0|[1-9]\d*)$/);
/** Of an EVM chain, or of Solana. */
const address = textLike(/^(0x[0-9a-fA-F]+|[1-9A-HJ-NP-Za-km-z]{32,44})$/);
/** A signature in hex with its prefix, or a signed Solana transaction in base64. */
const signature = textLike(/^(0x[0-9a-fA-F]+|[A-Za-z0-9+/]+={0,2})$/);
/** As the specification of x402's payment-identifier has it. */
const identifier = textLike(/^[A-Za-z0-9_-]{16,128}$/);
const base64 = textLike(/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);

const schema = oneOf(1);
const approvedBy = oneOf('card', 'grant', 'override');
const signer = oneOf('page');
const proof = oneOf('receipt', 'chain');
const dispute = oneOf('unanswered', 'empty', 'broken-off', 'denied', 'never-sent', 'not-charged');
const trouble: Reader<Trouble> = oneOf(
  'wallet-rejected',
  'wallet-silent',
  'wallet-mismatch',
  'wallet-unverified',
  'not-sent',
  'no-answer',
  'refused',
  'malformed',
  'denied',
);
const releasedReason = oneOf(
  'restart',
  'page-gone',
  'stopped',
  'no-wallet',
  'connect-refused',
  'wrong-chain',
  'offer-changed',
  'too-little-usdc',
  'failed-before-signing',
  'expired-on-chain',
);

/** What a payment may have or not, by its state. */
const mayHave = {
  any: { overrideId: text },
  troubled: { identifier, claimFacts: text, trouble },
  settled: {
    identifier,
    claimFacts: text,
    signature,
    transaction: text,
    blockTimeMs: whole,
    receipt: text,
    dispute,
  },
  released: { payer: address, authorization, signature, attempts: whole },
};

/**
 * Reads the payment of a stored row, strictly, and by hand: every payment that is open is read at each step of any, and
 * a schema takes ten times as long. Says nothing of fields beside the payment's own.
 *
 * @throws DamagedRecord
 */
export function readPayment(row: Unread): Payment {
  // Fields are assigned to a literal: V8 takes a microsecond for each that follows a spread.
  const payment = Object.assign(readFacts(row), optional(row, mayHave.any));
  switch (row['state']) {
    case 'reserved':
      return Object.assign(payment, { state: 'reserved' as const });
    case 'signing':
      return Object.assign(
        payment,
        { state: 'signing' as const },
        readDispatched(row),
        optional(row, mayHave.troubled),
      );
    case 'signed': {
      const signed = { state: 'signed' as const, signature: signature(row['signature']) };
      return Object.assign(payment, signed, readDispatched(row), optional(row, mayHave.troubled));
    }
    case 'sent': {
      const sent = {
        state: 'sent' as const,
        signature: signature(row['signature']),
        attempts: whole(row['attempts']),
      };
      return Object.assign(payment, sent, readDispatched(row), optional(row, mayHave.troubled));
    }
    case 'settled': {
      const settled = {
        state: 'settled' as const,
        attempts: whole(row['attempts']),
        proof: proof(row['proof']),
        countsFromMs: whole(row['countsFromMs']),
        settledAtMs: whole(row['settledAtMs']),
      };
      return Object.assign(payment, settled, readDispatched(row), optional(row, mayHave.settled));
    }
    case 'released': {
      const released = {
        state: 'released' as const,
        releasedReason: releasedReason(row['releasedReason']),
        releasedAtMs: whole(row['releasedAtMs']),
      };
      return Object.assign(
        payment,
        released,
        optional(row, mayHave.released),
        optional(row, mayHave.troubled),
      );
    }
    default:
      return damaged();
  }
}

function readFacts(row: Unread) {
  return {
    schema: schema(row['schema']),
    id: text(row['id']),
    site: site(row['site']),
    callId: text(row['callId']),
    runId: text(row['runId']),
    gateway: text(row['gateway']),
    model: text(row['model']),
    // Not only a chain that is known now: a row outlives the test network that it was paid on.
    network: isNetwork(row['network']) ? row['network'] : damaged(),
    asset: text(row['asset']),
    payTo: text(row['payTo']),
    amount: amount(row['amount']),
    resource: text(row['resource']),
    bodyDigest: text(row['bodyDigest']),
    approvedBy: approvedBy(row['approvedBy']),
    signer: signer(row['signer']),
    reservedAtMs: whole(row['reservedAtMs']),
  };
}

function readDispatched(row: Unread) {
  return { payer: address(row['payer']), authorization: authorization(row['authorization']) };
}

function authorization(value: unknown): Authorization {
  const message = record(value);
  const read = message['kind'] === undefined ? readEvm(message) : readSvm(message);
  return fieldsOf(read) === fieldsOf(message) ? read : damaged();
}

function readEvm(message: Unread): EvmAuthorization {
  return {
    from: hex(message['from']),
    to: hex(message['to']),
    value: decimal(message['value']),
    validAfter: decimal(message['validAfter']),
    validBefore: decimal(message['validBefore']),
    nonce: hex(message['nonce']),
  };
}

function readSvm(message: Unread): Authorization {
  return {
    kind: message['kind'] === 'svm' ? 'svm' : damaged(),
    from: address(message['from']),
    to: address(message['to']),
    value: decimal(message['value']),
    memo: text(message['memo']),
    feePayer: address(message['feePayer']),
    blockhash: address(message['blockhash']),
    lastValidBlockHeight: decimal(message['lastValidBlockHeight']),
    slot: decimal(message['slot']),
    readAtMs: whole(message['readAtMs']),
    message: base64(message['message']),
  };
}
