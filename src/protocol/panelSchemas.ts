import * as v from 'valibot';
import { isNetwork } from '../core/assets.ts';
import type { Network } from '../core/assets.ts';
import { parseMicroUsdc } from '../core/money.ts';
import type { PayeeTrust } from '../core/payees.ts';
import { isCallId } from './wire.ts';
import { optionsCallSchemas, optionsStreamSchemas, siteCapsChange } from './optionsSchemas.ts';
import type { LimitName, PanelCalls, PanelStreams } from './panel.ts';

const id = v.pipe(
  v.string(),
  v.check((value) => isCallId(value), 'an id'),
);
const micro = v.pipe(
  v.string(),
  v.check((text) => parseMicroUsdc(text) !== undefined, 'an amount in micro-USDC'),
);
const site = v.pipe(v.string(), v.maxLength(300));
const tabId = v.pipe(v.number(), v.integer());
const limit = v.picklist([
  'request',
  'site-day',
  'site-month',
  'all-day',
  'all-month',
  'panel-day',
  'per-minute',
] satisfies LimitName[]);

const network = v.custom<Network>(isNetwork, 'a CAIP-2 chain');

const payeeTrust = v.picklist(['address', 'origin'] satisfies PayeeTrust[]);

const answer = v.variant('choice', [
  v.strictObject({ choice: v.literal('once') }),
  v.strictObject({ choice: v.literal('allow'), day: micro }),
  v.strictObject({ choice: v.literal('once-anyway') }),
  v.strictObject({
    choice: v.literal('raise'),
    limits: v.pipe(v.array(v.strictObject({ limit, cap: micro })), v.minLength(1), v.maxLength(7)),
  }),
  v.strictObject({ choice: v.literal('network'), network }),
  v.strictObject({ choice: v.literal('deny') }),
  v.strictObject({ choice: v.literal('block') }),
]);

const gateway = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
const model = v.pipe(v.string(), v.minLength(1), v.maxLength(200));

const chat = v.strictObject({
  gateway: v.exactOptional(gateway),
  model: v.exactOptional(model),
  maxTokens: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)),
  messages: v.pipe(
    v.array(v.strictObject({ role: v.picklist(['system', 'user', 'assistant']), content: v.string() })),
    v.minLength(1),
    v.maxLength(2000),
  ),
});

/** What each call of our own screens takes. */
export const panelCallSchemas = {
  'approval.answer': v.strictObject({
    cardId: id,
    version: v.pipe(v.number(), v.integer()),
    answer,
    wallet: v.exactOptional(v.pipe(v.string(), v.maxLength(200))),
    payee: v.exactOptional(payeeTrust),
  }),
  'approval.reopen': v.strictObject({}),
  'site.setMode': v.strictObject({ site, mode: v.picklist(['ask', 'auto', 'blocked']) }),
  'site.forgive': v.strictObject({ site }),
  'site.setGateway': v.union([
    v.strictObject({ site }),
    v.strictObject({ site, gateway, model: v.exactOptional(model) }),
  ]),
  'site.setNetwork': v.strictObject({ site, network: v.exactOptional(network) }),
  'site.setCaps': v.strictObject({
    site,
    caps: siteCapsChange,
  }),
  'ledger.rearm': v.strictObject({}),
  'pause.set': v.strictObject({ paused: v.boolean() }),
  'payment.askAgain': v.strictObject({ paymentId: id }),
  'payment.claim': v.strictObject({ paymentId: id }),
  'payment.payAgain': v.strictObject({ paymentId: id }),
  'payee.accept': v.strictObject({ runId: id, trust: payeeTrust }),
  'run.stop': v.strictObject({ runId: id }),
  'panel.quote': v.strictObject({ tabId, chat }),
  'panel.send': v.strictObject({ tabId, chat, maxAmount: micro }),
  'panel.readPage': v.strictObject({ tabId }),
  'panel.wallet': v.strictObject({ tabId }),
  'panel.knownModels': v.strictObject({}),
  'panel.models': v.strictObject({}),
  'panel.newChat': v.strictObject({}),
  'panel.setDayCap': v.strictObject({ cap: micro }),
  ...optionsCallSchemas,
} satisfies Record<keyof PanelCalls, v.GenericSchema>;

/** What each stream of our own screens takes. */
export const panelStreamSchemas = {
  'approval.watch': v.strictObject({ cardId: id }),
  'popup.watch': v.strictObject({ tabId }),
  'panel.watch': v.strictObject({ tabId }),
  ...optionsStreamSchemas,
} satisfies Record<keyof PanelStreams, v.GenericSchema>;
