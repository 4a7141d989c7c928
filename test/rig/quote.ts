import { countTokens } from 'gpt-tokenizer/encoding/cl100k_base';

/** A model of the rig's catalogue. Prices are micro-USDC per million tokens. */
export interface RigModel {
  readonly id: string;
  readonly name: string;
  readonly tier: 'standard' | 'mini';
  readonly isReady: boolean;
  readonly contextLength: number;
  readonly maxOutputLength: number;
  readonly inputPrice: bigint;
  readonly outputPrice: bigint;
  /** It thinks before it answers, under this name. */
  readonly reasons?: 'reasoning' | 'reasoning_content';
}

/** What the gateway sells. The standard prices are those that JumpGate's documented example fits. */
const rigModels: readonly RigModel[] = [
  {
    id: 'ambient/large',
    name: 'Ambient Large',
    tier: 'standard',
    isReady: true,
    contextLength: 131_072,
    maxOutputLength: 32_768,
    inputPrice: 1_400_000n,
    outputPrice: 4_400_000n,
  },
  {
    id: 'ambient/mini',
    name: 'Ambient Mini',
    tier: 'mini',
    isReady: true,
    contextLength: 65_536,
    maxOutputLength: 8192,
    inputPrice: 350_000n,
    outputPrice: 1_100_000n,
  },
  {
    id: 'ambient/next',
    name: 'Ambient Next',
    tier: 'standard',
    isReady: false,
    contextLength: 262_144,
    maxOutputLength: 65_536,
    inputPrice: 2_000_000n,
    outputPrice: 8_000_000n,
  },
];

/** One message as it is counted: its text, and nothing of its role. */
export interface RigMessage {
  readonly role: string;
  readonly text: string;
}

/** A request that the gateway understood. */
export interface RigRequest {
  readonly model: RigModel;
  readonly messages: readonly RigMessage[];
  readonly inputTokens: number;
  readonly maxOutputTokens: number;
  readonly maxToolCalls: number;
  /** The answer is wanted whole, as JSON. */
  readonly whole?: boolean;
  /** Names of the functions that the model may call. */
  readonly tools: readonly string[];
}

/** A refusal with its HTTP status. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.status = status;
  }
}

/** Template tokens: what the chat template puts around each message, and what opens the answer. */
const tokensPerMessage = 5;
const tokensPerAnswer = 3;

/** Room between the quoted amount and the most that the challenge may ask. */
const priceRoom = 50n;

/** Price of one reserved tool call. */
const toolCallPrice = 1000n;

/**
 * Counts as the rig's gateway does: cl100k tokens of every message's text, 5 for each message and 3 for the
 * answer. JumpGate's documented example is 9 + 5 + 3 = 17.
 */
export function countInputTokens(messages: readonly RigMessage[]): number {
  return messages.reduce(
    (sum, { text }) => sum + countTokens(text, { disallowedSpecial: new Set() }) + tokensPerMessage,
    tokensPerAnswer,
  );
}

/** Reads a chat request, for a quote or for an answer. @throws {Refusal} 400 */
export function readRequest(body: string): RigRequest {
  const json = readBody(body);
  const model = rigModels.find(({ id }) => id === json['model']);
  if (model === undefined) throw new Refusal(400, `unknown model: ${String(json['model'])}`);
  if (!model.isReady) throw new Refusal(400, `model is not ready: ${model.id}`);
  if (json['stream'] !== true) throw new Refusal(400, 'stream must be true');
  if (json['is_paid'] !== true) throw new Refusal(400, 'is_paid must be true');
  const maxOutputTokens = readBound(json['max_completion_tokens'], 'max_completion_tokens', model);
  const messages = readMessages(json['messages']);
  const inputTokens = countInputTokens(messages);
  if (inputTokens + maxOutputTokens > model.contextLength)
    throw new Refusal(400, `the request does not fit the context of ${model.contextLength} tokens`);
  const maxToolCalls = integer(json['max_tool_calls'] ?? 0, 'max_tool_calls');
  return { model, messages, inputTokens, maxOutputTokens, maxToolCalls, tools: readTools(json['tools']) };
}

/** The names of the functions in a request. @throws {Refusal} 400 */
export function readTools(tools: unknown): string[] {
  if (tools === undefined) return [];
  if (!Array.isArray(tools)) throw new Refusal(400, 'tools must be an array');
  return tools.map((tool: { function?: { name?: unknown } } | null) => {
    const name = tool?.function?.name;
    if (typeof name !== 'string') throw new Refusal(400, 'a tool needs a function with a name');
    return name;
  });
}

/** The price of a request, rounded up once: 17 in and 1000 out at standard prices are 4424 micro-USDC. */
export function priceOf(request: RigRequest): bigint {
  const { inputPrice, outputPrice } = request.model;
  const millionths = BigInt(request.inputTokens) * inputPrice + BigInt(request.maxOutputTokens) * outputPrice;
  return (millionths + 999_999n) / 1_000_000n + BigInt(request.maxToolCalls) * toolCallPrice;
}

/** The answer of the quote endpoint, in the shape that JumpGate documents. */
export function quoteFor(request: RigRequest) {
  const amount = priceOf(request);
  const max = amount + priceRoom;
  return {
    headers: {
      'x402-input-tokens': String(request.inputTokens),
      'x402-max-completion-tokens': String(request.maxOutputTokens),
      'x402-model-tier': request.model.tier,
      'x402-max-tool-calls': String(request.maxToolCalls),
    },
    input_tokens: request.inputTokens,
    output_tokens: request.maxOutputTokens,
    model_tier: request.model.tier,
    max_tool_calls: request.maxToolCalls,
    amount_micro_usdc: Number(amount),
    amount_usdc: Number(amount) / 1e6,
    max_amount_micro_usdc: Number(max),
    max_amount_usdc: Number(max) / 1e6,
  };
}

/**
 * Takes the pricing headers of a paid request and holds them against the request itself.
 * @returns the request with the tool calls that the headers reserve
 * @throws {Refusal} 400
 */
export function enforcePricing(
  request: RigRequest,
  headers: Readonly<Record<string, string | undefined>>,
): RigRequest {
  const reserved = headers['x402-max-tool-calls'] ?? '';
  const expected: Record<string, string> = {
    'x402-input-tokens': String(request.inputTokens),
    'x402-max-completion-tokens': String(request.maxOutputTokens),
    'x402-model-tier': request.model.tier,
    'x402-max-tool-calls': /^\d{1,3}$/.test(reserved) ? reserved : 'a number',
  };
  for (const [name, value] of Object.entries(expected)) {
    if (headers[name] === undefined) throw new Refusal(400, `missing pricing header: ${name}`);
    if (headers[name] !== value) throw new Refusal(400, `pricing header ${name} must be ${value}`);
  }
  return { ...request, maxToolCalls: Number(reserved) };
}

/** The answer of `GET /v1/models`, as api.ambient.xyz gives it. */
export function catalogue() {
  const dollarsPerToken = (price: bigint) => (Number(price) / 1e12).toFixed(9);
  return {
    object: 'list',
    data: rigModels.map((model) => ({
      id: model.id,
      object: 'model',
      name: model.name,
      is_ready: model.isReady,
      context_length: model.contextLength,
      max_output_length: model.maxOutputLength,
      pricing: { prompt: dollarsPerToken(model.inputPrice), completion: dollarsPerToken(model.outputPrice) },
    })),
  };
}

/** How many tokens the answer may have. @throws {Refusal} 400 */
export function readBound(value: unknown, name: string, { maxOutputLength }: RigModel): number {
  const bound = integer(value, name);
  if (bound < 1 || bound > maxOutputLength) throw new Refusal(400, `${name} must be 1 to ${maxOutputLength}`);
  return bound;
}

/** The JSON object that a request is. @throws {Refusal} 400 */
export function readBody(body: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
  if (!isRecord(json)) throw new Refusal(400, 'the body is not a JSON object');
  return json;
}

/** @throws {Refusal} 400 */
export function readMessages(value: unknown): RigMessage[] {
  if (!Array.isArray(value) || value.length === 0) throw new Refusal(400, 'messages must be a list');
  return value.map((message: unknown) => {
    if (!isRecord(message) || typeof message['role'] !== 'string')
      throw new Refusal(400, 'a message needs a role');
    return { role: message['role'], text: textOf(message['content']) };
  });
}

/** Text, or the text parts of a list of parts; anything else counts as its JSON. */
function textOf(content: unknown): string {
  if (content === null || content === undefined) return '';
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) throw new Refusal(400, 'content must be text or a list of parts');
  return content
    .map((part: unknown) =>
      isRecord(part) && typeof part['text'] === 'string' ? part['text'] : JSON.stringify(part),
    )
    .join('\n');
}

function integer(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new Refusal(400, `${name} must be a whole number`);
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
