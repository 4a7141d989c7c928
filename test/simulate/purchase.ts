import { releaseIfUnsigned } from '../../src/background/paying/reservation.ts';
import { sendPaid } from '../../src/background/paying/sending.ts';
import { keepUnsent } from '../../src/background/paying/signer.ts';
import { settleByReceipt } from '../../src/background/paying/settling.ts';
import { Failure } from '../../src/core/failure.ts';
import { usableUntilMs } from '../../src/core/authorization.ts';
import { IllegalTransition } from '../../src/core/ledger.ts';
import type { ApprovedBy, Payment, PaymentDraft } from '../../src/core/ledger.ts';
import { overrideMs } from '../../src/core/limits.ts';
import { microUsdc } from '../../src/core/money.ts';
import { decide } from '../../src/core/policy.ts';
import type { Exceeded } from '../../src/core/policy.ts';
import type { Site } from '../../src/core/site.ts';
import type { Life, SimulatedResponse } from './life.ts';
import type { Policy } from './mutants.ts';
import { messageFor, payableOnBase, payableOnSolana } from './message.ts';
import { markOf } from './outside.ts';
import type { Outside, WalletAnswer } from './outside.ts';
import type { Person } from './person.ts';
import type { Dispatch } from './oracle.ts';
import type { Random } from './random.ts';
import type { MemoryDisk } from './memoryDatabase.ts';

/** What a purchase works with, and whom it tells what it does. */
export interface Market {
  readonly random: Random;
  readonly outside: Outside;
  readonly person: Person;
  readonly policy: Policy;
  readonly disk: MemoryDisk;
  /** A name and nonce that nobody had before. */
  readonly newNumber: () => number;
  /** The ledger has said that it is reserved. */
  readonly acknowledged: (paymentId: string) => void;
  /** The message is on its way to the wallet: from here on it may be charged. */
  readonly dispatched: (dispatch: Dispatch, capMark: number) => void;
  readonly say: (text: string) => void;
}

/** What the amounts are for. */
export interface Wish {
  readonly site: Site;
  readonly amount: bigint;
  readonly onSolana: boolean;
  /** A payment of the same amount, whose memo its gateway may give again. */
  readonly earlier: Dispatch | undefined;
}

const signature = `0x${'ab'.repeat(65)}` as const;
const signMarginMs = 15_000;
const sendMarginMs = 10_000;
const neverStopped = new AbortController().signal;

/**
 * One payment as `pay()` makes it, with the real ledger, policy, sending, settling and recovery; only quote, card and
 * cryptography are left out.
 */
export async function purchase(market: Market, life: Life, wish: Wish): Promise<void> {
  const { newNumber, say } = market;
  const number = newNumber();
  const runId = `run-${number}`;
  life.runs.add(runId);
  try {
    await life.ready;
    await buy(market, life, wish, number, runId);
  } catch (error) {
    if (!(error instanceof Failure) && !(error instanceof IllegalTransition)) throw error;
    say(`purchase ${number} ends: ${error.message}`);
  } finally {
    life.runs.delete(runId);
  }
  void life.recovery.look();
}

async function buy(market: Market, life: Life, wish: Wish, number: number, runId: string): Promise<void> {
  const { outside, policy, random } = market;
  const { ledger } = life;
  const dateMs = outside.gatewayDate();
  if (dateMs !== undefined) await ledger.noteSeenTime(dateMs);

  const capMark = market.person.capMark();
  const payment = await agreeAndReserve(market, life, wish, number, runId);
  if (payment === undefined) return;
  market.acknowledged(payment.id);
  await life.step(`the wallet connecting for ${payment.id}`);
  if (random.chance(0.07)) {
    await releaseIfUnsigned(life, payment.id, 'connect-refused');
    return;
  }

  const message = await messageFor(market, life, wish, number).catch(async (error: unknown) => {
    await releaseIfUnsigned(life, payment.id, 'failed-before-signing');
    throw error;
  });
  const dispatch: Dispatch = {
    paymentId: payment.id,
    site: wish.site,
    amount: wish.amount,
    message,
    isRaise: payment.approvedBy === 'override' && market.person.raised(payment.overrideId),
    neverSigned: false,
  };
  if (!(await signed(market, life, payment, dispatch, capMark))) return;

  let sent: Payment;
  let answer: SimulatedResponse;
  try {
    const request = { url: 'https://gateway.example', headers: {}, body: markOf(message) };
    const paid = await sendPaid(life, { paymentId: payment.id, signature, request }, neverStopped);
    sent = paid.payment;
    answer = paid.response as unknown as SimulatedResponse;
  } catch (error) {
    policy.onFetchError?.(market.disk, payment.id);
    throw error;
  }
  const { success, transaction = '' } = answer;
  if (success === true) await settleByReceipt(life, sent, { success, transaction });
}

/** @returns the reservation, or undefined where the person or a limit says no */
async function agreeAndReserve(
  market: Market,
  life: Life,
  { site, amount: plain, onSolana }: Wish,
  number: number,
  runId: string,
): Promise<Payment | undefined> {
  const { ledger, clock } = life;
  const { person, policy } = market;
  const amount = microUsdc(plain);
  const bodyDigest = number.toString(16).padStart(64, '0');
  let refused: readonly Exceeded[] | undefined;
  for (let version = 1; version <= 3; version += 1) {
    const basis = await ledger.basis(site);
    const verdict = decide({ site, amount, ...basis, nowMs: clock.nowMs(), newPayee: false });
    if (verdict.kind === 'deny') return undefined;
    let approvedBy: ApprovedBy = 'grant';
    let overrideId: string | undefined;
    if (verdict.kind === 'ask' || refused !== undefined) {
      const exceeded = refused ?? (verdict.kind === 'ask' ? verdict.exceeded : []);
      await life.step(`a card for purchase ${number}`);
      const answer = await person.answer(life, site, amount, exceeded);
      if (answer === 'no') return undefined;
      approvedBy = answer === 'once anyway' ? 'override' : 'card';
      if (approvedBy === 'override') {
        overrideId = `raise-${number}-${version}`;
        person.clicked(overrideId);
        const expiresAtMs = clock.nowMs() + overrideMs;
        await ledger.recordOverride({
          id: overrideId,
          cardId: overrideId,
          site,
          bodyDigest,
          amount,
          expiresAtMs,
        });
      }
    }
    const draft: PaymentDraft = {
      id: `payment-${number}.${version}`,
      site,
      callId: `call-${number}`,
      runId,
      gateway: 'gateway',
      model: 'model',
      ...(onSolana ? payableOnSolana : payableOnBase),
      amount,
      resource: 'https://gateway.example',
      bodyDigest,
      approvedBy,
      ...(overrideId === undefined ? {} : { overrideId }),
      signer: 'page',
    };
    const reservation = await (policy.reserve?.(life, draft, clock.nowMs()) ?? ledger.reserve(draft));
    if (reservation.ok) return reservation.payment;
    if ('denied' in reservation) return undefined;
    refused = reservation.exceeded;
  }
  return undefined;
}

/** @returns whether a signature is there and may be sent */
async function signed(
  market: Market,
  life: Life,
  payment: Payment,
  dispatch: Dispatch,
  capMark: number,
): Promise<boolean> {
  const { ledger, clock } = life;
  const { message } = dispatch;
  for (let asked = 1; ; asked += 1) {
    await ledger.advance(payment.id, { type: 'sign', payer: message.from, authorization: message });
    dispatch.neverSigned = false;
    market.dispatched(dispatch, capMark);
    const answer = await withinValidity(market, life, dispatch);
    if (answer === 'signed') break;
    const trouble = answer === 'rejected' ? 'wallet-rejected' : 'wallet-silent';
    await ledger.advance(payment.id, { type: 'trouble', trouble });
    if (answer === 'rejected') market.policy.onRejection?.(market.disk, payment.id);
    // The person asks the wallet again: the same message, so the same hold. Never on Solana.
    const leftMs = usableUntilMs(message) - clock.nowMs();
    if (asked === 2 || message.kind === 'svm' || leftMs < 60_000 || !market.random.chance(0.3)) return false;
    await life.step(`asking the wallet again for ${payment.id}`);
  }
  if (usableUntilMs(message) - clock.nowMs() >= sendMarginMs) return true;
  await keepUnsent(life, payment.id, signature);
  return false;
}

function withinValidity({ outside }: Market, life: Life, dispatch: Dispatch): Promise<WalletAnswer> {
  const waitMs = Math.max(0, usableUntilMs(dispatch.message) - signMarginMs - life.clock.nowMs());
  return new Promise((resolve, reject) => {
    life.clock.after(waitMs, () => resolve('silent'));
    outside.askWallet(life, dispatch).then(resolve, reject);
  });
}
