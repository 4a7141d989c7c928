import { setTimeout as wait } from 'node:timers/promises';
import { decode, encode } from 'gpt-tokenizer/encoding/cl100k_base';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { Refusal } from './quote.ts';
import type { RigRequest } from './quote.ts';

/** A part of an answer: words, or a function that the model wants called, its arguments as JSON. */
export type AnswerPiece = string | { readonly call: string; readonly args: string };

/**
 * Opens an answer before the payment is settled, so that a source that is down costs nothing.
 * @throws {Refusal} 429 where there is no answer to be had
 */
export type AnswerSource = (request: RigRequest, signal: AbortSignal) => Promise<AsyncIterable<AnswerPiece>>;

/** What the built-in generator has to say about a few words that the demo and its readers will ask for. */
const facts: readonly (readonly [RegExp, string])[] = [
  [
    /verifiable inference/i,
    'Verifiable inference means that an answer from an AI model comes with evidence of how it was made: which model ran, on which input, and that nobody swapped either of them on the way. Instead of trusting the operator, the reader checks a proof or a second computation, much as one checks a signature. That matters most when an answer is paid for, because price and quality are then both part of the claim.',
  ],
  [
    /x402|402|micropayment/i,
    'x402 puts a price on a plain web request. The server answers 402 Payment Required with what it wants; the client signs a transfer of exactly that amount and asks again; the server settles it on the chain and answers. There is no account, no key and no monthly bill.',
  ],
  [
    /usdc|stablecoin|eip.?3009/i,
    'USDC is a dollar token. Its contract takes a signed TransferWithAuthorization: the owner signs amount, payee and deadline without sending a transaction, and whoever holds the signature may hand it in once, before the deadline.',
  ],
];

/**
 * A small built-in generator: the same request gives the same words. It says what it is, and uses the
 * question and the title of the page where the request has one.
 * @param tokenDelayMs - between two tokens
 */
export function builtInAnswers(tokenDelayMs: number): AnswerSource {
  return (request, signal) => Promise.resolve(speak(request, tokenDelayMs, signal));
}

async function* speak(
  request: RigRequest,
  tokenDelayMs: number,
  signal: AbortSignal,
): AsyncGenerator<AnswerPiece> {
  const [tool] = request.tools;
  // It calls the first function it is given, once, with the question; the result makes it answer in words.
  if (tool !== undefined && request.messages.at(-1)?.role === 'user') {
    yield { call: tool, args: JSON.stringify({ question: request.messages.at(-1)?.text }) };
    return;
  }
  const text = decode(encode(composeAnswer(request)).slice(0, request.maxOutputTokens));
  for (const word of text.match(/\s*\S+/g) ?? []) {
    if (tokenDelayMs > 0) await wait(tokenDelayMs, undefined, { signal });
    yield word;
  }
}

/** What the built-in generator says to a request, whole. */
export function composeAnswer({ messages, model }: RigRequest): string {
  const all = messages.map(({ text }) => text).join('\n');
  const question = messages.findLast(({ role }) => role === 'user')?.text.trim() ?? '';
  const title = /(?:page title|titled|title)["']?\s*[:=]?\s*["“«]?([^"”»\n]{1,120})/i.exec(all)?.[1]?.trim();
  const fact = facts.find(([words]) => words.test(question))?.[1];
  const answer =
    fact ??
    `You asked “${shorten(question)}”. A real model would now think about that; this one can only tell you that your ${wordCount(question)} arrived whole.`;
  return [
    title === undefined ? answer : `About the page “${title}”: ${answer}`,
    `(I am PaidChat's local test gateway standing in for ${model.id}: no model has read this, and the USDC that paid for it live on a chain on your own machine.)`,
  ].join('\n\n');
}

/**
 * Answers of any OpenAI-compatible server, passed on as they come. The bound that was paid is sent along.
 * @param baseUrl - with its /v1: http://localhost:11434/v1
 */
export function openAiAnswers(baseUrl: string): AnswerSource {
  return async (request, signal) => {
    const unanswered = (cause: unknown): never => {
      throw new Refusal(429, `No workers available: ${baseUrl} does not answer`, { cause });
    };
    const model = await firstModel(baseUrl, signal).catch(unanswered);
    const messages = request.messages.map(({ role, text }) => ({ role, content: text }));
    const response = await fetch(`${baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages, max_tokens: request.maxOutputTokens, stream: true }),
      signal,
    }).catch(unanswered);
    if (!response.ok || response.body === null)
      throw new Refusal(429, `No workers available: ${baseUrl} says ${response.status}`);
    return deltas(response.body);
  };
}

async function firstModel(baseUrl: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(`${baseUrl}/models`, { signal });
  const list: { data?: { id?: string }[] } = JSON.parse(await response.text());
  return list.data?.[0]?.id ?? 'default';
}

async function* deltas(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of events) {
    if (data === '[DONE]') return;
    const chunk: { choices?: { delta?: { content?: string | null } }[] } = JSON.parse(data);
    const text = chunk.choices?.[0]?.delta?.content ?? '';
    if (text !== '') yield text;
  }
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

function wordCount(text: string): string {
  const count = text.split(/\s+/).filter(Boolean).length;
  return count === 1 ? 'one word' : `${count} words`;
}
