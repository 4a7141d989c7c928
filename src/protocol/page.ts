/** The methods of `window.paidChat` as they cross to the background. Nothing else can be called from a page. */
export type PageMethod =
  | 'availability'
  | 'permission'
  | 'requestPermission'
  | 'revoke'
  | 'models'
  | 'watch'
  | 'quote'
  | 'chat'
  | 'receipts.get'
  | 'receipts.list';

/** One message of a conversation, in OpenAI's shape. Multi-part content and tool calls pass through untouched. */
export interface ChatMessage {
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  content?: string | null | readonly Record<string, unknown>[];
  name?: string;
  tool_call_id?: string;
  tool_calls?: readonly Record<string, unknown>[];
  /** These of an answer may be sent back with it; gateways do not get them. */
  reasoning?: string | null;
  reasoning_content?: string | null;
  refusal?: string | null;
  annotations?: readonly Record<string, unknown>[];
}

/** A chat request, in OpenAI's shape. One bound on the answer is always sent: 1,024 tokens where none is given. */
export interface ChatRequest {
  /** Left out: the gateway's default model. */
  model?: string;
  messages: readonly ChatMessage[];
  stream?: boolean;
  max_tokens?: number;
  max_completion_tokens?: number;
  /** Billable tool calls to reserve for (JumpGate). */
  max_tool_calls?: number;
  temperature?: number;
  top_p?: number;
  stop?: string | readonly string[];
  tools?: readonly Record<string, unknown>[];
  tool_choice?: string | Record<string, unknown>;
  response_format?: Record<string, unknown>;
  metadata?: Record<string, string>;
  frequency_penalty?: number;
  presence_penalty?: number;
  seed?: number;
  parallel_tool_calls?: boolean;
  reasoning_effort?: string;
}

/** One piece of a streamed answer, in OpenAI's shape. The first and the last one carry `paidchat`. */
export interface ChatChunk {
  id: string;
  object: 'chat.completion.chunk';
  created: number;
  model: string;
  choices: {
    index: number;
    delta: {
      role?: 'assistant';
      content?: string | null;
      reasoning?: string;
      tool_calls?: Record<string, unknown>[];
    };
    finish_reason: string | null;
  }[];
  usage?: ChatUsage;
  paidchat?: { receiptId: string; amountUsdc: string };
}

/** Tokens as the gateway counted them. */
export interface ChatUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
}

/** A whole answer, in OpenAI's shape. */
export interface ChatCompletion {
  id: string;
  object: 'chat.completion';
  created: number;
  model: string;
  choices: {
    index: number;
    message: {
      role: 'assistant';
      content: string | null;
      reasoning?: string;
      tool_calls?: Record<string, unknown>[];
    };
    finish_reason: string | null;
  }[];
  usage?: ChatUsage;
  paidchat: { receiptId: string; amountUsdc: string };
}

/** What this site paid for one answer. */
export interface Receipt {
  id: string;
  /** USDC, exact: "0.004424". */
  amountUsdc: string;
  /** CAIP-2: "eip155:8453". */
  network: string;
  gateway: string;
  model: string;
  /** `pending` until the gateway or the chain has confirmed it. */
  status: 'pending' | 'settled' | 'not-paid';
  /** Unix milliseconds. */
  at: number;
}

/** The price of one exact request. */
export interface Quote {
  id: string;
  model: string;
  gateway: string;
  /** USDC, exact. */
  amountUsdc: string;
  maxAmountUsdc: string;
  inputTokens?: number;
  maxOutputTokens: number;
  /** Unix milliseconds. */
  expiresAt: number;
}

/** What the person has allowed this site. */
export interface Permission {
  state: 'granted' | 'prompt' | 'denied';
  /** PaidChat's own card is skipped within the limits; the wallet still asks. */
  autoApprove: boolean;
  /** Unix milliseconds. */
  expiresAt?: number;
}

/** A model that can be asked. */
export interface Model {
  id: string;
  gateway: string;
  contextWindow?: number;
  maxOutputTokens?: number;
}

/** Whether a call could be paid now, and what is missing. */
export type Availability = 'unavailable' | 'needs-wallet' | 'needs-permission' | 'available';

/** A site's wish; only the person sets a budget. */
export interface PermissionRequest {
  /** Shown to the person as this site's words. */
  reason?: string;
  /** `amount` in USDC: "0.25". */
  budget?: { amount: string; per: 'request' | 'day' | 'month' };
}

/** What a page hears of its own site, as an event of `window.paidChat` with this type and detail. */
export type PageNotice =
  | { type: 'permissionchange'; detail: Permission }
  | { type: 'payment'; detail: { receiptId: string; amountUsdc: string; status: Receipt['status'] } }
  /** Four fifths of a limit of this site are used; which and how much only the person sees. */
  | { type: 'budgetlow'; detail: Record<string, never> }
  | { type: 'modelschange'; detail: Record<string, never> };
