import { usdcOn } from '../../core/assets.ts';
import type { Clock } from '../../core/clock.ts';
import { expiryMs } from '../../core/authorization.ts';
import type { Payment } from '../../core/ledger.ts';
import { parseMicroUsdc } from '../../core/money.ts';
import { panelSite } from '../../core/site.ts';
import type { Site } from '../../core/site.ts';
import { isJsonObject } from '../../core/json.ts';
import type { Json } from '../../core/json.ts';
import type { KeyValue } from '../../platform/keyValue.ts';
import type { ChatRequest } from '../../protocol/page.ts';
import type { Again } from '../../protocol/panel.ts';
import { readChallenge } from '../../x402/offer.ts';
import type { Challenge, Offer } from '../../x402/offer.ts';
import { challengeHeader } from '../../x402/payload.ts';
import type { FrozenRequest } from '../../x402/payload.ts';
import type { Configured } from '../configured.ts';
import type { Documents } from '../pages/documents.ts';
import type { PageCall } from '../pages/pageCall.ts';
import type { ChatToPay } from '../paying/payments.ts';
import type { Priced } from '../paying/pricing.ts';
import type { Run } from './runs.ts';
import type { AskOutcome } from '../pages/pageWallet.ts';

/** All that it takes to do the very same again: who asked, for what, and the offer that was signed or refused. */
export interface Attempt {
  readonly paymentId: string;
  readonly runId: string;
  readonly callId: string;
  readonly site: Site;
  readonly walletSite: Site;
  readonly tabId: number;
  /** The document whose wallet was asked: no other one may go on. */
  readonly documentKey: string;
  readonly walletId: string;
  readonly chat: ChatToPay;
  readonly offer: Offer;
  readonly challenge: Challenge;
  readonly request: FrozenRequest;
  /** For a claim. */
  readonly claimFacts?: string;
}

/** Attempts of the browser's session: what a prompt holds is never in the ledger and never on disk. */
export interface Attempts {
  /** From before the wallet is asked; where it cannot be kept, nothing can be asked again. */
  remember(
    payment: Payment,
    call: PageCall,
    run: Run,
    chat: ChatToPay,
    priced: Priced,
    walletId: string,
    claimFacts: string | undefined,
  ): void;
  find(paymentId: string): Promise<Attempt | undefined>;
  forget(paymentId: string): void;
  /** What the person may do about each payment that is open. */
  available(
    open: readonly Payment[],
    isLive: (runId: string) => boolean,
  ): Promise<ReadonlyMap<string, Again>>;
  /** Marks that the same is being bought again. @returns false where it is already */
  begin(paymentId: string): boolean;
  end(paymentId: string): void;
  /** Runs one ask. @returns `again` where the person wants it withdrawn and asked anew */
  whileAsking(
    paymentId: string,
    signal: AbortSignal,
    ask: (until: AbortSignal) => Promise<AskOutcome>,
  ): Promise<AskOutcome | 'again'>;
  /** Withdraws what the wallet is being asked for this payment, for another ask. @returns whether it was being asked */
  askAnew(paymentId: string): boolean;
}

/** Only a message with so much validity left is asked for once more. */
export const againMarginMs = 60_000;

/** A wallet gets so long before the person is offered to ask it again. */
const patienceMs = 15_000;
const kept = 8;
/** The session's storage is small; a longer request cannot be asked again. */
const maxLength = 256 * 1024;
const prefix = 'attempt:';

interface AttemptsDeps {
  readonly session: KeyValue;
  readonly clock: Clock;
  readonly configured: Pick<Configured, 'known'>;
  readonly documents: Pick<Documents, 'connected'>;
}

/** Keeps them. */
export function createAttempts({ session, clock, configured, documents }: AttemptsDeps): Attempts {
  const asking = new Map<string, () => void>();
  const buying = new Set<string>();

  const keep = async (paymentId: string, value: Json) => {
    if (JSON.stringify(value).length > maxLength) return;
    const old = (await session.entries(prefix)).toSorted(([, a], [, b]) => keptAt(a) - keptAt(b));
    const surplus = old.slice(0, Math.max(0, old.length - kept + 1));
    if (surplus.length > 0) await session.remove(surplus.map(([key]) => key));
    await session.set(prefix + paymentId, value);
  };
  const isHere = (tabId: unknown, key: unknown): boolean => {
    const document = documents.connected(Number(tabId));
    // After a restart a document connects when it is wanted; whether it is the same one shows then.
    return document === undefined || document.key === key;
  };

  return {
    remember({ id }, call, run, chat, priced, walletId, claimFacts) {
      const { gatewayId, maxAmount, request } = chat;
      const value = {
        atMs: clock.nowMs(),
        runId: run.head.id,
        callId: call.id,
        site: call.site,
        walletSite: call.walletSite,
        tabId: call.tabId,
        documentKey: call.documentKey,
        walletId,
        chat: {
          request,
          ...(gatewayId === undefined ? {} : { gatewayId }),
          ...(maxAmount === undefined ? {} : { maxAmount: maxAmount.toString() }),
        },
        challenge: challengeHeader(priced.offer, priced.challenge, priced.request.url),
        request: priced.request,
        ...(claimFacts === undefined ? {} : { claimFacts }),
      };
      // The wallet is not kept waiting for it.
      keep(id, value as unknown as Json).catch(() => undefined);
    },
    async find(paymentId) {
      const stored = await session.get(prefix + paymentId);
      if (!isJsonObject(stored)) return undefined;
      const { challenge: header, chat, ...facts } = stored as unknown as Stored;
      const challenge = readChallenge(header, configured.known());
      const [offer] = challenge.offers;
      if (!offer) return undefined;
      const { request, gatewayId, maxAmount } = chat;
      return {
        ...facts,
        paymentId,
        challenge,
        offer,
        chat: { request, gatewayId, maxAmount: parseMicroUsdc(maxAmount) },
      };
    },
    forget: (paymentId) => void session.remove([prefix + paymentId]).catch(() => undefined),
    async available(open, isLive) {
      // Where it cannot be read, nothing can be asked again; the rest is shown all the same.
      const stored = new Map(await session.entries(prefix).catch(() => []));
      const found = new Map<string, Again>();
      for (const payment of open) {
        const attempt = stored.get(prefix + payment.id);
        if (!isJsonObject(attempt) || !isHere(attempt['tabId'], attempt['documentKey'])) continue;
        const again = againOf(payment, isLive(payment.runId));
        const isLate = again?.kind === 'wallet' && again.untilMs <= clock.nowMs();
        if (again && !isLate && usdcOn(configured.known(), payment.network)) found.set(payment.id, again);
      }
      return found;
    },
    begin(paymentId) {
      if (buying.has(paymentId)) return false;
      buying.add(paymentId);
      return true;
    },
    end: (paymentId) => void buying.delete(paymentId),
    async whileAsking(paymentId, signal, ask) {
      const anew = new AbortController();
      asking.set(paymentId, () => anew.abort());
      try {
        const outcome = await ask(AbortSignal.any([signal, anew.signal]));
        return anew.signal.aborted && !signal.aborted && !outcome.ok ? 'again' : outcome;
      } finally {
        asking.delete(paymentId);
      }
    },
    askAnew(paymentId) {
      asking.get(paymentId)?.();
      return asking.has(paymentId);
    },
  };
}

interface Stored extends Omit<Attempt, 'paymentId' | 'offer' | 'challenge' | 'chat'> {
  readonly challenge: string;
  readonly chat: {
    readonly request: ChatRequest;
    readonly gatewayId: string | undefined;
    readonly maxAmount?: string;
  };
}

/** What may be done again about a payment, by its state alone. */
function againOf(payment: Payment, isLive: boolean): Again | undefined {
  if (payment.state === 'signing') {
    const { trouble, authorization, reservedAtMs } = payment;
    // A wallet may change a transaction before it signs it: two copies of one could both be charged.
    if (authorization.kind === 'svm') return undefined;
    const untilMs = expiryMs(authorization) - againMarginMs;
    if (trouble === undefined)
      return isLive ? { kind: 'wallet', fromMs: reservedAtMs + patienceMs, untilMs } : undefined;
    return trouble === 'wallet-rejected' || trouble === 'wallet-silent'
      ? { kind: 'wallet', untilMs }
      : undefined;
  }
  // The panel's questions are sent again from the panel, with their price beside Send.
  const mayPay = (payment.state === 'signed' || payment.state === 'sent') && payment.site !== panelSite;
  return mayPay && !isLive ? { kind: 'pay' } : undefined;
}

function keptAt(value: Json): number {
  return isJsonObject(value) ? Number(value['atMs']) : 0;
}
