import fc from 'fast-check';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { testNetwork } from '../fakes/services.ts';
import { pageSchemas } from '../../src/protocol/pageSchemas.ts';
import { panelCallSchemas, panelStreamSchemas } from '../../src/protocol/panelSchemas.ts';

const request = {
  model: 'ambient/large',
  messages: [{ role: 'user', content: 'What is Base?', name: 'Ada' }],
  stream: true,
  max_tokens: 100,
  max_tool_calls: 0,
  temperature: 0.5,
  stop: ['\n'],
  tools: [{ type: 'function', function: { name: 'look' } }],
  tool_choice: { type: 'function' },
  response_format: { type: 'json_object' },
  metadata: { trace: '1' },
};

/** One sound set of parameters for each method of a page. */
const pageSamples: Readonly<Record<keyof typeof pageSchemas, unknown>> = {
  availability: { model: 'ambient/large' },
  permission: {},
  revoke: {},
  watch: {},
  requestPermission: { reason: 'To answer', budget: { amount: '0.25', per: 'day' } },
  models: {},
  quote: { request },
  chat: {
    request,
    options: {
      maxSpend: '0.01',
      quoteId: 'quote-0001',
      gateway: 'jumpgate',
      idempotencyKey: 'k',
      repeats: ['call-0001'],
    },
    stream: true,
  },
  'receipts.get': { id: 'receipt-1' },
  'receipts.list': {},
};

const panelChat = { model: 'x', maxTokens: 100, messages: [{ role: 'user', content: 'Hi' }] };

/** The same for our own screens. */
const panelSamples: Readonly<
  Record<keyof typeof panelCallSchemas | keyof typeof panelStreamSchemas, unknown>
> = {
  'approval.answer': {
    cardId: 'card-0001',
    version: 1,
    answer: { choice: 'raise', limits: [{ limit: 'site-day', cap: '1' }] },
    wallet: 'uuid',
    payee: 'address',
  },
  'site.setNetwork': { site: 'https://shop.example', network: 'eip155:8453' },
  'payment.askAgain': { paymentId: 'payment-1' },
  'payment.claim': { paymentId: 'payment-1' },
  'payment.payAgain': { paymentId: 'payment-1' },
  'payee.accept': { runId: 'run-00001', trust: 'origin' },
  'approval.reopen': {},
  'site.forgive': { site: 'https://shop.example' },
  'site.setMode': { site: 'https://shop.example', mode: 'auto' },
  'site.setGateway': { site: 'https://shop.example', gateway: 'rungate', model: 'x' },
  'site.setCaps': { site: 'https://shop.example', caps: { request: '1', day: '2', month: '3' } },
  'ledger.rearm': {},
  'pause.set': { paused: true },
  'run.stop': { runId: 'run-00001' },
  'approval.watch': { cardId: 'card-0001' },
  'popup.watch': { tabId: 1 },
  'panel.watch': { tabId: 1 },
  'panel.quote': { tabId: 1, chat: panelChat },
  'panel.send': { tabId: 1, chat: panelChat, maxAmount: '4424' },
  'panel.readPage': { tabId: 1 },
  'panel.wallet': { tabId: 1 },
  'panel.knownModels': {},
  'panel.models': {},
  'panel.newChat': {},
  'panel.setDayCap': { cap: '1000000' },
  'options.watch': {},
  'gateway.save': {
    id: 'mine',
    gateway: {
      name: 'Mine',
      kind: 'jumpgate',
      baseUrl: 'https://gateway.example',
      defaultModel: 'own/large',
      defaultMaxTokens: 500,
    },
  },
  'gateway.remove': { id: 'mine' },
  'gateway.check': { id: 'mine' },
  'gateway.setDefault': { id: 'mine' },
  'network.setNodes': { network: 'eip155:8453', rpcUrls: ['https://node.example'] },
  'developer.setMode': { on: true },
  'developer.setTestNetwork': { testNetwork },
  'developer.removeTestNetwork': {},
  'limits.set': { allDay: '1', allMonth: '2', panelDay: '3', site: { request: '1', day: '2', month: '3' } },
  'site.forget': { site: 'https://shop.example' },
  'settings.export': {},
  'settings.review': { text: '{}' },
  'settings.import': { text: '{}', digest: '0x00' },
};

const schemas: Readonly<Record<string, v.GenericSchema>> = {
  ...pageSchemas,
  ...panelCallSchemas,
  ...panelStreamSchemas,
};
const samples = Object.entries({ ...pageSamples, ...panelSamples });

it.each(samples)('takes sound parameters of %s as they are', (method, params) => {
  const parsed = v.safeParse(schemas[method] as v.GenericSchema, params);
  expect(parsed).toMatchObject({ success: true, output: params });
});

it.each(samples)('refuses a key that %s does not know, in each of its objects', (method, params) => {
  const schema = schemas[method] as v.GenericSchema;
  const keys = fc.oneof(
    fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'is_paid', 'active', 'site'),
    fc.string({ minLength: 1 }),
  );
  const known = new Set(JSON.stringify(params).match(/"\w+"(?=:)/g));
  fc.assert(
    fc.property(keys, fc.jsonValue(), (key, value) => {
      // Optional keys that this sample leaves out are no strangers.
      fc.pre(!known.has(JSON.stringify(key)) && !optional.has(key));
      for (const changed of withKeyAnywhere(params, key, value)) {
        expect(v.safeParse(schema, changed).success, JSON.stringify(changed)).toBe(false);
      }
    }),
    { numRuns: 50 },
  );
});

const optional = new Set(['max_completion_tokens', 'top_p', 'tool_call_id', 'tool_calls', 'name', 'model']);
/** What a site may fill as it likes: it goes to the gateway as it is, within the size of a call. */
const free = new Set(['tools', 'tool_choice', 'response_format', 'metadata']);

/** The value with the key put into each of its own objects in turn. */
function withKeyAnywhere(value: unknown, key: string, extra: unknown): readonly unknown[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      withKeyAnywhere(item, key, extra).map((changed) => value.with(index, changed) as unknown),
    );
  }
  if (typeof value !== 'object' || value === null) return [];
  const here: Record<string, unknown> = { ...value };
  Object.defineProperty(here, key, { value: extra, enumerable: true });
  const deeper = Object.entries(value)
    .filter(([name]) => !free.has(name))
    .flatMap(([name, inner]) =>
      withKeyAnywhere(inner, key, extra).map((changed) => ({ ...value, [name]: changed })),
    );
  return [here, ...deeper];
}

it.each(['0', '0.01', '2', '1.50', '999999.999999'])('takes %s for an amount of USDC', (maxSpend) => {
  const params = { request: { messages: request.messages }, options: { maxSpend }, stream: false };
  expect(v.safeParse(pageSchemas.chat, params).success).toBe(true);
});

it.each(['-5', '0x10', ' 12 ', '1e21', '.5', '01', '1.', '1.1234567', '1000000', '', '٣', 5, 5n, null])(
  'takes "%s" for no amount of USDC',
  (maxSpend) => {
    const params = { request: { messages: request.messages }, options: { maxSpend }, stream: false };
    expect(v.safeParse(pageSchemas.chat, params).success).toBe(false);
  },
);

it.each(['-5', '0x10', ' 12 ', '1e3', '0.5', '01', '', '1234567890123', 5, null])(
  'takes %j for no amount of micro-USDC',
  (day) => {
    const answer = { choice: 'allow', day };
    const params = { cardId: 'card-0001', version: 1, answer };
    expect(v.safeParse(panelCallSchemas['approval.answer'], params).success).toBe(false);
  },
);
