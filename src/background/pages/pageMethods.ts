import { Failure } from '../../core/failure.ts';
import { formatUsdc, parseUsdc } from '../../core/money.ts';
import { effectiveMode } from '../../core/policy.ts';
import type { SiteMode } from '../../core/policy.ts';
import type { Availability, Model, PageMethod, Permission, Quote, Receipt } from '../../protocol/page.ts';
import type { PageParams } from '../../protocol/pageSchemas.ts';
import { agreeToGrant } from '../paying/agreement.ts';
import { payingWallets } from '../paying/chainChoice.ts';
import type { Deps } from '../deps.ts';
import type { PageCall } from './pageCall.ts';
import { inOrderFor } from './modelOrder.ts';
import { permissionOf } from './permission.ts';
import { freeze, quoteOf } from '../paying/pricing.ts';
import { quoteValidMs } from '../paying/quotes.ts';
import { receiptOf } from '../paying/receipts.ts';
import { sellerOf } from '../paying/seller.ts';
import { readWallets } from '../../protocol/wallet.ts';

type Handlers = {
  readonly [M in Exclude<PageMethod, 'chat' | 'watch'>]: (
    deps: Deps,
    call: PageCall,
    params: PageParams<M>,
  ) => Promise<unknown>;
};

const receiptsListed = 100;
const walletListTimeoutMs = 3_000;

/** All that a page can call besides `chat` and `watch`; nothing here shows anything of the person or of other sites. */
export const pageMethods: Handlers = {
  async availability(deps, call, { model }): Promise<Availability> {
    const { policy, paused } = await deps.policies.rules(call.site);
    const mode = effectiveMode(policy, deps.clock.nowMs());
    if (paused || mode === 'blocked') return 'unavailable';
    if (model !== undefined && !(await isOffered(deps, model, mode))) return 'unavailable';
    const options = { timeoutMs: walletListTimeoutMs, signal: call.signal };
    const listed = await call.wallet.ask({ type: 'list' }, options);
    const found = listed.ok ? readWallets(listed.value) : [];
    if (payingWallets(found, deps.configured.payable()).length === 0) return 'needs-wallet';
    return mode === 'auto' ? 'available' : 'needs-permission';
  },

  permission: (deps, call) => permissionOf(deps, call.site),

  async requestPermission(deps, call, { reason, budget }): Promise<Permission> {
    const before = await permissionOf(deps, call.site);
    if (before.state !== 'prompt') return before;
    if ((await deps.mutes.mutedUntilMs(call.site)) !== undefined) throw new Failure('muted');
    if (!call.active) {
      deps.markTab(call.tabId);
      throw new Failure('noActivation');
    }
    const suggestedDay = budget?.per === 'day' ? parseUsdc(budget.amount) : undefined;
    const card = deps.approvals.open(call.signal);
    const release = deps.hold();
    try {
      await agreeToGrant(deps, call.site, card, {
        ...(reason === undefined ? {} : { reason }),
        ...(suggestedDay === undefined ? {} : { suggestedDay }),
      });
    } finally {
      card.close(call.signal.aborted ? 'page-gone' : 'answered');
      release();
    }
    return permissionOf(deps, call.site);
  },

  async revoke({ policies, clock, changes }, { site }): Promise<null> {
    // Its own grant only: a page can unblock nothing.
    if (effectiveMode(await policies.get(site), clock.nowMs()) !== 'auto') return null;
    await policies.setMode(site, 'ask');
    changes.notify();
    return null;
  },

  async models(deps, { site }): Promise<readonly Model[]> {
    // What a model costs is for our own screens; a page asks for a quote.
    const listed = (await deps.models.list()).map(({ prices: _prices, ...model }): Model => model);
    const models = inOrderFor(await deps.policies.get(site), listed);
    const { autoApprove } = await permissionOf(deps, site);
    if (autoApprove) return models;
    // What gateways somebody has added says something of them.
    const builtIn = new Set(deps.configured.builtIn.map(({ id }) => id));
    return models.filter(({ gateway }) => builtIn.has(gateway));
  },

  async quote(deps, call, { request }): Promise<Quote> {
    const policy = await deps.policies.get(call.site);
    const mode = effectiveMode(policy, deps.clock.nowMs());
    if (mode === 'blocked') throw new Failure('blocked', { phase: 'quote' });
    if (mode === 'ask' && !call.active) throw new Failure('notPermitted', { phase: 'quote' });
    deps.quotes.admit(call.site);
    const { gateway, model } = await sellerOf(deps, undefined, policy, request.model);
    const asked = { ...request, model };
    const { bodyDigest } = await freeze(asked, gateway);
    const quoted = await quoteOf(deps, gateway, asked, call.signal);
    const maxAmount = quoted.maxAmount ?? quoted.amount;
    const id = deps.newId();
    const expiresAtMs = deps.clock.nowMs() + quoteValidMs;
    await deps.quotes.remember({
      id,
      site: call.site,
      gatewayId: gateway.id,
      bodyDigest,
      maxAmount,
      expiresAtMs,
    });
    return {
      id,
      model,
      gateway: gateway.id,
      amountUsdc: formatUsdc(quoted.amount),
      maxAmountUsdc: formatUsdc(maxAmount),
      ...(quoted.inputTokens === undefined ? {} : { inputTokens: quoted.inputTokens }),
      maxOutputTokens: quoted.maxOutputTokens,
      expiresAt: expiresAtMs,
    };
  },

  async 'receipts.get'(deps, call, { id }): Promise<Receipt> {
    const payment = await deps.ledger.get(id);
    // Another site's receipt is as unknown as one that never was.
    if (payment?.site !== call.site) throw new Failure('unknownReceipt');
    return receiptOf(payment);
  },

  async 'receipts.list'(deps, call): Promise<readonly Receipt[]> {
    return (await deps.ledger.ofSite(call.site, receiptsListed)).map(receiptOf);
  },
};

/** Whether a gateway that `models` names to this page may have the model: only a catalogue that was read says no. */
async function isOffered(
  { configured, models }: Pick<Deps, 'configured' | 'models'>,
  model: string,
  mode: SiteMode,
): Promise<boolean> {
  const gateways = mode === 'auto' ? configured.gateways() : configured.builtIn;
  const lacking = await Promise.all(gateways.map((gateway) => models.lacks(gateway, model)));
  return lacking.includes(false);
}
