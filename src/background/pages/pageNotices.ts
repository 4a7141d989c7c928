import { formatUsdc } from '../../core/money.ts';
import type { SitePolicy } from '../../core/policy.ts';
import type { Site } from '../../core/site.ts';
import type { PageNotice, Permission, Receipt } from '../../protocol/page.ts';
import type { Deps } from '../deps.ts';
import { followChanges } from '../following.ts';
import { limitUses } from '../paying/limitViews.ts';
import { permissionOf } from './permission.ts';
import { statusOf } from '../paying/receipts.ts';

/** Of the site's payments only the latest can still change while somebody looks. */
const paymentsWatched = 50;

/** What of a site its page hears about; nothing of other sites, no address and no limit. */
interface SiteNews {
  readonly permission: Permission;
  readonly payments: ReadonlyMap<string, { readonly amountUsdc: string; readonly status: Receipt['status'] }>;
  readonly budgetLow: boolean;
  readonly models: string;
}

/**
 * Tells a page what changes for its site. Its permission comes first, as it is now: a page that was away compares.
 *
 * @returns the undo
 */
export function watchSite(deps: Deps, site: Site, tell: (notice: PageNotice) => void): () => void {
  let known: SiteNews | undefined;
  return followChanges(
    deps.changes,
    () => newsOf(deps, site),
    (news) => {
      for (const notice of noticesOf(known, news)) tell(notice);
      known = news;
    },
  );
}

async function newsOf(deps: Deps, site: Site): Promise<SiteNews> {
  const { ledger, policies, configured } = deps;
  const permission = await permissionOf(deps, site);
  const payments = await ledger.ofSite(site, paymentsWatched);
  const rules = await policies.rules(site);
  const uses = limitUses(site, rules, await ledger.usage(site));
  return {
    permission,
    payments: new Map(
      payments.map((payment) => [
        payment.id,
        { amountUsdc: formatUsdc(payment.amount), status: statusOf(payment) },
      ]),
    ),
    // Four fifths of a limit of its own: told to whom the person lets pay by itself, without a figure.
    budgetLow:
      permission.autoApprove &&
      uses.some(({ limit, used, cap }) => limit.startsWith('site-') && BigInt(used) * 5n >= BigInt(cap) * 4n),
    // Whose models it may see, and which stand first.
    models: modelsOf(configured, rules.policy, permission),
  };
}

/** Names the list that `models` gives the site, as far as the person decides on it. */
function modelsOf(
  configured: Deps['configured'],
  policy: SitePolicy | undefined,
  { autoApprove }: Permission,
): string {
  const isShown = (shown: string) => autoApprove || configured.builtIn.some(({ id }) => id === shown);
  const shown = configured.gateways().filter(({ id }) => isShown(id));
  const first = shown.some(({ id }) => id === policy?.gateway) ? [policy?.gateway, policy?.model] : [];
  return JSON.stringify([autoApprove, first, shown.map(({ id, defaultModel }) => [id, defaultModel])]);
}

function noticesOf(known: SiteNews | undefined, news: SiteNews): readonly PageNotice[] {
  const permission: PageNotice = { type: 'permissionchange', detail: news.permission };
  if (!known) return [permission];
  const payments = [...news.payments].flatMap(([receiptId, { amountUsdc, status }]): PageNotice[] =>
    known.payments.get(receiptId)?.status === status
      ? []
      : [{ type: 'payment', detail: { receiptId, amountUsdc, status } }],
  );
  return [
    ...(isSame(known.permission, news.permission) ? [] : [permission]),
    ...payments,
    ...(news.budgetLow && !known.budgetLow ? [{ type: 'budgetlow', detail: {} } as const] : []),
    ...(known.models === news.models ? [] : [{ type: 'modelschange', detail: {} } as const]),
  ];
}

/** When a grant ends moves with each use of it, which is no news. */
function isSame(one: Permission, other: Permission): boolean {
  return one.state === other.state && one.autoApprove === other.autoApprove;
}
