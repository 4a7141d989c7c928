import { keccak256, stringToHex } from 'viem';
import { baseUsdc, solanaUsdc } from '../../src/core/assets.ts';
import { advance } from '../../src/core/ledger.ts';
import type { EvmAuthorization, LedgerEvent, Payment, PaymentDraft } from '../../src/core/ledger.ts';
import { microUsdc } from '../../src/core/money.ts';
import { parseSite } from '../../src/core/site.ts';
import type { Site } from '../../src/core/site.ts';

/** The site of a test; throws on a name that is no site. */
export function site(origin: string): Site {
  const parsed = parseSite(origin);
  if (parsed === undefined) throw new Error(`${origin} is no site`);
  return parsed;
}

/** A site that asks. */
export const shop = site('https://shop.example');
/** Another one. */
export const news = site('https://news.example');

/** An account of nobody. */
export const payer = '0x1111111111111111111111111111111111111111';
const payee = '0x2222222222222222222222222222222222222222';

let made = 0;

/** A payment that asks for its reservation: JumpGate's documented example unless the test says otherwise. */
export function draft(facts: Partial<PaymentDraft> = {}): PaymentDraft {
  made += 1;
  return {
    id: `payment-${made}`,
    site: shop,
    callId: `call-${made}`,
    runId: `run-${made}`,
    gateway: 'jumpgate',
    model: 'ambient/large',
    network: baseUsdc.network,
    asset: baseUsdc.asset,
    payTo: payee,
    amount: microUsdc(4424n),
    resource: 'https://jumpgate.ambient.xyz/v1/chat/completions',
    bodyDigest: 'ab'.repeat(32),
    approvedBy: 'card',
    signer: 'page',
    ...facts,
  };
}

/** The message that pays a draft, good for ten minutes from the given time. */
export function authorizationOf(payment: PaymentDraft, fromMs: number): EvmAuthorization {
  return {
    from: payer,
    to: payee,
    value: payment.amount.toString(),
    validAfter: '0',
    validBefore: String(Math.floor(fromMs / 1000) + 600),
    nonce: keccak256(stringToHex(payment.id)),
  };
}

/** The event that sends a draft's message to the wallet. */
export function signEvent(
  payment: PaymentDraft,
  fromMs: number,
): LedgerEvent & { type: 'sign'; authorization: EvmAuthorization } {
  return { type: 'sign', payer, authorization: authorizationOf(payment, fromMs) };
}

const solanaPayer = '4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU';
const solanaPayee = 'GgBaCs3NCBuZN12kCJgAW63ydqohFkHEdfdEXBPzLHq';

/** A payment on Solana that asks for its reservation. */
export function solanaDraft(facts: Partial<PaymentDraft> = {}): PaymentDraft {
  return draft({ network: solanaUsdc.network, asset: solanaUsdc.asset, payTo: solanaPayee, ...facts });
}

/** The event that sends a draft's transaction to the wallet. */
export function solanaSignEvent(payment: PaymentDraft, fromMs: number, memo: string): LedgerEvent {
  const authorization = {
    kind: 'svm',
    from: solanaPayer,
    to: solanaPayee,
    value: payment.amount.toString(),
    memo,
    feePayer: solanaPayee,
    blockhash: solanaPayee,
    lastValidBlockHeight: '1150',
    slot: '2000',
    readAtMs: fromMs,
    message: 'AAAA',
  } as const;
  return { type: 'sign', payer: solanaPayer, authorization };
}

/** The transaction that charges a draft. */
function transactionOf({ id }: PaymentDraft): `0x${string}` {
  return `0x${stringToHex(id).slice(2).padStart(64, 'f')}`;
}

/** A signature of nobody. */
export const signature = `0x${'ab'.repeat(65)}` as const;

/** The way of a payment that a gateway answers. */
export function receiptEvents(payment: PaymentDraft, atMs: number): readonly LedgerEvent[] {
  return [
    signEvent(payment, atMs),
    { type: 'signed', signature },
    { type: 'send' },
    { type: 'settle', proof: 'receipt', transaction: transactionOf(payment), atMs },
  ];
}

/** A payment after some events. */
export function paymentAfter(
  facts: PaymentDraft,
  reservedAtMs: number,
  ...events: readonly LedgerEvent[]
): Payment {
  const reserved: Payment = { ...facts, schema: 1, state: 'reserved', reservedAtMs };
  return events.reduce(advance, reserved);
}
