/** How a gateway speaks: JumpGate's quote, x402 and SSE frames. */
export type GatewayKind = 'jumpgate';

/** A service that answers for money. */
export interface Gateway {
  /** Stable name in ledger rows, settings and `ChatOptions.gateway`. */
  readonly id: string;
  readonly name: string;
  readonly kind: GatewayKind;
  /** Origin, without a trailing slash. */
  readonly baseUrl: string;
  /** Where its models are listed, without authentication. */
  readonly catalogueUrl: string;
  readonly defaultModel: string;
  /** Sent where the page names no bound on the answer. */
  readonly defaultMaxTokens: number;
}

/** Ambient JumpGate (base URL and example model: its documentation; catalogue: api.ambient.xyz). */
export const jumpGate: Gateway = {
  id: 'jumpgate',
  name: 'Ambient JumpGate',
  kind: 'jumpgate',
  baseUrl: 'https://jumpgate.ambient.xyz',
  catalogueUrl: 'https://api.ambient.xyz/v1/models',
  defaultModel: 'ambient/large',
  defaultMaxTokens: 1024,
};
