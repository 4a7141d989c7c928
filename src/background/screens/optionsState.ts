import { usdcOn } from '../../core/assets.ts';
import type { Usdc } from '../../core/assets.ts';
import { siteCapsOf } from '../../core/policy.ts';
import type { SitePolicy } from '../../core/policy.ts';
import { panelSite } from '../../core/site.ts';
import type { ListedSite, NetworkView, OptionsState } from '../../protocol/options.ts';
import type { Deps } from '../deps.ts';
import { allLimitUses, capsView, limitUses } from '../paying/limitViews.ts';
import { troubleView } from './lossView.ts';
import { siteView } from './popupState.ts';

/** All that the options page shows, as it stands now. */
export async function optionsState(deps: Deps): Promise<OptionsState> {
  const { configured, policies, ledger, version } = deps;
  const { developerMode, testNetwork } = configured.get();
  const rules = await policies.rules(panelSite);
  const usage = await ledger.usage(panelSite);
  const [first, ...others] = configured.gateways();
  const sites = (await policies.list()).filter(({ site }) => site !== panelSite);
  return {
    version,
    ledgerReady: true,
    gateways: [first, ...others]
      .map((gateway) => ({
        ...gateway,
        isBuiltIn: configured.builtIn.some(({ id }) => id === gateway.id),
        isDefault: gateway === first,
      }))
      .toSorted((a, b) => Number(b.isBuiltIn) - Number(a.isBuiltIn)),
    networks: configured.pinned.map((usdc) => networkView(deps, usdc)),
    ...(rules.policy?.network === undefined ? {} : { panelNetwork: rules.policy.network }),
    developerMode,
    allowsLocalhost: configured.allowsLocalhost(),
    ...(testNetwork === undefined ? {} : { testNetwork }),
    limits: [...allLimitUses(rules, usage), ...limitUses(panelSite, rules, usage)],
    siteDefaults: capsView(siteCapsOf({ policy: undefined, global: rules.global })),
    sites: await Promise.all(sites.map((policy) => listedSite(deps, policy))),
  };
}

/** What the options page shows while the record of payments cannot be used. */
export function optionsWithoutLedger(version: string, error: unknown): OptionsState {
  return {
    version,
    ...troubleView(error),
    ledgerReady: false,
    gateways: [],
    networks: [],
    developerMode: false,
    allowsLocalhost: false,
    limits: [],
    siteDefaults: { request: '0', day: '0', month: '0' },
    sites: [],
  };
}

function networkView(
  { configured, silentNodes }: Deps,
  { network, networkName: name, rpcUrls: pinnedRpcUrls }: Usdc,
): NetworkView {
  const rpcUrls = usdcOn(configured.known(), network)?.rpcUrls ?? pinnedRpcUrls;
  const silent = silentNodes.list().filter(({ url }) => rpcUrls.includes(url));
  return { network, name, rpcUrls, pinnedRpcUrls, silent };
}

async function listedSite(deps: Deps, { site, caps }: SitePolicy): Promise<ListedSite> {
  return { ...(await siteView(deps, site)), hasOwnCaps: caps !== undefined };
}
