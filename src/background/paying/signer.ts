import { usdcOn } from '../../core/assets.ts';
import type { Usdc } from '../../core/assets.ts';
import { Failure } from '../../core/failure.ts';
import { usableUntilMs } from '../../core/authorization.ts';
import type { Authorization, Payment, ReleaseReason, Trouble } from '../../core/ledger.ts';
import { afterPaying } from '../../core/payees.ts';
import type { Reason } from '../../core/reasons.ts';
import { panelSite } from '../../core/site.ts';
import type { Site } from '../../core/site.ts';
import type { Offer } from '../../x402/offer.ts';
import type { OwnBlockhash } from '../../x402/svmGate.ts';
import { isSvmAddress } from '../../x402/svmMessage.ts';
import type { Deps } from '../deps.ts';
import type { PageCall } from '../pages/pageCall.ts';
import type { AskOutcome, PageWallet } from '../pages/pageWallet.ts';
import { sendMarginMs } from './sending.ts';
import { askFor, readBuilt, verifiedAnswer } from './signable.ts';

/** An unlocked, connected wallet on the right chain; nothing to sign has left for it yet. */
export interface Connected {
  readonly walletId: string;
  readonly account: string;
}

/** Why no wallet could be connected: nothing that could be charged has left, so the reservation may go. */
export class ConnectProblem extends Failure {
  readonly release: ReleaseReason;

  constructor(reason: Reason, release: ReleaseReason) {
    super(reason);
    this.release = release;
  }
}

const connectTimeoutMs = 120_000;
/** A wallet that answers later than this could not be paid with in time. */
const signMarginMs = 15_000;

/**
 * Asks the page's wallet for its account and to be on the offer's chain.
 *
 * @throws {ConnectProblem} with the reason why the reservation may be released
 */
export async function connectWallet(
  wallet: PageWallet,
  walletId: string,
  offer: Offer,
  signal: AbortSignal,
): Promise<Connected> {
  const { usdc } = offer;
  const options = { timeoutMs: connectTimeoutMs, signal };
  const connected = await wallet.ask({ type: 'connect', wallet: walletId }, options);
  if (!connected.ok) throw connectProblem(connected, 'walletRefusedConnect', 'connect-refused');
  const [account] = Array.isArray(connected.value) ? (connected.value as readonly unknown[]) : [];
  if (usdc.kind === 'svm') {
    if (!isSvmAddress(account)) throw new ConnectProblem('walletRefusedConnect', 'connect-refused');
    return { walletId, account };
  }
  if (!isEvmAddress(account)) throw new ConnectProblem('walletRefusedConnect', 'connect-refused');

  const switched = await wallet.ask(
    {
      type: 'switchChain',
      wallet: walletId,
      chainIdHex: usdc.chainIdHex,
      chain: {
        name: usdc.networkName,
        rpcUrl: usdc.walletRpcUrl,
        ...(usdc.explorerUrl === undefined ? {} : { explorerUrl: usdc.explorerUrl }),
      },
    },
    options,
  );
  if (!switched.ok) throw connectProblem(switched, 'walletWrongChain', 'wrong-chain');
  if (switched.value !== usdc.chainIdHex) throw new ConnectProblem('walletWrongChain', 'wrong-chain');
  return { walletId, account };
}

/**
 * The signer that the official client gets. What it wants signed is compared with the ledger's row, the row says
 * `signing` durably before the wallet hears of it, and only a verified signature comes back. Who sends it writes it
 * down first (`sendPaid`); who does not, all the same (`keepUnsent`).
 *
 * @throws {Failure} and leaves the amount counted, whatever the wallet claims, once the request has left
 */
export async function signPayment(
  deps: Pick<Deps, 'ledger' | 'policies' | 'http' | 'clock' | 'changes' | 'attempts'>,
  request: {
    readonly payment: Payment;
    readonly offer: Offer;
    readonly call: Pick<PageCall, 'wallet' | 'walletSite'>;
    readonly connected: Connected;
    /** What the official client built. */
    readonly built: unknown;
    readonly blockhash?: OwnBlockhash | undefined;
    readonly identifier?: string | undefined;
    readonly signal: AbortSignal;
  },
): Promise<string> {
  const { payment, offer, connected, identifier, signal } = request;
  const { account } = connected;
  const { usdc } = offer;

  const authorization = await readBuilt({
    message: request.built,
    offer,
    account,
    blockhash: request.blockhash,
    nowMs: deps.clock.nowMs(),
  });
  if (authorization.value !== payment.amount.toString() || authorization.to !== payment.payTo) {
    throw new Failure('unsafeOffer', { phase: 'sign', detail: 'not what was reserved' });
  }
  const { call } = request;
  return askToSign(deps, { payment, usdc, call, connected, authorization, identifier, signal });
}

/** Everything that one ask to sign is about. */
export interface SignatureRequest {
  readonly payment: Payment;
  readonly usdc: Usdc;
  readonly call: Pick<PageCall, 'wallet' | 'walletSite'>;
  readonly connected: Connected;
  readonly authorization: Authorization;
  /** What the gateway will know the payment by. */
  readonly identifier?: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Has the page's wallet sign exactly this message, for the first time or, of a payment that is `signing`, once more:
 * the ledger lets no other message through then.
 *
 * @throws {Failure} as `signPayment` does
 */
export async function askToSign(
  deps: Pick<Deps, 'ledger' | 'policies' | 'http' | 'clock' | 'changes' | 'attempts'>,
  { payment, usdc, call, connected, authorization, identifier, signal }: SignatureRequest,
): Promise<string> {
  const { ledger, policies, clock, changes, attempts } = deps;
  const { wallet, walletSite } = call;
  const { account, walletId } = connected;
  const untilMs = usableUntilMs(authorization);
  signal.throwIfAborted();
  await ledger.advance(payment.id, {
    type: 'sign',
    payer: account,
    authorization,
    ...(identifier === undefined ? {} : { identifier }),
  });
  changes.notify();

  const note = async (trouble: Trouble) => {
    await ledger.advance(payment.id, { type: 'trouble', trouble });
    changes.notify();
  };
  const mismatch = async () => {
    await note('wallet-mismatch');
    await policies.setMode(walletSite, 'blocked');
    return new Failure('walletMismatch', { paid: 'unknown', receiptId: payment.id });
  };
  const ask = () =>
    attempts.whileAsking(payment.id, signal, (until) =>
      wallet.ask(askFor(authorization, usdc, walletId, account), {
        timeoutMs: Math.max(0, untilMs - signMarginMs - clock.nowMs()),
        signal: until,
        id: payment.id,
      }),
    );
  let outcome = await ask();
  while (outcome === 'again') outcome = await ask();
  if (!outcome.ok) throw await signProblem(outcome, payment, note);

  const answer = await verifiedAnswer(deps, outcome.value, authorization, usdc);
  if (answer.verdict === 'mismatch') throw await mismatch();
  if (answer.verdict !== 'valid') {
    await note('wallet-unverified');
    const reason = answer.verdict === 'undeployed' ? 'walletUndeployed' : 'walletUnverified';
    throw new Failure(reason, { paid: 'unknown', receiptId: payment.id });
  }
  const { signature } = answer;
  // Only what the wallet has signed is pinned: a person who refused may have refused the address. Nobody waits for it;
  // where it fails, the next payment is the first again.
  const { gateway, network, payTo } = payment;
  void policies.updatePayees(gateway, network, (known) => afterPaying(known, payTo)).catch(() => undefined);
  const tooLate = untilMs - clock.nowMs() < sendMarginMs;
  if (tooLate || signal.aborted) {
    await keepUnsent(deps, payment.id, signature);
    const reason = tooLate ? 'challengeStale' : 'stoppedUnsent';
    throw new Failure(reason, { paid: 'unknown', receiptId: payment.id });
  }
  return signature;
}

/**
 * Takes a signature that comes when its call no longer waits, also after a restart: verified and stored, as evidence of
 * what the page could charge, and never sent. Anything else is dropped.
 */
export async function keepLateSignature(
  deps: Pick<Deps, 'ledger' | 'http' | 'clock' | 'changes' | 'configured'>,
  site: Site,
  paymentId: string,
  value: unknown,
): Promise<void> {
  const { ledger, configured } = deps;
  const payment = await ledger.get(paymentId);
  if (payment?.state !== 'signing' || (payment.site !== site && payment.site !== panelSite)) return;
  const usdc = usdcOn(configured.known(), payment.network);
  if (!usdc) return;
  const answer = await verifiedAnswer(deps, value, payment.authorization, usdc);
  if (answer.verdict !== 'valid') return;
  await keepUnsent(deps, paymentId, answer.signature);
}

/** Writes a signature down that will not be sent: evidence of what the page could charge. */
export async function keepUnsent(
  { ledger, changes }: Pick<Deps, 'ledger' | 'changes'>,
  paymentId: string,
  signature: string,
): Promise<void> {
  await ledger.advance(paymentId, { type: 'signed', signature }, { type: 'trouble', trouble: 'not-sent' });
  changes.notify();
}

type Unanswered = Extract<AskOutcome, { ok: false }>;

function connectProblem(outcome: Unanswered, refused: Reason, release: ReleaseReason): ConnectProblem {
  switch (outcome.kind) {
    case 'not-found':
      return new ConnectProblem('noWallet', 'no-wallet');
    case 'gone':
      return new ConnectProblem('pageGone', 'page-gone');
    case 'cancelled':
      return new ConnectProblem('stopped', 'stopped');
    case 'silent':
      return new ConnectProblem('walletConnectSilent', release);
    case 'wrong-chain':
      return new ConnectProblem('walletWrongChain', 'wrong-chain');
    case 'rejected':
    case 'failed':
      return new ConnectProblem(refused, release);
  }
}

/** After the request went out, a refusal is only the page's word: the amount stays counted. */
async function signProblem(
  outcome: Unanswered,
  payment: Payment,
  note: (trouble: Trouble) => Promise<void>,
): Promise<Failure> {
  const receiptId = payment.id;
  switch (outcome.kind) {
    case 'rejected':
      await note('wallet-rejected');
      // The person said no. The hold says that the page might keep a signature; the page is told what the person meant.
      return new Failure('walletRejected', { paid: 'no', receiptId });
    case 'wrong-chain':
      await note('wallet-rejected');
      return new Failure('walletWrongChain', { paid: 'no', receiptId });
    case 'not-found':
    case 'failed':
      await note('wallet-rejected');
      return new Failure('walletFailed', { paid: 'unknown', receiptId });
    case 'silent':
    case 'cancelled':
    case 'gone':
      await note('wallet-silent');
      return new Failure('walletSilent', { paid: 'unknown', receiptId });
  }
}

/** Whether a value is an address of an EVM chain, in any case of its letters. */
export function isEvmAddress(value: unknown): value is `0x${string}` {
  return typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value);
}
