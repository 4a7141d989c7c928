import { channelFailures } from './bridgeFailures.ts';

/** The reasons that the page's own side gives without asking the background: a small part of the catalogue. */
export const pageFailures = {
  ...channelFailures,
  badRequest: {
    type: 'invalid_params',
    phase: 'validate',
    text: 'The request is not what PaidChat expects: correct the named field and call again.',
  },
  noSuchRoute: {
    type: 'unsupported_method',
    phase: 'validate',
    text: 'PaidChat’s fetch answers only POST /chat/completions and GET /models under paidChat.baseURL: use the page’s own fetch for other addresses.',
  },
  noResponses: {
    type: 'unsupported_method',
    phase: 'validate',
    text: 'PaidChat speaks chat.completions and not the Responses API: call client.chat.completions.create, or in the AI SDK use createOpenAICompatible, in LangChain useResponsesApi: false.',
  },
  streamConsumed: {
    type: 'invalid_params',
    phase: 'stream',
    text: 'This answer has been read already: iterate a stream once, or keep its chunks.',
  },
  aborted: {
    type: 'user_rejected',
    phase: 'validate',
    text: 'The page stopped this before anything was paid.',
  },
  abortedAfterPaying: {
    type: 'user_rejected',
    phase: 'stream',
    text: 'The page stopped listening after this was paid: the answer is kept in the PaidChat popup.',
  },
  abortedUnknown: {
    type: 'user_rejected',
    phase: 'send',
    text: 'The page stopped this while a payment may have been under way: receipts.list() and the PaidChat popup show it.',
  },
  streamGap: {
    type: 'disconnected',
    phase: 'stream',
    text: 'A part of the answer was lost on its way to the page: the whole of it is in the PaidChat popup.',
  },
} as const;

/** The name of a reason that the page's side gives. */
export type PageFailure = keyof typeof pageFailures;
