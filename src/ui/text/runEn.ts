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

/** With a colon before it; nothing where the reason is none that an answer breaks off for. */
const because = (reason: Reason | undefined): string => {
  const why = reason && brokeOffWhy[reason];
  return why === undefined ? '' : `: ${why}`;
};

/** The words about one answer beside its text, in English. */
export const runEn = {
  brokeOff: (reason: Reason | undefined) =>
    `The answer broke off here${because(reason)}. Nothing is paid for it a second time.`,
  brokeOffInPanel: (reason: Reason | undefined) =>
    `The answer broke off${because(reason)}. The part that came stays here.`,
  thoughts: 'What the model thought',
  tokens: (input: string, output: string) => `${input} tokens in, ${output} out`,
  verified: 'Verified, says the gateway',
  notVerified: 'Not verified, says the gateway',
};
