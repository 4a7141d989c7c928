import { Failure } from '../core/failure.ts';
import type { Payment } from '../core/ledger.ts';
import type { MicroUsdc } from '../core/money.ts';
import { effectiveMode } from '../core/policy.ts';
import type { SitePolicy } from '../core/policy.ts';
import type { ChatRequest } from '../protocol/page.ts';
import { readWallets } from '../protocol/wallet.ts';
import type { AnnouncedWallet } from '../protocol/wallet.ts';
import { payOverX402, readReceipt } from '../x402/payload.ts';
import { streamAnswer } from './answer.ts';
import type { Deps } from './deps.ts';
import type { PageCall } from './pageCall.ts';
import type { AskOutcome } from './pageWallet.ts';
import { gatewayOf, price } from './pricing.ts';
import { releaseIfUnsigned } from './reservation.ts';
import type { Run } from './runs.ts';
import { sendPaid } from './sending.ts';
import { settleByReceipt } from './settling.ts';
import { signPayment } from './signer.ts';
import { releaseReasonOf, settleTerms } from './terms.ts';

/** What is to be paid for. */
export interface ChatToPay {
  readonly request: ChatRequest;
  readonly gatewayId: string | undefined;
  /** The least of what the page's `maxSpend` and its quote allow. */
  readonly maxAmount: MicroUsdc | undefined;
}

const listTimeoutMs = 3_000;

/**
 * Pays for one chat and streams its answer into the run (src/README.md, steps 5 to 11), top to bottom.
 *
 * @param signal gives the call up: it is obeyed until the paid request leaves, and not after
 * @returns the payment as the ledger has it when the answer has ended
 * @throws {Failure} with `paid`: whether money moved
 */
export async function pay(
  deps: Deps,
  call: PageCall,
  chat: ChatToPay,
  run: Run,
  signal: AbortSignal,
): Promise<Payment> {
  // Opens no window: it need not wait for what the record says.
  const listed = call.wallet.ask({ type: 'list' }, { timeoutMs: listTimeoutMs, signal });
  const policy = await refuseEarly(deps, call);
  deps.balances.askAhead(call.wallet);
  const gateway = gatewayOf(deps, chat.gatewayId, policy?.gateway);
  const wallets = walletsIn(await listed, signal);
  const { priced, payment, connected } = await settleTerms(deps, {
    call,
    run,
    signal,
    priceNow: () => price(deps, gateway, chat.request, chat.maxAmount, signal),
    asking: {
      site: call.site,
      tabId: call.tabId,
      active: call.active,
      question: run.head.question,
      wallets,
      chosenWallet: (wallets.find(({ rdns }) => rdns === policy?.walletRdns) ?? wallets[0])?.id,
    },
  });

  const { offer, challenge, request } = priced;
  let sent: Payment = payment;
  let response: Response;
  try {
    response = await payOverX402({
      offer,
      challenge,
      request,
      account: connected.account,
      sign: (typedData) => signPayment(deps, { payment, offer, call, connected, typedData, signal }),
      async send(paidRequest) {
        run.update({ stage: 'settling', paid: 'unknown' });
        const answered = await sendPaid(deps, payment.id, paidRequest, run.stopped);
        sent = answered.payment;
        return answered.response;
      },
    });
  } catch (error) {
    await releaseIfUnsigned(deps, payment.id, releaseReasonOf(error, signal));
    throw error;
  }

  const receipt = readReceipt(response.headers);
  // A gateway's word can confirm a payment; a missing or contrary one leaves it counted until the chain decides.
  const { success = false, transaction } = receipt ?? {};
  const paid = success ? 'yes' : 'unknown';
  let last = receipt?.success ? await settleByReceipt(deps, sent, receipt) : sent;
  run.update({
    stage: 'streaming',
    paid,
    ...(success && transaction !== undefined ? { transaction } : {}),
  });
  await streamAnswer(deps, run, response, { id: payment.id, amount: payment.amount, paid });
  if (receipt?.success && last.state !== 'settled') last = await settleByReceipt(deps, sent, receipt);
  return last;
}

/** What needs no network comes first. @returns what the person has decided about the site */
async function refuseEarly(
  { policies, mutes, markTab, clock }: Deps,
  call: PageCall,
): Promise<SitePolicy | undefined> {
  const { policy, paused } = await policies.rules(call.site);
  const mode = effectiveMode(policy, clock.nowMs());
  if (mode === 'blocked') throw new Failure('blocked');
  if (paused) throw new Failure('paused');
  if (mode === 'auto') return policy;
  if ((await mutes.mutedUntilMs(call.site)) !== undefined) throw new Failure('muted');
  if (call.active) return policy;
  markTab(call.tabId);
  throw new Failure('noActivation');
}

function walletsIn(listed: AskOutcome, signal: AbortSignal): readonly AnnouncedWallet[] {
  signal.throwIfAborted();
  const wallets = listed.ok ? readWallets(listed.value) : [];
  if (wallets.length === 0) throw new Failure('noWallet', { phase: 'approve' });
  return wallets;
}
