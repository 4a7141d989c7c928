import { sendBadQuote } from './badQuotes.ts';
import type { Dialect } from './dialect.ts';
import { catalogue, enforcePricing, quoteFor, readRequest } from './quote.ts';
import { json } from './reply.ts';
import { jumpGateFrames, openAiChunks } from './sse.ts';

/** Ambient JumpGate, as it is documented: a quote, pricing headers, frames of its own. */
export const jumpGateDialect: Dialect = {
  chatPath: '/paid/chat/v2',
  unmatched: 402,
  other(request, response, faults) {
    switch (`${request.method} ${request.path}`) {
      case 'GET /v1/models':
        json(response, 200, catalogue());
        return true;
      case 'POST /paid/chat/v2/quote':
        if (!sendBadQuote(request.body, response, faults)) {
          json(response, 200, quoteFor(readRequest(request.body)));
        }
        return true;
      default:
        return false;
    }
  },
  read: ({ body, headers }) => enforcePricing(readRequest(body), headers),
  challengeBody: () => ({}),
  // The other shape is one that clients of JumpGate report.
  shape: ({ model }, faults) =>
    faults.take('plainChunks') ? openAiChunks(model.id, 'reasoning') : jumpGateFrames,
};
