import * as v from 'valibot';
import { isNetwork } from '../core/assets.ts';
import type { Network } from '../core/assets.ts';
import { configurationLimits } from '../core/configuration.ts';
import type { Configuration, NodeChoice, TestNetwork } from '../core/configuration.ts';
import { isGatewayId } from '../core/gateways.ts';
import type { Gateway } from '../core/gateways.ts';
import { isJsonObject } from '../core/json.ts';
import type { Json } from '../core/json.ts';
import { isServerUrl } from '../core/serverUrl.ts';

const maxExtraBody = 4000;

const name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(60));

/** A server's address in its one spelling. */
export const serverUrl = v.custom<string>(isServerUrl, 'an https address');

/** A gateway of the person's own. */
export const gatewaySchema = v.strictObject({
  id: v.custom<string>(isGatewayId, 'an id'),
  name,
  kind: v.picklist(['jumpgate', 'openai']),
  baseUrl: serverUrl,
  catalogueUrl: v.exactOptional(serverUrl),
  defaultModel: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
  defaultMaxTokens: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)),
  extraBody: v.exactOptional(
    v.custom<Readonly<Record<string, Json>>>(
      (fields) => isJsonObject(fields) && JSON.stringify(fields).length <= maxExtraBody,
      'a JSON object',
    ),
  ),
}) satisfies v.GenericSchema<unknown, Gateway>;

const nodeChoiceSchema = v.strictObject({
  network: v.custom<Network>(isNetwork, 'a network'),
  rpcUrls: v.pipe(
    v.tupleWithRest([serverUrl], serverUrl),
    v.maxLength(configurationLimits.nodes),
    v.check((urls) => new Set(urls).size === urls.length, 'each address once'),
  ),
}) satisfies v.GenericSchema<unknown, NodeChoice>;

/** A developer's own chain and token. */
export const testNetworkSchema = v.strictObject({
  name,
  chainId: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  asset: v.custom<`0x${string}`>(isAddressText, 'an address'),
  domainName: name,
  domainVersion: name,
  rpcUrl: serverUrl,
  explorerUrl: v.exactOptional(serverUrl),
}) satisfies v.GenericSchema<unknown, TestNetwork>;

/** Which services the person trusts beyond the built-in ones. */
export const configurationSchema = v.strictObject({
  gateways: v.pipe(v.array(gatewaySchema), v.maxLength(configurationLimits.gateways)),
  defaultGateway: v.exactOptional(v.custom<string>(isGatewayId, 'an id')),
  nodes: v.pipe(v.array(nodeChoiceSchema), v.maxLength(16)),
  developerMode: v.boolean(),
  testNetwork: v.exactOptional(testNetworkSchema),
}) satisfies v.GenericSchema<unknown, Configuration>;

function isAddressText(text: unknown): boolean {
  return typeof text === 'string' && /^0x[0-9a-fA-F]{40}$/.test(text);
}
