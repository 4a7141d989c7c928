/** The words about a gateway that asks to be paid at another address, in English. */
export const payeeEn = {
  title: 'Another address than before',
  explained: (gateway: string) =>
    `${gateway} was paid elsewhere until now. Unless you know why, do not allow it: a payment cannot be taken back.`,
  pinned: 'Paid until now',
  new: 'Asked for now',
  fromNowOn: 'If it asks for this address again',
  askAgain: 'Ask me again',
  addAddress: 'Accept this address too',
  trustOrigin: (origin: string) => `Accept every address that ${origin} names`,
  trustMeans: (origin: string) => `Trusting it accepts every address that ${origin} names.`,
  full: 'Five addresses of this gateway are accepted already, so this one can only be paid once.',
  payOnce: 'Pay this address once',
  addAndPay: 'Accept the address and pay',
  trustAndPay: 'Trust the gateway and pay',
  panelAdd: (price: string) => `Accept this address and ask again, about ${price}`,
  panelTrust: (price: string) => `Trust the gateway and ask again, about ${price}`,
  panelProblem: 'The gateway asks to be paid at another address than before. Nothing was paid.',
};
