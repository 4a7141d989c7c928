import type { ListedModel } from '../../gateway/models.ts';
import type { PanelModel } from '../../protocol/panelChat.ts';
import type { Configured } from '../configured.ts';

/** Models as our screens get them: with the names of their gateways and their prices. */
export function modelViews(
  models: readonly ListedModel[],
  configured: Pick<Configured, 'gateways'>,
): readonly PanelModel[] {
  const names = new Map(configured.gateways().map(({ id, name }) => [id, name]));
  return models.map(({ id, gateway, prices }) => ({
    id,
    gateway,
    gatewayName: names.get(gateway) ?? gateway,
    ...(prices && { prices: { input: prices.input.toString(), output: prices.output.toString() } }),
  }));
}
