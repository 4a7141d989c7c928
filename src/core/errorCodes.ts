/** How far a call had come when it ended. */
export type Phase = 'validate' | 'quote' | 'approve' | 'sign' | 'send' | 'stream';

/** Whether money moved: `unknown` means that a signature may be out and the chain decides. */
export type Paid = 'no' | 'yes' | 'unknown';

/** Every way a call can fail, with its number: EIP-1193 and JSON-RPC where one fits, ours from 4920 on. */
export const errorCodes = {
  user_rejected: 4001,
  unauthorized: 4100,
  unsupported_method: 4200,
  disconnected: 4900,
  chain_disconnected: 4901,
  insufficient_funds: 4920,
  price_changed: 4921,
  below_minimum: 4922,
  gateway_unavailable: 4923,
  payment_unknown: 4924,
  unsafe_payment_request: 4925,
  ledger_unavailable: 4926,
  invalid_params: -32602,
  request_pending: -32002,
  limit_exceeded: -32005,
  internal: -32603,
} as const;

/** The name of an error code. */
export type ErrorType = keyof typeof errorCodes;
