/** The words about one answer beside its text, in English. */
export const runEn = {
  thoughts: 'What the model thought',
  tokens: (input: string, output: string) => `${input} tokens in, ${output} out`,
  verified: 'Verified, says the gateway',
  notVerified: 'Not verified, says the gateway',
};
