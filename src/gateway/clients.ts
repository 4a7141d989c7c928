import type { Gateway, GatewayKind } from '../core/gateways.ts';
import type { GatewayClient } from './gatewayClient.ts';
import { jumpGateClient } from './jumpgate.ts';
import { openAiClient } from './openai.ts';

const clients: Readonly<Record<GatewayKind, GatewayClient>> = {
  jumpgate: jumpGateClient,
  openai: openAiClient,
};

/** The client that speaks as this gateway does. */
export function clientOf({ kind }: Pick<Gateway, 'kind'>): GatewayClient {
  return clients[kind];
}
