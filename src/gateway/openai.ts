import { bodyText, boundOf, messagesOf, optionsOf } from './chatBody.ts';
import type { GatewayClient } from './gatewayClient.ts';

/** A gateway that speaks OpenAI's chat completions and asks for its price by x402: the unpaid request's 402 is the quote. */
export const openAiClient: GatewayClient = {
  freeze(request, gateway) {
    const { model = gateway.defaultModel } = request;
    const maxOutputTokens = boundOf(request, gateway);
    const body = bodyText(gateway, {
      model,
      messages: messagesOf(request),
      // The budget that the price is estimated on: never left to the gateway.
      max_tokens: maxOutputTokens,
      // A stream also where the page wants its answer whole: what has come is kept when the connection breaks.
      stream: true,
      ...optionsOf(request),
    });
    return { body, quoteBody: body, model, maxOutputTokens };
  },

  request: (gateway, { body }) => ({
    url: `${gateway.baseUrl}/chat/completions`,
    // Never an Authorization header: there it means an API key, and a payment beside it is not looked at.
    headers: { 'content-type': 'application/json', accept: 'text/event-stream, application/json' },
    body,
  }),
};
