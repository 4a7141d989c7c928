import type { Dispute } from '../../core/trouble.ts';

/** The words about payments that were charged without their answer, in English. */
export const disputeEn = {
  title: 'Paid without its answer',
  titleNotCharged: 'Confirmed, but not charged',
  why: {
    unanswered: (amount) => `${amount} was paid and no answer came.`,
    empty: (amount) => `${amount} was paid and the answer was empty.`,
    'broken-off': (amount) => `${amount} was paid and the answer broke off.`,
    denied: (amount) => `${amount} was paid, and the gateway said that it was not.`,
    'never-sent': (amount) =>
      `${amount} was charged although PaidChat never sent it: the page or its wallet used your signature.`,
    'not-charged': (amount) =>
      `The gateway confirmed ${amount}. The chain shows that it was not charged and no longer can be, so none of your money is gone. It stays counted in your limits.`,
  } satisfies Record<Dispute, (amount: string) => string>,
  claim: (gateway: string) => `x402 has no refunds. Here is your claim, to send to ${gateway}.`,
  claimToNobody: 'x402 has no refunds. Here is your claim: what was signed, and when.',
  copy: 'Copy claim',
  save: 'Save claim',
  contact: (gateway: string) => `Reach ${gateway}`,
};
