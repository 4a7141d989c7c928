import { parseMicroUsdc } from '../../core/money.ts';
import type { SettingsChangeView } from '../../protocol/options.ts';
import { dollars } from '../format.ts';
import { safeLine, safeName } from '../safeText.ts';
import type { Text } from '../text/en.ts';

type LimitChange = Extract<SettingsChangeView, { kind: 'limit' }>;

/** What a settings file would change, as a sentence; every word of the file's own made harmless. */
export function changeText(change: SettingsChangeView, text: Text): string {
  const words = text.options.file.change;
  switch (change.kind) {
    case 'limit': {
      const sentence = change.loosens ? words.raise : words.lower;
      return sentence(limitText(change, text), amountText(change.from), amountText(change.to));
    }
    case 'block':
      return words.block(safeName(change.site, 120));
    case 'site-gateway': {
      const [site, gateway] = [safeName(change.site, 120), safeName(change.gateway, 60)];
      const { model } = change;
      return model === undefined
        ? words.siteGateway(site, gateway)
        : words.siteModel(site, gateway, safeName(model, 100));
    }
    case 'site-network':
      return words.siteNetwork(safeName(change.site, 120), safeName(change.networkName, 40));
    case 'gateway': {
      const sentence = change.isNew ? words.newGateway : words.changedGateway;
      return sentence(safeName(change.name, 60), safeLine(change.baseUrl, 200));
    }
    case 'default-gateway':
      return words.defaultGateway(safeName(change.name, 60));
    case 'nodes':
      return words.nodes(safeName(change.networkName, 40), safeLine(change.rpcUrls.join(', '), 600));
    case 'developer-mode':
      return change.on ? words.developerOn : words.developerOff;
    case 'test-network':
      return words.testNetwork(safeName(change.name, 60), change.chainId, safeLine(change.rpcUrl, 200));
  }
}

function limitText({ limit, site }: LimitChange, text: Text): string {
  const words = text.options.file.change;
  if (limit !== 'request' && limit !== 'site-day' && limit !== 'site-month') return text.limits[limit];
  if (site === undefined) return words.anySite[limit];
  return words.ofSite(safeName(site, 120), words.limitOfSite[limit]);
}

function amountText(amount: string): string {
  const micro = parseMicroUsdc(amount);
  return micro === undefined ? '?' : dollars(micro);
}
