import * as v from 'valibot';
import { parseMicroUsdc } from '../core/money.ts';
import { isCallId } from './wire.ts';
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

const answer = v.variant('choice', [
  v.strictObject({ choice: v.literal('once') }),
  v.strictObject({ choice: v.literal('allow'), day: micro }),
  v.strictObject({ choice: v.literal('once-anyway') }),
  v.strictObject({
    choice: v.literal('raise'),
    limits: v.pipe(v.array(v.strictObject({ limit, cap: micro })), v.minLength(1), v.maxLength(7)),
  }),
  v.strictObject({ choice: v.literal('deny') }),
  v.strictObject({ choice: v.literal('block') }),
]);

/** What each call of our own screens takes. */
export const panelCallSchemas = {
  'approval.answer': v.strictObject({
    cardId: id,
    version: v.pipe(v.number(), v.integer()),
    answer,
    wallet: v.exactOptional(v.pipe(v.string(), v.maxLength(200))),
  }),
  'approval.reopen': v.strictObject({}),
  'site.setMode': v.strictObject({ site, mode: v.picklist(['ask', 'auto', 'blocked']) }),
  'site.setCaps': v.strictObject({
    site,
    caps: v.strictObject({ request: micro, day: micro, month: micro }),
  }),
  'pause.set': v.strictObject({ paused: v.boolean() }),
  'run.stop': v.strictObject({ runId: id }),
} satisfies Record<keyof PanelCalls, v.GenericSchema>;

/** What each stream of our own screens takes. */
export const panelStreamSchemas = {
  'approval.watch': v.strictObject({ cardId: id }),
  'popup.watch': v.strictObject({ tabId }),
} satisfies Record<keyof PanelStreams, v.GenericSchema>;
