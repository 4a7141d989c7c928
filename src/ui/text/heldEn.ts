import type { PaymentView } from '../../protocol/panel.ts';

/** The words about what is counted and neither settled nor released, in English. */
export const heldEn = {
  title: 'Held: counted, not settled',
  why: {
    'wallet-rejected': (amount, until) =>
      `Not paid. ${amount} stays counted ${until}, in case the page kept the signature.`,
    'wallet-silent': (amount, until) =>
      `Your wallet has not answered. ${amount} stays counted ${until}, in case it still signs.`,
    'wallet-mismatch': (amount, until) =>
      `Your wallet signed something else than it was asked. Nothing was sent; ${amount} stays counted ${until}.`,
    'wallet-unverified': (amount, until) =>
      `PaidChat could not check your wallet’s signature. Nothing was sent; ${amount} stays counted ${until}.`,
    'not-sent': (amount, until) =>
      `Signed but not sent. ${amount} stays counted ${until}, in case the page kept the signature.`,
    'no-answer': (amount, until) =>
      `The connection broke after signing. ${amount} stays counted ${until} or until the chain shows whether it was paid: paying again before then may pay twice.`,
    denied: (amount, until) =>
      `The gateway answered and says that it was not paid. ${amount} stays counted ${until} or until the chain shows whether it was.`,
    malformed: (amount, until) =>
      `The gateway says that the payment does not fit what it asked for. ${amount} stays counted ${until} or until the chain shows whether it was paid.`,
    refused: (amount, until) =>
      `The gateway did not accept the payment. ${amount} stays counted ${until} or until the chain shows whether it was paid.`,
  } satisfies Record<NonNullable<PaymentView['trouble']>, (amount: string, until: string) => string>,
  askAgain: 'Ask wallet again',
  askAgainHint: 'The same payment, not a second one.',
  payAgain: 'Pay again…',
  payAgainHint: (amount: string) => `Shows the price first. ${amount} may be charged as well.`,
  underWay: (amount: string, until: string) => `Under way. ${amount} stays counted ${until}.`,
  untilAbout: (time: string) => `until about ${time}`,
  untilProof: 'until the chain gives proof',
  overdue: (network: string) =>
    `No node of ${network} could say so far what became of it; they may no longer know that time. It counts against your limits until they can: you can put nodes in their place that keep more history.`,
  untilNodes: (network: string) => `until the nodes of ${network} can say what became of it`,
  silentNode: (node: string, since: string) => `${node} has given no answer of use since ${since}.`,
  silentMeans: (network: string) =>
    `Until then nothing on ${network} can be proved, and what is held there stays held, unless you put another node in its place.`,
  seeNodes: 'See the nodes',
  seeNodesOf: (network: string) => `See the nodes of ${network} in the options`,
};
