import * as v from 'valibot';
import { isCallId } from './wire.ts';
import type { ChatRequest, PageMethod } from './page.ts';

const text = (length: number) => v.pipe(v.string(), v.maxLength(length));
const usdcText = v.pipe(
  v.string(),
  v.regex(/^(0|[1-9]\d{0,5})(\.\d{1,6})?$/, 'an amount in USDC such as "0.01"'),
);
const id = v.pipe(
  v.string(),
  v.check((value) => isCallId(value), 'an id'),
);
const anyObject = v.record(v.string(), v.unknown());
const tokens = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000));

const message = v.strictObject({
  role: v.picklist(['system', 'developer', 'user', 'assistant', 'tool']),
  content: v.exactOptional(v.nullable(v.union([v.string(), v.array(anyObject)]))),
  name: v.exactOptional(text(200)),
  tool_call_id: v.exactOptional(text(200)),
  tool_calls: v.exactOptional(v.array(anyObject)),
  // Of answers that a page sends back as they came; gateways do not get these.
  reasoning: v.exactOptional(v.nullable(v.string())),
  reasoning_content: v.exactOptional(v.nullable(v.string())),
  refusal: v.exactOptional(v.nullable(v.string())),
  annotations: v.exactOptional(v.array(anyObject)),
});

/** A chat request as a page may send it; unknown keys are refused, so that no field reaches a gateway unseen. */
const chatRequestSchema = v.strictObject({
  model: v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(200))),
  messages: v.pipe(v.array(message), v.minLength(1), v.maxLength(2000)),
  stream: v.exactOptional(v.boolean()),
  max_tokens: v.exactOptional(tokens),
  max_completion_tokens: v.exactOptional(tokens),
  max_tool_calls: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1000))),
  temperature: v.exactOptional(v.number()),
  top_p: v.exactOptional(v.number()),
  stop: v.exactOptional(v.union([v.string(), v.array(v.string())])),
  tools: v.exactOptional(v.array(anyObject)),
  tool_choice: v.exactOptional(v.union([v.string(), anyObject])),
  response_format: v.exactOptional(anyObject),
  metadata: v.exactOptional(v.record(v.string(), v.string())),
  frequency_penalty: v.exactOptional(v.number()),
  presence_penalty: v.exactOptional(v.number()),
  seed: v.exactOptional(v.pipe(v.number(), v.integer())),
  parallel_tool_calls: v.exactOptional(v.boolean()),
  reasoning_effort: v.exactOptional(text(32)),
}) satisfies v.GenericSchema<unknown, ChatRequest>;

/** What each method of a page takes. */
export const pageSchemas = {
  availability: v.strictObject({ model: v.exactOptional(text(200)) }),
  permission: v.strictObject({}),
  revoke: v.strictObject({}),
  watch: v.strictObject({}),
  requestPermission: v.strictObject({
    reason: v.exactOptional(text(2000)),
    budget: v.exactOptional(
      v.strictObject({ amount: usdcText, per: v.picklist(['request', 'day', 'month']) }),
    ),
  }),
  models: v.strictObject({}),
  quote: v.strictObject({ request: chatRequestSchema }),
  chat: v.strictObject({
    request: chatRequestSchema,
    options: v.strictObject({
      maxSpend: v.exactOptional(usdcText),
      quoteId: v.exactOptional(id),
      gateway: v.exactOptional(text(64)),
      idempotencyKey: v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(255))),
      // Longer than any SDK or patient person makes it: what is beyond is refused, never cut short.
      repeats: v.exactOptional(v.pipe(v.array(id), v.minLength(1), v.maxLength(100))),
    }),
    stream: v.boolean(),
  }),
  'receipts.get': v.strictObject({ id }),
  'receipts.list': v.strictObject({}),
} satisfies Record<PageMethod, v.GenericSchema>;

/** The parsed parameters of a page method. */
export type PageParams<M extends PageMethod> = v.InferOutput<(typeof pageSchemas)[M]>;
