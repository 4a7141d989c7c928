import { configurationLimits } from '../../core/configuration.ts';
import type { Configuration } from '../../core/configuration.ts';
import { Failure } from '../../core/failure.ts';
import { freshGatewayId } from '../../core/gateways.ts';
import type { Gateway } from '../../core/gateways.ts';
import type { SiteCaps } from '../../core/limits.ts';
import { parseMicroUsdc } from '../../core/money.ts';
import { panelSite, parseSite } from '../../core/site.ts';
import type { Site } from '../../core/site.ts';
import { readNodeUrl } from '../../core/serverUrl.ts';
import type { GatewayDraft, OptionsCalls } from '../../protocol/options.ts';
import type { MicroText } from '../../protocol/microText.ts';
import type { SiteCapsChange } from '../../protocol/panel.ts';
import type { Deps } from '../deps.ts';
import { checkGateway } from './gatewayCheck.ts';
import { exportSettings, importSettings, reviewSettings } from './settingsFile.ts';
import { checkTestNetwork, refuseBusyTestNetwork } from './testNetwork.ts';

type Calls = {
  readonly [M in keyof OptionsCalls]: (
    deps: Deps,
    params: OptionsCalls[M]['params'],
  ) => Promise<OptionsCalls[M]['result']>;
};

/** What the options page can call; no page can reach this table. */
export const optionsCalls: Calls = {
  async 'gateway.save'({ configured, policies }, { id, gateway }) {
    refuseBuiltIn(configured.builtIn, id);
    refuseLocal(configured.allowsLocalhost(), gateway.baseUrl);
    // A site that had chosen one of this name before it was removed has not chosen the new one.
    const chosen = (await policies.list()).flatMap(({ gateway: name }) => name ?? []);
    const taken = [...configured.gateways().map((known) => known.id), ...chosen];
    const saved = asGateway(id ?? freshGatewayId(gateway.name, taken), gateway);
    await configured.change((known) => ({ ...known, gateways: withGateway(known.gateways, saved, id) }));
    return { id: saved.id };
  },
  async 'gateway.remove'({ configured }, { id }) {
    refuseBuiltIn(configured.builtIn, id);
    await configured.change(({ defaultGateway, ...known }) => ({
      ...known,
      gateways: known.gateways.filter((gateway) => gateway.id !== id),
      ...(defaultGateway === undefined || defaultGateway === id ? {} : { defaultGateway }),
    }));
    return null;
  },
  async 'gateway.check'(deps, { id }) {
    const gateway = deps.configured.gateways().find((known) => known.id === id);
    if (!gateway) throw new Failure('unknownService');
    return checkGateway(deps, gateway);
  },
  async 'gateway.setDefault'({ configured }, { id }) {
    if (!configured.gateways().some((gateway) => gateway.id === id)) throw new Failure('unknownService');
    await configured.change((known) => ({ ...known, defaultGateway: id }));
    return null;
  },
  async 'network.setNodes'({ configured }, { network, rpcUrls }) {
    if (!configured.pinned.some((usdc) => usdc.network === network)) throw new Failure('unknownService');
    for (const url of rpcUrls) refuseLocal(configured.allowsLocalhost(), url);
    const [first, ...more] = new Set(rpcUrls);
    await configured.change((known) => {
      const others = known.nodes.filter((choice) => choice.network !== network);
      return {
        ...known,
        nodes: first === undefined ? others : [...others, { network, rpcUrls: [first, ...more] }],
      };
    });
    return null;
  },
  async 'developer.setMode'({ configured }, { on }) {
    await configured.change((known) => ({ ...known, developerMode: on }));
    return null;
  },
  async 'developer.setTestNetwork'(deps, { testNetwork }) {
    refuseLocal(deps.configured.allowsLocalhost(), testNetwork.rpcUrl);
    const checked = await checkTestNetwork(deps, testNetwork);
    await deps.configured.change((known) => ({ ...known, testNetwork: checked }));
    return null;
  },
  async 'developer.removeTestNetwork'(deps) {
    await refuseBusyTestNetwork(deps, undefined);
    await deps.configured.change(({ testNetwork: _gone, ...known }) => known);
    return null;
  },
  async 'limits.set'({ policies, changes }, { site, ...walls }) {
    await policies.changeGlobalCaps((known) => ({
      allDay: amountOr(known.allDay, walls.allDay),
      allMonth: amountOr(known.allMonth, walls.allMonth),
      panelDay: amountOr(known.panelDay, walls.panelDay),
      site: changedCaps(known.site, site ?? {}),
    }));
    changes.notify();
    return null;
  },
  async 'site.forget'({ policies, changes }, { site }) {
    await policies.forget(siteOf(site));
    changes.notify();
    return null;
  },
  async 'settings.export'(deps) {
    return { text: await exportSettings(deps) };
  },
  'settings.review': (deps, { text }) => reviewSettings(deps, text),
  async 'settings.import'(deps, { text, digest }) {
    await importSettings(deps, text, digest);
    return null;
  },
};

/** A site as our own screens name it: an exact origin, or the side panel. @throws {Failure} badRequest */
export function siteOf(text: string): Site {
  const site = text === panelSite ? panelSite : parseSite(text);
  if (site === undefined) throw new Failure('badRequest', { detail: 'site' });
  return site;
}

/** Limits with those changed that are named, whose amounts a schema has let through. */
export function changedCaps(known: SiteCaps, { request, day, month }: SiteCapsChange): SiteCaps {
  return {
    request: amountOr(known.request, request),
    day: amountOr(known.day, day),
    month: amountOr(known.month, month),
  };
}

function withGateway(
  known: Configuration['gateways'],
  saved: Gateway,
  replaces: string | undefined,
): readonly Gateway[] {
  if (replaces !== undefined) {
    if (!known.some(({ id }) => id === replaces)) throw new Failure('unknownService');
    return known.map((gateway) => (gateway.id === replaces ? saved : gateway));
  }
  if (known.length >= configurationLimits.gateways) throw new Failure('tooManyGateways');
  return [...known, saved];
}

/** OpenAI's interface lists its models under the same address; JumpGate's are listed elsewhere. */
function asGateway(id: string, draft: GatewayDraft): Gateway {
  const catalogue = draft.kind === 'openai' ? { catalogueUrl: `${draft.baseUrl}/models` } : {};
  return { id, ...draft, ...catalogue };
}

function refuseBuiltIn(builtIn: readonly Gateway[], id: string | undefined): void {
  if (builtIn.some((gateway) => gateway.id === id)) throw new Failure('builtInGateway');
}

function refuseLocal(allowsLocalhost: boolean, url: string): void {
  const read = readNodeUrl(url);
  if ('isLocal' in read && read.isLocal && !allowsLocalhost) throw new Failure('localWithoutDeveloper');
}

function amountOr<T extends ReturnType<typeof parseMicroUsdc>>(
  known: NonNullable<T>,
  text: MicroText | undefined,
) {
  return parseMicroUsdc(text) ?? known;
}
