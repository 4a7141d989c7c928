import { sha256, toBytes } from 'viem';
import { usdcOn } from '../../core/assets.ts';
import type { Network } from '../../core/assets.ts';
import { Failure } from '../../core/failure.ts';
import { changesBetween, loosens, withFile } from '../../core/settings.ts';
import type { FileSettings, Settings, SettingsChange } from '../../core/settings.ts';
import type { SettingsChangeView, SettingsReview } from '../../protocol/options.ts';
import { readSettingsFile, writeSettingsFile } from '../../protocol/settingsFileSchemas.ts';
import type { Deps } from '../deps.ts';
import { checkTestNetwork } from './testNetwork.ts';

/** All settings as the text of a file: no grant, no history. */
export async function exportSettings({ settings, configured }: Deps): Promise<string> {
  const { sites, ...rest } = await settings.read();
  const known = new Set(configured.gateways().map(({ id }) => id));
  // A site's gateway or test network that has been removed is nobody's name any more.
  const exported = sites.map(({ gateway, model, network, ...site }) => ({
    ...site,
    ...(gateway === undefined || !known.has(gateway)
      ? {}
      : { gateway, ...(model === undefined ? {} : { model }) }),
    ...(network === undefined || !usdcOn(configured.known(), network) ? {} : { network }),
  }));
  return writeSettingsFile({
    ...rest,
    sites: exported.filter(
      ({ blocked, caps, ...choice }) =>
        blocked || caps !== undefined || 'gateway' in choice || 'network' in choice,
    ),
  });
}

/**
 * What a file would change.
 *
 * @throws {Failure} fileUnreadable, fileNewer, badToken, testNetworkPinned, testNetworkBusy
 */
export async function reviewSettings(deps: Deps, text: string): Promise<SettingsReview> {
  const file = await checked(deps, readSettingsFile(text));
  const now = await deps.settings.read();
  return reviewOf(deps, now, withFile(now, file));
}

/**
 * Takes a file over, all of it or nothing, if it still changes what was agreed to.
 *
 * @throws {Failure} fileChanged; as `reviewSettings` does
 */
export async function importSettings(deps: Deps, text: string, agreed: string): Promise<void> {
  const file = await checked(deps, readSettingsFile(text));
  await deps.settings.change((now) => {
    const next = withFile(now, file);
    if (reviewOf(deps, now, next).digest !== agreed) throw new Failure('fileChanged');
    return next;
  });
  await deps.configured.reload();
}

/** What no schema sees: names that are taken, and networks that nobody knows. */
async function checked(deps: Deps, file: FileSettings): Promise<FileSettings> {
  const { configured } = deps;
  const refuse = (detail: string) => new Failure('fileUnreadable', { detail });
  const isBuiltIn = (id: string) => configured.builtIn.some((gateway) => gateway.id === id);
  const ids = [...configured.gateways(), ...file.gateways].map(({ id }) => id);
  if (file.gateways.some(({ id }) => isBuiltIn(id))) throw refuse('gateways');
  if (file.defaultGateway !== undefined && !ids.includes(file.defaultGateway)) throw refuse('defaultGateway');
  if (
    file.sites.some(({ gateway, model }) =>
      gateway === undefined ? model !== undefined : !ids.includes(gateway),
    )
  )
    throw refuse('sites');
  const isUnknown = (network: Network | undefined) =>
    network !== undefined && usdcOn(configured.known(), network) === undefined;
  if (file.sites.some(({ network }) => isUnknown(network))) throw refuse('sites');
  if (file.nodes.some(({ network }) => usdcOn(configured.pinned, network) === undefined))
    throw refuse('nodes');
  if (file.testNetwork === undefined) return file;
  return { ...file, testNetwork: await checkTestNetwork(deps, file.testNetwork) };
}

function reviewOf({ configured }: Deps, now: Settings, next: Settings): SettingsReview {
  const changes = changesBetween(now, next);
  const nameOf = (id: string | undefined) =>
    [...configured.builtIn, ...next.configuration.gateways].find((gateway) => gateway.id === id)?.name ?? '';
  const views = changes.map((change) => ({
    ...viewOf(change, nameOf, (network) => usdcOn(configured.known(), network)?.networkName ?? network),
    loosens: loosens(change),
  }));
  // All that would be trusted, not only what is shown of it.
  const whole = JSON.stringify(changes, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return { changes: views, digest: sha256(toBytes(whole)), urls: changes.flatMap(urlsOf) };
}

type Plain<T> = T extends unknown ? Omit<T, 'loosens'> : never;

function viewOf(
  change: SettingsChange,
  gatewayName: (id: string | undefined) => string,
  networkName: (network: string) => string,
): Plain<SettingsChangeView> {
  switch (change.kind) {
    case 'limit':
      return { ...change, from: change.from.toString(), to: change.to.toString() };
    case 'block':
    case 'developer-mode':
      return change;
    case 'site-gateway': {
      const { site, gateway, model } = change;
      const chosen = model === undefined ? {} : { model };
      return { kind: 'site-gateway', site, gateway: gatewayName(gateway), ...chosen };
    }
    case 'site-network':
      return { kind: 'site-network', site: change.site, networkName: networkName(change.network) };
    case 'gateway': {
      const { gateway, isNew } = change;
      return { kind: 'gateway', name: gateway.name, baseUrl: gateway.baseUrl, isNew };
    }
    case 'default-gateway':
      return { kind: 'default-gateway', name: gatewayName(change.id) };
    case 'nodes': {
      const { network, rpcUrls } = change.choice;
      return { kind: 'nodes', networkName: networkName(network), rpcUrls };
    }
    case 'test-network': {
      const { name, chainId, rpcUrl } = change.testNetwork;
      return { kind: 'test-network', name, chainId, rpcUrl };
    }
  }
}

function urlsOf(change: SettingsChange): readonly string[] {
  switch (change.kind) {
    case 'gateway': {
      const { baseUrl, catalogueUrl } = change.gateway;
      return catalogueUrl === undefined ? [baseUrl] : [baseUrl, catalogueUrl];
    }
    case 'nodes':
      return change.choice.rpcUrls;
    case 'test-network':
      return [change.testNetwork.rpcUrl];
    case 'limit':
    case 'block':
    case 'site-gateway':
    case 'site-network':
    case 'default-gateway':
    case 'developer-mode':
      return [];
  }
}
