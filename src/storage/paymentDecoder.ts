import { isNetwork } from '../core/assets.ts';
import type { Authorization, EvmAuthorization, Payment, Trouble } from '../core/ledger.ts';
import { amount, damaged, fieldsOf, oneOf, record, site, text, textLike, whole } from './readers.ts';
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

type EachOf<Union, Name extends PropertyKey> =
  Union extends Partial<Record<Name, infer Value>> ? Value : never;
type NameIn<Union> = Union extends unknown ? keyof Union : never;
/** A payment that is being read: any field of any state, of the type that it has there. */
type Reading = { -readonly [Name in NameIn<Payment>]?: EachOf<Payment, Name> };

/**
 * Reads the payment of a stored row, strictly, and by hand: every payment that is open is read at each step of any, and
 * a schema takes ten times as long. Says nothing of fields beside the payment's own.
 *
 * @throws DamagedRecord
 */
export function readPayment(row: Unread): Payment {
  // Field after field is assigned: V8 takes a microsecond for each that follows a spread or that `Object.assign` adds.
  const payment: Reading = readFacts(row);
  if (row['overrideId'] !== undefined) payment.overrideId = text(row['overrideId']);
  const { state } = row;
  switch (state) {
    case 'reserved':
      payment.state = state;
      break;
    case 'signing':
      payment.state = state;
      addDispatched(payment, row);
      addTroubled(payment, row);
      break;
    case 'signed':
      payment.state = state;
      payment.signature = signature(row['signature']);
      addDispatched(payment, row);
      addTroubled(payment, row);
      break;
    case 'sent':
      payment.state = state;
      payment.signature = signature(row['signature']);
      payment.attempts = whole(row['attempts']);
      addDispatched(payment, row);
      addTroubled(payment, row);
      break;
    case 'settled':
      payment.state = state;
      payment.attempts = whole(row['attempts']);
      payment.proof = proof(row['proof']);
      payment.countsFromMs = whole(row['countsFromMs']);
      payment.settledAtMs = whole(row['settledAtMs']);
      addDispatched(payment, row);
      addClaimable(payment, row);
      if (row['signature'] !== undefined) payment.signature = signature(row['signature']);
      if (row['transaction'] !== undefined) payment.transaction = text(row['transaction']);
      if (row['blockTimeMs'] !== undefined) payment.blockTimeMs = whole(row['blockTimeMs']);
      if (row['receipt'] !== undefined) payment.receipt = text(row['receipt']);
      if (row['dispute'] !== undefined) payment.dispute = dispute(row['dispute']);
      break;
    case 'released':
      payment.state = state;
      payment.releasedReason = releasedReason(row['releasedReason']);
      payment.releasedAtMs = whole(row['releasedAtMs']);
      if (row['payer'] !== undefined) payment.payer = address(row['payer']);
      if (row['authorization'] !== undefined) payment.authorization = authorization(row['authorization']);
      if (row['signature'] !== undefined) payment.signature = signature(row['signature']);
      if (row['attempts'] !== undefined) payment.attempts = whole(row['attempts']);
      addTroubled(payment, row);
      break;
    default:
      return damaged();
  }
  return payment as Payment;
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

/** What is there once a message was on its way to the wallet. */
function addDispatched(payment: Reading, row: Unread): void {
  payment.payer = address(row['payer']);
  payment.authorization = authorization(row['authorization']);
}

function addTroubled(payment: Reading, row: Unread): void {
  addClaimable(payment, row);
  if (row['trouble'] !== undefined) payment.trouble = trouble(row['trouble']);
}

function addClaimable(payment: Reading, row: Unread): void {
  if (row['identifier'] !== undefined) payment.identifier = identifier(row['identifier']);
  if (row['claimFacts'] !== undefined) payment.claimFacts = text(row['claimFacts']);
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
