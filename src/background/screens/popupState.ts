import { usdcOn } from '../../core/assets.ts';
import type { Usdc } from '../../core/assets.ts';
import { expiryMs } from '../../core/authorization.ts';
import { isOpen } from '../../core/ledger.ts';
import type { Payment } from '../../core/ledger.ts';
import type { Gateway } from '../../core/gateways.ts';
import { effectiveMode, grantEndsAtMs, siteCapsOf } from '../../core/policy.ts';
import { missedNodes } from '../../core/silence.ts';
import type { Silence } from '../../core/silence.ts';
import { panelSite } from '../../core/site.ts';
import type { Site } from '../../core/site.ts';
import type {
  Again,
  GatewayChoice,
  PaymentView,
  PopupState,
  RunView,
  SiteView,
} from '../../protocol/panel.ts';
import type { Deps } from '../deps.ts';
import { allLimitUses, capsView, limitUses } from '../paying/limitViews.ts';
import { carriedView, troubleView } from './lossView.ts';
import { withOutcome } from './outcome.ts';
import { statusOf } from '../paying/receipts.ts';
import type { Run } from '../runs/runs.ts';

const runsShown = 10;
const paymentsShown = 20;

/** All that the popup shows for a tab, as it stands now. */
export async function popupState(deps: Deps, tabId: number): Promise<PopupState> {
  const { version, approvals, runs, ledger, tabSites, silentNodes } = deps;
  const known = deps.configured.known();
  const site = await tabSites.of(tabId);
  const [rules, usage, open, recent, lost] = await Promise.all([
    deps.policies.rules(site ?? panelSite),
    ledger.usage(site ?? panelSite),
    ledger.open(),
    ledger.recent(paymentsShown),
    ledger.carried(),
  ]);
  const again = await deps.attempts.available(open, (runId) => runs.isLive(runId));
  const carried = carriedView(lost);
  const shown = { known, gateways: deps.configured.gateways(), again, silent: silentNodes.list() };
  return {
    version,
    ...(site === undefined ? {} : { site: await siteView(deps, site) }),
    gateways: gatewayChoices(deps),
    all: allLimitUses(rules, usage),
    paused: rules.paused,
    ledgerReady: true,
    ...(carried === undefined ? {} : { carried }),
    waiting: approvals.waiting(),
    runs: await Promise.all(
      runs
        .ofTab(tabId)
        .slice(0, runsShown)
        .map((run) => withOutcome(runView(run, known, again), deps)),
    ),
    held: open.map((payment) => paymentView(payment, shown)),
    payments: recent
      .filter(({ state }) => state !== 'reserved')
      .map((payment) => paymentView(payment, shown)),
  };
}

/** What the popup shows while the record of payments cannot be used. */
export function popupWithoutLedger(version: string, error: unknown): PopupState {
  return {
    version,
    ...troubleView(error),
    gateways: [],
    all: [],
    paused: false,
    ledgerReady: false,
    waiting: 0,
    runs: [],
    held: [],
    payments: [],
  };
}

/** A site as screens get it. */
export async function siteView({ policies, ledger, mutes, clock }: Deps, site: Site): Promise<SiteView> {
  const rules = await policies.rules(site);
  const usage = await ledger.usage(site);
  // It is shown where it is known; a payment asks again.
  const mutedUntilMs = await mutes.mutedUntilMs(site).catch(() => undefined);
  const mode = effectiveMode(rules.policy, clock.nowMs());
  const { gateway, model, network } = rules.policy ?? {};
  const grantEnds = mode === 'auto' ? grantEndsAtMs(rules.policy) : undefined;
  return {
    origin: site,
    mode,
    caps: capsView(siteCapsOf(rules)),
    use: limitUses(site, rules, usage).filter(({ limit }) => limit.startsWith('site-')),
    ...(grantEnds === undefined ? {} : { grantEndsAtMs: grantEnds }),
    ...(mutedUntilMs === undefined ? {} : { mutedUntilMs }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(model === undefined ? {} : { model }),
    ...(network === undefined ? {} : { network }),
  };
}

function gatewayChoices({ configured }: Pick<Deps, 'configured'>): readonly GatewayChoice[] {
  return configured.gateways().map(({ id, name, defaultModel, defaultMaxTokens }, at) => {
    return { id, name, defaultModel, defaultMaxTokens, isDefault: at === 0 };
  });
}

/** A run as screens get it. */
export function runView(run: Run, known: readonly Usdc[], again: ReadonlyMap<string, Again>): RunView {
  const { head, text, reasoning } = run;
  const {
    network,
    transaction,
    amount,
    balance,
    insteadOn,
    paymentId,
    newPayee,
    tokens,
    verified,
    reason,
    end,
  } = head;
  return {
    id: head.id,
    site: head.site,
    question: head.question,
    model: head.model,
    gateway: head.gateway,
    stage: head.stage,
    text,
    incomplete: head.incomplete,
    paid: head.paid,
    startedAtMs: head.startedAtMs,
    ...(network === undefined ? {} : moneyOf(known, network)),
    ...(reasoning === '' ? {} : { reasoning }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(verified === undefined ? {} : { verified }),
    ...(amount === undefined ? {} : { amount }),
    ...(balance === undefined ? {} : { balance }),
    ...(insteadOn === undefined ? {} : { insteadOn: { network: insteadOn, ...moneyOf(known, insteadOn) } }),
    ...(paymentId === undefined ? {} : { paymentId }),
    ...againOf(again, paymentId),
    ...(newPayee === undefined || paymentId !== undefined ? {} : { newPayee }),
    ...(network === undefined ? {} : explorerOf(usdcOn(known, network), transaction)),
    ...(reason === undefined ? {} : { reason }),
    ...(end && 'error' in end ? { problem: end.error.message, problemType: end.error.type } : {}),
  };
}

/** What payments are shown with. */
interface Shown {
  readonly known: readonly Usdc[];
  readonly gateways: readonly Gateway[];
  readonly again: ReadonlyMap<string, Again>;
  readonly silent: readonly Silence[];
}

function paymentView(payment: Payment, { known, gateways, again, silent }: Shown): PaymentView {
  const { id, site, model, amount, network, reservedAtMs } = payment;
  const transaction = payment.state === 'settled' ? payment.transaction : undefined;
  const usdc = usdcOn(known, network);
  const gateway = gateways.find((candidate) => candidate.id === payment.gateway);
  return {
    id,
    site,
    model,
    gateway: gateway?.name ?? payment.gateway,
    ...(gateway?.contactUrl === undefined ? {} : { contactUrl: gateway.contactUrl }),
    amount: amount.toString(),
    ...moneyOf(known, network),
    atMs: reservedAtMs,
    status: statusOf(payment),
    ...(payment.state === 'settled' && payment.dispute ? { dispute: payment.dispute } : {}),
    ...explorerOf(usdc, transaction),
    ...againOf(again, id),
    ...('trouble' in payment && payment.trouble !== undefined ? { trouble: payment.trouble } : {}),
    ...(isOpen(payment) && payment.state !== 'reserved'
      ? { heldUntilMs: expiryMs(payment.authorization) + (usdc?.finalityMs ?? 0), ...waitsFor(usdc, silent) }
      : {}),
  };
}

function waitsFor(usdc: Usdc | undefined, silent: readonly Silence[]): { waitsFor?: readonly Silence[] } {
  const missed = missedNodes(usdc?.rpcUrls ?? [], silent);
  return missed.length === 0 ? {} : { waitsFor: missed };
}

function againOf(all: ReadonlyMap<string, Again>, paymentId: string | undefined): { again?: Again } {
  const again = paymentId === undefined ? undefined : all.get(paymentId);
  return again === undefined ? {} : { again };
}

function explorerOf(usdc: Usdc | undefined, transaction: string | undefined): { explorerUrl?: string } {
  // A gateway's word: only a real transaction hash becomes part of a link.
  if (usdc?.explorerUrl === undefined || !isTransaction(usdc, transaction)) return {};
  return { explorerUrl: `${usdc.explorerUrl}/tx/${transaction}` };
}

function isTransaction({ kind }: Usdc, id = ''): boolean {
  return (kind === 'evm' ? /^0x[0-9a-fA-F]{64}$/ : /^[1-9A-HJ-NP-Za-km-z]{86,88}$/).test(id);
}

type Money = Pick<PaymentView, 'networkName' | 'kind' | 'isTest'>;

/** What the amount is in. A test network that the person has removed keeps its CAIP-2 name. */
function moneyOf(known: readonly Usdc[], network: string): Money {
  const usdc = usdcOn(known, network);
  if (usdc === undefined) return { networkName: network };
  return { networkName: usdc.networkName, kind: usdc.kind, ...(usdc.isTest ? { isTest: true } : {}) };
}
