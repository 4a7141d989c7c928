import { Failure } from '../core/failure.ts';
import type { Gateway } from '../core/gateways.ts';
import { isJsonObject } from '../core/json.ts';
import { parseMicroUsdc } from '../core/money.ts';
import type { MicroUsdc } from '../core/money.ts';
import { failureOf } from './answers.ts';
import { bodyText, boundOf, messagesOf, optionsOf } from './chatBody.ts';
import type { GatewayClient, GatewayQuote } from './gatewayClient.ts';
import { parseJson, shortAnswer } from './http.ts';

const maxQuoteHeaders = 16;
const quoteHeaderName = /^x402-[a-z0-9-]{1,48}$/;
const visibleAscii = /^[\x21-\x7e]{1,128}$/;

/** Where JumpGate is asked and paid, and therefore the resource of its offers. */
const chatUrl = ({ baseUrl }: Gateway) => `${baseUrl}/paid/chat/v2`;

/** Ambient JumpGate: a quote first (POST /paid/chat/v2/quote), whose headers ride along with the paid request. */
export const jumpGateClient: Required<GatewayClient> = {
  freeze(request, gateway) {
    const { model = gateway.defaultModel, max_tool_calls = 0 } = request;
    const maxOutputTokens = boundOf(request, gateway);
    const shared = {
      model,
      messages: messagesOf(request),
      stream: true,
      is_paid: true,
      max_completion_tokens: maxOutputTokens,
      ...optionsOf(request),
    };
    return {
      body: bodyText(gateway, shared),
      quoteBody: bodyText(gateway, { ...shared, max_tool_calls }),
      model,
      maxOutputTokens,
    };
  },

  async quote(http, gateway, { quoteBody }, signal) {
    const response = await http.post(`${chatUrl(gateway)}/quote`, {
      body: quoteBody,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      ...(signal ? { signal } : {}),
    });
    const text = await http.text(response, shortAnswer, signal);
    if (response.status !== 200) throw failureOf(response.status, text);
    return readQuote(parseJson(text));
  },

  request: (gateway, { body }, quote) => ({
    url: chatUrl(gateway),
    headers: { ...quote?.headers, 'content-type': 'application/json', accept: 'text/event-stream' },
    body,
  }),
};

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
