import type { Reason } from '../../core/reasons.ts';

/** Why an answer broke off, to stand after a colon: the catalogue's own sentences speak to a website. */
const brokeOffWhy: Partial<Record<Reason, string>> = {
  streamBroken: 'the connection ended before the answer did',
  streamTooLarge: 'the gateway sent more than an answer can hold',
  streamIdle: 'the gateway sent nothing more for three minutes',
  streamError: 'the gateway reported an error in the middle of it',
  restartedAfterSigning: 'PaidChat restarted while it was coming',
  restartedAfterPaying: 'PaidChat restarted while it was coming',
};

/** How a run ended, to the person who uses it: here too the catalogue's own sentences speak to a website. */
const ended: Partial<Record<Reason, string>> = {
  declined: 'You did not allow this.',
  blocked: 'You have blocked this site.',
  paused: 'PaidChat was paused. Switch Pause off, then ask again in the page.',
  muted: 'You refused this site three times in a row, so it cannot ask you for ten minutes.',
  stopped: 'You stopped this before anything was paid.',
  noActivation: 'The page asked without a click of yours, and only a click opens PaidChat’s window.',
  overLimit: 'This would have passed one of your limits. Raise it here, then ask again in the page.',
  overMaxSpend: 'This would have cost more than the page was ready to let you pay.',
  tooManyPayments: 'This site has paid ten times within a minute without asking you. Wait a minute.',
  otherPayee: 'The gateway asked to be paid at another address than before, and you have not accepted it.',
  walletRejected:
    'Your wallet refused to sign. The amount stays counted for a while, in case the page kept a signature.',
  walletFailed:
    'Your wallet could not sign. The amount stays counted for a while, in case the page kept a signature.',
  walletSilent: 'Your wallet has not answered. The amount stays counted for a while, in case it still signs.',
  stoppedUnsent:
    'You stopped this after your wallet had signed. Nothing was sent; the amount stays counted until the signature can no longer be used.',
  abortedAfterPaying: 'The page stopped listening after this was paid. The answer is kept here.',
  abortedUnknown: 'The page stopped this while a payment may have been under way.',
};

/** Reasons that are the person's own word: nothing has failed. */
const ownWord: readonly (Reason | undefined)[] = ['declined', 'blocked', 'paused', 'muted'];

/** With a colon before it; nothing where the reason is none that an answer breaks off for. */
const because = (reason: Reason | undefined): string => {
  const why = reason && brokeOffWhy[reason];
  return why === undefined ? '' : `: ${why}`;
};

/** The words about one answer beside its text, in English. */
export const runEn = {
  ended: (reason: Reason | undefined) => reason && ended[reason],
  isOwnWord: (reason: Reason | undefined) => ownWord.includes(reason),
  notAllowed: 'Not allowed',
  empty: 'Empty answer',
  emptyWhy: 'The gateway sent no text.',
  onlyThoughts:
    'The model used up its whole length for thinking and wrote no answer. Ask again for a longer one.',
  turnedOutUnpaid: 'It has turned out that this was not paid, and no longer can be.',
  turnedOutPaid: 'It has turned out that this was paid.',
  brokeOff: (reason: Reason | undefined) =>
    `The answer broke off here${because(reason)}. Nothing is paid for it a second time.`,
  brokeOffInPanel: (reason: Reason | undefined) =>
    `The answer broke off${because(reason)}. The part that came stays here.`,
  thoughts: 'What the model thought',
  tokens: (input: string, output: string) => `${input} tokens in, ${output} out`,
  verified: 'Verified, says the gateway',
  notVerified: 'Not verified, says the gateway',
};
