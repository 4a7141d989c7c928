import * as v from 'valibot';
import { isNetwork } from '../../src/core/assets.ts';
import { microUsdc } from '../../src/core/money.ts';
import { panelSite, parseSite } from '../../src/core/site.ts';

const textLike = (pattern: RegExp) => v.pipe(v.string(), v.regex(pattern));
const hexField = textLike(/^0x[0-9a-fA-F]+$/);
const addressField = textLike(/^(0x[0-9a-fA-F]+|[1-9A-HJ-NP-Za-km-z]{32,44})$/);
const signatureField = textLike(/^(0x[0-9a-fA-F]+|[A-Za-z0-9+/]+={0,2})$/);
const amountField = v.pipe(
  textLike(/^(0|[1-9]\d{0,11})$/),
  v.transform((text) => microUsdc(BigInt(text))),
);
const countField = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const timeField = countField;
const networkField = v.custom(isNetwork);
const siteField = v.custom((site) => site === panelSite || parseSite(site) !== undefined);
const text = v.string();
const decimal = v.pipe(v.string(), v.regex(/^(0|[1-9]\d*)$/));

const facts = {
  schema: v.literal(1),
  id: text,
  site: siteField,
  callId: text,
  runId: text,
  gateway: text,
  model: text,
  network: networkField,
  asset: text,
  payTo: text,
  amount: amountField,
  resource: text,
  bodyDigest: text,
  approvedBy: v.picklist(['card', 'grant', 'override']),
  overrideId: v.exactOptional(text),
  signer: v.picklist(['page']),
  reservedAtMs: timeField,
  // What only the indexes need.
  order: countField,
  open: v.exactOptional(v.literal(1)),
  unproved: v.exactOptional(countField),
  grantUseMs: v.exactOptional(timeField),
};

const evmAuthorization = v.strictObject({
  from: hexField,
  to: hexField,
  value: decimal,
  validAfter: decimal,
  validBefore: decimal,
  nonce: hexField,
});

const svmAuthorization = v.strictObject({
  kind: v.literal('svm'),
  from: addressField,
  to: addressField,
  value: decimal,
  memo: text,
  feePayer: addressField,
  blockhash: addressField,
  lastValidBlockHeight: decimal,
  slot: decimal,
  readAtMs: timeField,
  message: v.pipe(v.string(), v.base64()),
});

const dispatched = {
  payer: addressField,
  authorization: v.union([evmAuthorization, svmAuthorization]),
  identifier: v.exactOptional(textLike(/^[\w-]{16,128}$/)),
  claimFacts: v.exactOptional(text),
};

const trouble = {
  trouble: v.exactOptional(
    v.picklist([
      'wallet-rejected',
      'wallet-silent',
      'wallet-mismatch',
      'wallet-unverified',
      'not-sent',
      'no-answer',
      'refused',
      'malformed',
      'denied',
    ]),
  ),
};

/** A stored payment as its schema says it: slow, and written apart from the decoder that it is compared with. */
export const paymentRowSchema = v.variant('state', [
  v.strictObject({ ...facts, state: v.literal('reserved') }),
  v.strictObject({ ...facts, ...dispatched, ...trouble, state: v.literal('signing') }),
  v.strictObject({
    ...facts,
    ...dispatched,
    ...trouble,
    state: v.literal('signed'),
    signature: signatureField,
  }),
  v.strictObject({
    ...facts,
    ...dispatched,
    ...trouble,
    state: v.literal('sent'),
    signature: signatureField,
    attempts: countField,
  }),
  v.strictObject({
    ...facts,
    ...dispatched,
    state: v.literal('settled'),
    signature: v.exactOptional(signatureField),
    attempts: countField,
    proof: v.picklist(['receipt', 'chain']),
    transaction: v.exactOptional(text),
    blockTimeMs: v.exactOptional(timeField),
    countsFromMs: timeField,
    settledAtMs: timeField,
    receipt: v.exactOptional(text),
    dispute: v.exactOptional(
      v.picklist(['unanswered', 'empty', 'broken-off', 'denied', 'never-sent', 'not-charged']),
    ),
  }),
  v.strictObject({
    ...facts,
    ...trouble,
    payer: v.exactOptional(dispatched.payer),
    authorization: v.exactOptional(dispatched.authorization),
    identifier: dispatched.identifier,
    claimFacts: dispatched.claimFacts,
    signature: v.exactOptional(signatureField),
    attempts: v.exactOptional(countField),
    state: v.literal('released'),
    releasedReason: v.picklist([
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
    ]),
    releasedAtMs: timeField,
  }),
]);
