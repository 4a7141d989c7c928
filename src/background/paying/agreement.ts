import type { Network } from '../../core/assets.ts';
import { Failure } from '../../core/failure.ts';
import type { ApprovedBy } from '../../core/ledger.ts';
import type { GlobalCaps, SiteCaps } from '../../core/limits.ts';
import { noMoney, parseMicroUsdc } from '../../core/money.ts';
import type { MicroUsdc } from '../../core/money.ts';
import { decide, effectiveMode } from '../../core/policy.ts';
import type { Exceeded } from '../../core/policy.ts';
import { afterTrusting } from '../../core/payees.ts';
import type { NewPayee, PayeeTrust } from '../../core/payees.ts';
import { registrableDomain } from '../../core/registrableDomain.ts';
import { panelSite } from '../../core/site.ts';
import type { Site } from '../../core/site.ts';
import type { AnnouncedWallet } from '../../protocol/wallet.ts';
import type { ApprovalAnswer, Decision } from '../../protocol/panel.ts';
import type { Answered, Card, CardContent } from './approvals.ts';
import type { Deps } from '../deps.ts';
import { limitUses } from './limitViews.ts';
import { paymentCard } from './paymentCard.ts';
import type { Priced } from './pricing.ts';
import type { Purse } from './purse.ts';

/** What let a payment go on to its reservation. */
export interface Agreement {
  readonly approvedBy: ApprovedBy;
  /** The wallet the person chose on the card. */
  readonly walletId: string | undefined;
  /** The card it came from; a grant's payments have none. */
  readonly cardId: string;
}

/** Who asks and with what, as far as a card shows it. */
export interface Asking {
  readonly site: Site;
  readonly question: string;
  readonly wallets: readonly AnnouncedWallet[];
  readonly chosenWallet: string | undefined;
  readonly purse: Purse;
  /** The call came from a click: without one no card may open. */
  readonly active: boolean;
  /** No card was needed when the payment began: the reservation finds out whether that still holds. */
  readonly standing: boolean;
  readonly tabId: number;
  /** What an earlier purchase of the same may still be charged: the card says so, whatever the site may do by itself. */
  readonly earlier?: MicroUsdc;
}

/** Why a price that could be paid by itself is asked about. */
export interface CardChanges {
  /** Limits in which the reservation found no room after all. */
  readonly refused?: readonly Exceeded[];
  readonly changedFrom?: MicroUsdc;
  /** The person is choosing a chain, or has to: whatever the site may do by itself. */
  readonly mustAsk?: true;
}

/** The person wants to see what it costs on this chain. */
export interface ChainWish {
  readonly network: Network;
}

/**
 * Whether this price may be paid: by a standing grant, or by the person's answer to a card that shows this very offer.
 * A courtesy before the reservation, which judges again.
 *
 * @throws {Failure} blocked, paused, tooManyPayments, overLimit, noActivation, declined
 */
export async function agree(
  deps: Deps,
  asking: Asking,
  priced: Priced,
  card: Card,
  changes: CardChanges,
): Promise<Agreement | ChainWish> {
  const { site, active } = asking;
  const { amount } = priced.offer;
  const byGrant = { approvedBy: 'grant', walletId: asking.chosenWallet, cardId: card.id } as const;
  const { refused, changedFrom } = changes;
  const isNews = refused !== undefined || changedFrom !== undefined;
  const mustAsk = asking.earlier !== undefined || changes.mustAsk || isNews;
  if (asking.standing && !priced.newPayee && !mustAsk) return byGrant;
  const basis = await deps.ledger.basis(site);
  const { rules, usage } = basis;
  const nowMs = deps.clock.nowMs();
  const verdict = decide({ site, amount, ...basis, nowMs, newPayee: priced.newPayee !== undefined });
  if (verdict.kind === 'deny') throw new Failure(verdict.reason);
  const exceeded = changes.refused ?? (verdict.kind === 'ask' ? verdict.exceeded : []);
  if (verdict.kind === 'allow' && !mustAsk) return byGrant;
  const obstacle = exceeded.length > 0 ? 'overLimit' : priced.newPayee ? 'otherPayee' : undefined;
  // The panel asks inline: no window of ours opens over it.
  if (site === panelSite) throw new Failure(obstacle ?? 'overLimit');
  if (!active) {
    deps.markTab(asking.tabId);
    throw new Failure(obstacle ?? 'noActivation');
  }
  if ((await deps.mutes.mutedUntilMs(site)) !== undefined) throw new Failure('muted');

  const content = () =>
    paymentCard(asking, priced, { rules, usage, nowMs, exceeded, changedFrom: changes.changedFrom });
  const answered = await whileLooking(asking.purse, priced, card, content);
  if (answered.answer.choice === 'network') return { network: answered.answer.network };
  const agreement = await carryOut(deps, site, card.id, { ...answered, answer: answered.answer });
  if (priced.newPayee && answered.payee) {
    const { gateway, offer, newPayee } = priced;
    await acceptPayee(deps, gateway.id, offer.network, newPayee, answered.payee);
  }
  return agreement;
}

/** Shows the card at once; what the wallets have comes when a node has said so. */
async function whileLooking(
  purse: Purse,
  { ways }: Priced,
  card: Card,
  content: () => CardContent,
): Promise<Answered> {
  const looking = new AbortController();
  try {
    // Not for cards that wait behind others: a page with many calls makes no node busy.
    return await card.show(content(), () => purse.look(ways, looking.signal, () => card.amend(content())));
  } finally {
    looking.abort();
  }
}

/** Lets a new payee be paid from now on, as far as the person said so. */
export async function acceptPayee(
  { policies }: Pick<Deps, 'policies'>,
  gatewayId: string,
  network: Network,
  { payTo, trustable = '' }: NewPayee,
  trust: PayeeTrust,
): Promise<void> {
  // Only what the card offered.
  if (trust === 'origin' && trustable === '') return;
  await policies.updatePayees(gatewayId, network, (payees) => afterTrusting(payees, payTo, trustable, trust));
}

/**
 * Asks the person to let a site pay by itself, without a payment at hand.
 *
 * @throws {Failure} declined
 */
export async function agreeToGrant(
  deps: Deps,
  site: Site,
  card: Card,
  wish: { readonly reason?: string; readonly suggestedDay?: MicroUsdc },
): Promise<void> {
  const { rules, usage } = await deps.ledger.basis(site);
  const content: CardContent = {
    site,
    exceeded: [],
    use: limitUses(site, rules, usage),
    mode: effectiveMode(rules.policy, deps.clock.nowMs()),
    wallets: [],
    ...(wish.reason === undefined ? {} : { reason: wish.reason }),
    ...(wish.suggestedDay === undefined ? {} : { suggestedDay: wish.suggestedDay.toString() }),
  };
  const answered = await card.show(content);
  // A card without a payment shows no chain to choose.
  if (answered.answer.choice !== 'network')
    await carryOut(deps, site, card.id, { ...answered, answer: answered.answer });
}

async function carryOut(
  deps: Deps,
  site: Site,
  cardId: string,
  { answer, wallet }: Answered & { readonly answer: Decision },
): Promise<Agreement> {
  const agreement: Agreement = { approvedBy: 'card', walletId: wallet, cardId };
  switch (answer.choice) {
    case 'once':
      return agreement;
    case 'once-anyway':
      return { ...agreement, approvedBy: 'override' };
    case 'allow':
      await grant(deps, site, amountOf(answer.day));
      return agreement;
    case 'raise':
      await raise(deps, site, answer.limits);
      return agreement;
    case 'deny':
      await refused(deps, site);
      throw new Failure('declined');
    case 'block':
      await deps.policies.setMode(site, 'blocked');
      deps.changes.notify();
      deps.approvals.refuse((other) => other === site, new Failure('blocked'));
      throw new Failure('declined');
  }
}

/** A refusal that mutes takes the cards along that wait behind this one. */
async function refused({ mutes, approvals }: Deps, site: Site): Promise<void> {
  await mutes.refused(site);
  if ((await mutes.mutedUntilMs(site)) === undefined) return;
  const domain = registrableDomain(site);
  approvals.refuse((other) => registrableDomain(other) === domain, new Failure('muted'));
}

async function grant({ policies, changes }: Deps, site: Site, day: MicroUsdc): Promise<void> {
  await policies.changeSiteCaps(site, (known) => ({ ...known, day }));
  await policies.setMode(site, 'auto');
  changes.notify();
}

/** Sets the named limits and no other: the person may be lowering one of those elsewhere. */
async function raise(
  { policies, changes }: Deps,
  site: Site,
  limits: Extract<ApprovalAnswer, { choice: 'raise' }>['limits'],
): Promise<void> {
  let ofSite: Partial<SiteCaps> = {};
  let overAll: Partial<Omit<GlobalCaps, 'site'>> = {};
  for (const { limit, cap } of limits) {
    const amount = amountOf(cap);
    switch (limit) {
      case 'request':
        ofSite = { ...ofSite, request: amount };
        break;
      case 'site-day':
        ofSite = { ...ofSite, day: amount };
        break;
      case 'site-month':
        ofSite = { ...ofSite, month: amount };
        break;
      case 'all-day':
        overAll = { ...overAll, allDay: amount };
        break;
      case 'all-month':
        overAll = { ...overAll, allMonth: amount };
        break;
      case 'panel-day':
        overAll = { ...overAll, panelDay: amount };
        break;
      case 'per-minute':
        break;
    }
  }
  // A site whose own limits stay keeps following those of any site.
  if (Object.keys(ofSite).length > 0)
    await policies.changeSiteCaps(site, (known) => ({ ...known, ...ofSite }));
  if (Object.keys(overAll).length > 0) await policies.changeGlobalCaps((known) => ({ ...known, ...overAll }));
  changes.notify();
}

/** The schema has let only such amounts through. */
function amountOf(text: string): MicroUsdc {
  return parseMicroUsdc(text) ?? noMoney;
}
