import type { Json } from './json.ts';

/**
 * How a gateway speaks. `jumpgate`: a quote, then its x402 challenge. `openai`: OpenAI's chat completions, where the
 * challenge to the unpaid request is the price.
 */
export type GatewayKind = 'jumpgate' | 'openai';

/** A service that answers for money. */
export interface Gateway {
  /** Stable name in ledger rows, settings and `ChatOptions.gateway`. */
  readonly id: string;
  readonly name: string;
  readonly kind: GatewayKind;
  /** Without a trailing slash: JumpGate's origin, or an OpenAI base URL with its `/v1`. */
  readonly baseUrl: string;
  /** Where its models are listed, without authentication; absent: only its default model is known. */
  readonly catalogueUrl?: string;
  /** Where its people are reached about a payment. */
  readonly contactUrl?: string;
  readonly defaultModel: string;
  /** Sent where the page names no bound on the answer. */
  readonly defaultMaxTokens: number;
  /** Fields that every request to it carries besides those of the request; none of those is replaced. */
  readonly extraBody?: Readonly<Record<string, Json>>;
}

/** Ambient JumpGate (base URL, example model and contact: its documentation; catalogue: api.ambient.xyz). */
export const jumpGate: Gateway & { readonly catalogueUrl: string } = {
  id: 'jumpgate',
  name: 'Ambient JumpGate',
  kind: 'jumpgate',
  baseUrl: 'https://jumpgate.ambient.xyz',
  catalogueUrl: 'https://api.ambient.xyz/v1/models',
  contactUrl: 'https://x.com/ambient_xyz',
  defaultModel: 'ambient/large',
  defaultMaxTokens: 1024,
};

/** Rungate (base URL and example model: its documentation of x402). */
export const rungate: Gateway = {
  id: 'rungate',
  name: 'Rungate',
  kind: 'openai',
  baseUrl: 'https://api.rungate.ai/v1',
  catalogueUrl: 'https://api.rungate.ai/v1/models',
  defaultModel: 'deepseek/deepseek-v3.2',
  defaultMaxTokens: 1024,
};

/** Whether a text can name a gateway in rows, settings and calls. */
export function isGatewayId(text: unknown): text is string {
  return typeof text === 'string' && /^[a-z0-9][a-z0-9-]{0,39}$/.test(text);
}

/** A name for a new gateway that none of the others has: "My Gateway" becomes "my-gateway", or "my-gateway-2". */
export function freshGatewayId(name: string, taken: Iterable<string>): string {
  const known = new Set(taken);
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 32);
  const base = plain.replace(/-+$/, '') || 'gateway';
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!known.has(id)) return id;
  }
}
