import type { MicroText } from './microText.ts';

/** One message of a panel's chat; the page's text rides in a message of its own. */
export interface PanelMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** What the panel asks. */
export interface PanelChat {
  /** Whose model it is; left out: the default gateway. */
  readonly gateway?: string;
  readonly model?: string;
  readonly maxTokens: number;
  readonly messages: readonly PanelMessage[];
}

/** A model that can be asked, and about what it costs. */
export interface PanelModel {
  readonly id: string;
  /** The gateway's id and name. */
  readonly gateway: string;
  readonly gatewayName: string;
  /** What the catalogue says, in micro-USDC for a million tokens. */
  readonly prices?: { readonly input: MicroText; readonly output: MicroText };
}

/** The exact price of a panel's chat. */
export interface PanelQuote {
  readonly model: string;
  readonly amount: MicroText;
  /** The most that may be asked for it; absent where the gateway promises none. */
  readonly maxAmount?: MicroText;
  readonly inputTokens?: number;
  readonly maxOutputTokens: number;
}
