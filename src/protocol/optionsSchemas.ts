import * as v from 'valibot';
import { configurationLimits } from '../core/configuration.ts';
import { parseMicroUsdc } from '../core/money.ts';
import { configurationSchema, gatewaySchema, serverUrl, testNetworkSchema } from './configurationSchemas.ts';
import type { OptionsCalls, OptionsStreams } from './options.ts';

const micro = v.pipe(
  v.string(),
  v.check((text) => parseMicroUsdc(text) !== undefined, 'an amount in micro-USDC'),
);
const id = gatewaySchema.entries.id;
const network = configurationSchema.entries.nodes.pipe[0].item.entries.network;
const fileText = v.string();

/** Those of a site's limits that are named. */
export const siteCapsChange = v.strictObject({
  request: v.exactOptional(micro),
  day: v.exactOptional(micro),
  month: v.exactOptional(micro),
});

/** What each call of the options page takes. */
export const optionsCallSchemas = {
  'gateway.save': v.strictObject({
    id: v.exactOptional(id),
    gateway: v.omit(gatewaySchema, ['id', 'catalogueUrl']),
  }),
  'gateway.remove': v.strictObject({ id }),
  'gateway.check': v.strictObject({ id }),
  'gateway.setDefault': v.strictObject({ id }),
  'network.setNodes': v.strictObject({
    network,
    rpcUrls: v.pipe(v.array(serverUrl), v.maxLength(configurationLimits.nodes)),
  }),
  'developer.setMode': v.strictObject({ on: v.boolean() }),
  'developer.setTestNetwork': v.strictObject({ testNetwork: testNetworkSchema }),
  'developer.removeTestNetwork': v.strictObject({}),
  'limits.set': v.strictObject({
    allDay: v.exactOptional(micro),
    allMonth: v.exactOptional(micro),
    panelDay: v.exactOptional(micro),
    site: v.exactOptional(siteCapsChange),
  }),
  'site.forget': v.strictObject({ site: v.pipe(v.string(), v.maxLength(300)) }),
  'settings.export': v.strictObject({}),
  'settings.review': v.strictObject({ text: fileText }),
  'settings.import': v.strictObject({ text: fileText, digest: v.string() }),
} satisfies Record<keyof OptionsCalls, v.GenericSchema>;

/** What the stream of the options page takes. */
export const optionsStreamSchemas = {
  'options.watch': v.strictObject({}),
} satisfies Record<keyof OptionsStreams, v.GenericSchema>;
