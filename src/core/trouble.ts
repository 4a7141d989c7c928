/** Why a payment that is not settled still counts, as its row remembers it. */
export type Trouble =
  | 'wallet-rejected'
  | 'wallet-silent'
  | 'wallet-mismatch'
  | 'wallet-unverified'
  | 'not-sent'
  | 'no-answer'
  | 'refused'
  | 'malformed'
  | 'denied';

/** Why a reservation was given back: nothing that could be charged ever left, or the chain proved it. */
export type ReleaseReason =
  | 'restart'
  | 'page-gone'
  | 'stopped'
  | 'no-wallet'
  | 'connect-refused'
  | 'wrong-chain'
  | 'too-little-usdc'
  | 'offer-changed'
  | 'failed-before-signing'
  | 'expired-on-chain';

/**
 * Why a payment that was charged was not worth its money: nothing came, an empty answer, a part of one, the gateway said
 * that it was not paid, or it was charged although it was never sent. Or the other way round: the gateway has confirmed
 * what the chain shows was not charged and can no longer be.
 */
export type Dispute = 'unanswered' | 'empty' | 'broken-off' | 'denied' | 'never-sent' | 'not-charged';

const disputes: Readonly<Record<Trouble, Dispute>> = {
  'wallet-rejected': 'never-sent',
  'wallet-silent': 'never-sent',
  'wallet-mismatch': 'never-sent',
  'wallet-unverified': 'never-sent',
  'not-sent': 'never-sent',
  'no-answer': 'unanswered',
  refused: 'unanswered',
  malformed: 'unanswered',
  denied: 'denied',
};

/** What a trouble becomes where the chain says that the payment was charged all the same. */
export function disputeOf(trouble: Trouble): Dispute {
  return disputes[trouble];
}
