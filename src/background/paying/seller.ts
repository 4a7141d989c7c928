import { Failure } from '../../core/failure.ts';
import type { Gateway } from '../../core/gateways.ts';
import type { SitePolicy } from '../../core/policy.ts';
import type { Deps } from '../deps.ts';

/** Who answers a request, and with which of its models. */
export interface Seller {
  readonly gateway: Gateway;
  readonly model: string;
}

/** What the person has chosen for a site, where its calls leave it open. */
type Choice = Pick<SitePolicy, 'gateway' | 'model'>;

/**
 * The gateway a call names, or the site's, or the default one; the default one too where the site's has been removed.
 *
 * @throws {Failure} unknownGateway
 */
export function gatewayOf(
  { configured }: Pick<Deps, 'configured'>,
  named: string | undefined,
  ofSite: string | undefined,
): Gateway {
  const gateways = configured.gateways();
  if (named === undefined) return gateways.find(({ id }) => id === ofSite) ?? gateways[0];
  const gateway = gateways.find(({ id }) => id === named);
  if (!gateway) throw new Failure('unknownGateway');
  return gateway;
}

/**
 * As `gatewayOf`; where the call names no gateway, its model decides. Where the person has chosen who answers the site,
 * that gateway answers also for a model that nobody offers, with the model that was chosen for it.
 *
 * @throws {Failure} unknownGateway
 */
export async function sellerOf(
  deps: Pick<Deps, 'configured' | 'models'>,
  named: string | undefined,
  ofSite: Choice | undefined,
  model: string | undefined,
): Promise<Seller> {
  const { models } = deps;
  const preferred = gatewayOf(deps, named, ofSite?.gateway);
  const isChosen = preferred.id === ofSite?.gateway;
  const standIn = async () => {
    const chosen = isChosen ? ofSite.model : undefined;
    // A catalogue changes: what is no longer in it would only be refused.
    return chosen === undefined || (await models.lacks(preferred, chosen)) ? preferred.defaultModel : chosen;
  };
  if (model === undefined) return { gateway: preferred, model: await standIn() };
  const gateway = named === undefined ? await models.sellerOf(model, preferred) : preferred;
  const isOffered = !isChosen || gateway.id !== preferred.id || !(await models.lacks(preferred, model));
  return { gateway, model: isOffered ? model : await standIn() };
}
