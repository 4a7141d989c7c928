import { Failure } from '../core/failure.ts';
import type { Gateway } from '../core/gateways.ts';
import { isJsonObject } from '../core/json.ts';
import { parseMicroUsdc } from '../core/money.ts';
import type { MicroUsdc } from '../core/money.ts';
import type { ChatRequest } from '../protocol/page.ts';
import type { FrozenRequest } from '../x402/payload.ts';
import { failureOf } from './answers.ts';
import { parseJson, shortAnswer } from './http.ts';
import type { Http } from './http.ts';

/** A chat request as JumpGate gets it, as bytes that no longer change. */
export interface JumpGateBodies {
  /** The same for the challenge and the payment. */
  readonly body: string;
  /** That object and `max_tool_calls`. */
  readonly quoteBody: string;
  readonly model: string;
  /** The answer's bound, which is what is paid for. */
  readonly maxOutputTokens: number;
}

/** What one exact request costs. */
export interface GatewayQuote {
  readonly amount: MicroUsdc;
  /** The most the 402 that follows may ask for. */
  readonly maxAmount: MicroUsdc;
  readonly inputTokens: number;
  readonly maxOutputTokens: number;
  /** To be copied unchanged into the paid request. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A 402's challenge, unread, and the gateway's clock. */
export interface RawChallenge {
  readonly header: string;
  readonly dateMs?: number;
}

const maxQuoteHeaders = 16;
const quoteHeaderName = /^x402-[a-z0-9-]{1,48}$/;
const visibleAscii = /^[\x21-\x7e]{1,128}$/;

/** Where JumpGate is asked and paid, and therefore the resource of its offers. */
export function chatUrl(gateway: Gateway): string {
  return `${gateway.baseUrl}/paid/chat/v2`;
}

/**
 * Freezes a request into JumpGate's two bodies. Only fields of ChatRequest are sent.
 *
 * @throws {Failure} badRequest where the bound on the answer is not a positive whole number
 */
export function buildBody(request: ChatRequest, gateway: Gateway): JumpGateBodies {
  const { model = gateway.defaultModel, messages, max_tool_calls = 0 } = request;
  const maxOutputTokens = request.max_completion_tokens ?? request.max_tokens ?? gateway.defaultMaxTokens;
  if (!Number.isSafeInteger(maxOutputTokens) || maxOutputTokens < 1) {
    throw new Failure('badRequest', { detail: 'max_completion_tokens' });
  }
  const { temperature, top_p, stop, tools, tool_choice, response_format, metadata } = request;
  const shared = {
    model,
    messages: messages.map(({ role, content, name, tool_call_id, tool_calls }) => ({
      role,
      content,
      name,
      tool_call_id,
      tool_calls,
    })),
    stream: true,
    is_paid: true,
    max_completion_tokens: maxOutputTokens,
    temperature,
    top_p,
    stop,
    tools,
    tool_choice,
    response_format,
    metadata,
  };
  return {
    body: JSON.stringify(shared),
    quoteBody: JSON.stringify({ ...shared, max_tool_calls }),
    model,
    maxOutputTokens,
  };
}

/**
 * Asks what a request costs (JumpGate: POST /paid/chat/v2/quote).
 *
 * @throws {Failure} gatewayDown, gatewayUnclear, gatewayRefused with the gateway's words, unsafeQuote
 */
export async function quote(
  http: Http,
  gateway: Gateway,
  { quoteBody }: JumpGateBodies,
  signal?: AbortSignal,
): Promise<GatewayQuote> {
  const response = await http.post(`${chatUrl(gateway)}/quote`, {
    body: quoteBody,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    ...(signal ? { signal } : {}),
  });
  const text = await http.text(response, shortAnswer, signal);
  if (response.status !== 200) throw failureOf(response.status, text);
  return readQuote(parseJson(text));
}

/**
 * Reads a quote strictly: whole numbers, and no header that could be more than a price.
 *
 * @throws {Failure} gatewayUnclear, unsafeQuote
 */
export function readQuote(value: unknown): GatewayQuote {
  if (!isJsonObject(value)) throw new Failure('gatewayUnclear', { detail: 'quote' });
  const amount = money(value['amount_micro_usdc'], 'amount_micro_usdc');
  const max = value['max_amount_micro_usdc'];
  const maxAmount = max === undefined ? amount : money(max, 'max_amount_micro_usdc');
  if (maxAmount < amount) throw new Failure('gatewayUnclear', { detail: 'max_amount_micro_usdc' });
  return {
    amount,
    maxAmount,
    inputTokens: tokens(value['input_tokens'], 'input_tokens'),
    maxOutputTokens: tokens(value['output_tokens'], 'output_tokens'),
    headers: readQuoteHeaders(value['headers']),
  };
}

/**
 * Sends the request unpaid, to be told how to pay for it.
 *
 * @throws {Failure} noChallenge where the answer is not a 402 with a `PAYMENT-REQUIRED` header, or as `quote` does
 */
export async function challenge(
  http: Http,
  gateway: Gateway,
  body: string,
  quoteHeaders: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<RawChallenge> {
  const { url, headers } = paidRequest(gateway, body, quoteHeaders);
  const response = await http.post(url, { body, headers, ...(signal ? { signal } : {}) });
  const { status } = response;
  if (status === 402 || status < 300) {
    void response.body?.cancel().catch(() => undefined);
    const header = response.headers.get('PAYMENT-REQUIRED');
    if (status !== 402 || header === null) throw new Failure('noChallenge', { detail: `status ${status}` });
    const dateMs = readDate(response.headers.get('date'));
    return { header, ...(dateMs === undefined ? {} : { dateMs }) };
  }
  throw failureOf(status, await http.text(response, shortAnswer, signal));
}

/** The request as it is challenged and paid, still without its payment header. */
export function paidRequest(
  gateway: Gateway,
  body: string,
  quoteHeaders: Readonly<Record<string, string>>,
): FrozenRequest {
  const headers = { ...quoteHeaders, 'content-type': 'application/json', accept: 'text/event-stream' };
  return { url: chatUrl(gateway), headers, body };
}

function readQuoteHeaders(value: unknown): Record<string, string> {
  if (!isJsonObject(value)) throw new Failure('gatewayUnclear', { detail: 'headers' });
  const entries = Object.entries(value);
  if (entries.length > maxQuoteHeaders) throw new Failure('unsafeQuote', { detail: 'too many' });
  const headers: Record<string, string> = {};
  for (const [name, text] of entries) {
    if (!quoteHeaderName.test(name)) throw new Failure('unsafeQuote', { detail: 'name' });
    if (typeof text !== 'string' || !visibleAscii.test(text)) {
      throw new Failure('unsafeQuote', { detail: name });
    }
    headers[name] = text;
  }
  return headers;
}

/** JumpGate writes money as JSON numbers: whole ones that a double holds exactly. */
function money(value: unknown, field: string): MicroUsdc {
  const amount = parseMicroUsdc(Number.isSafeInteger(value) ? String(value) : undefined);
  if (amount === undefined || amount === 0n) throw new Failure('gatewayUnclear', { detail: field });
  return amount;
}

function tokens(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new Failure('gatewayUnclear', { detail: field });
  }
  return value;
}

function readDate(text: string | null): number | undefined {
  // oxlint-disable-next-line no-restricted-globals -- reads a given time, not the clock
  const ms = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
