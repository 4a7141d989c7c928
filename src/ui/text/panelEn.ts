/** The words of the side panel, in English. */
export const panelEn = {
  title: 'PaidChat side panel',
  loading: 'Reading your limit…',
  chat: 'Chat',
  newChat: 'New chat',
  bucket: (used: string, cap: string) => `${used} of ${cap} a day`,
  bucketNamed: 'The side panel’s own limit',
  resume: 'Resume',

  emptyTitle: 'Ask about the page you are on',
  emptyText:
    'What you type and the page’s text leave this computer when you press Send, and not before. Send pays from the wallet in the page; it still asks you.',
  starts: ['Summarise this page', 'Explain this page simply', 'What should I question here?'],

  you: 'You asked',
  withPage: (title: string) => `with the page “${title}”`,
  withSelection: (title: string) => `with your selection on “${title}”`,

  question: 'Your question',
  placeholder: 'Ask about this page…',
  placeholderAlone: 'Ask anything…',
  send: 'Send',
  stop: 'Stop',
  length: 'Longest answer, in tokens',
  lengths: { short: 'Short', medium: 'Medium', long: 'Long' },
  lengthOption: (name: string, tokens: string) => `${name} · ${tokens}`,
  model: 'Model',
  modelOption: (name: string, amount: string) => `${name} · about ${amount}`,
  moreModels: 'More models…',
  priceUnknown: 'price after Send',
  priceUnknownHint:
    'What this model costs is not known yet. Send asks for the price, and you before anything is paid.',
  about: (amount: string) => `about ${amount}`,
  aboutHint: 'Reckoned on this computer from the size of your question. Send asks for the exact price first.',

  pageTitle: (title: string) => `Page: ${title}`,
  selectionTitle: (title: string) => `Selection: ${title}`,
  textSize: (size: string) => `${size} kB text`,
  untitled: 'without a title',
  cut: (characters: string) => `Only the first ${characters} characters go along.`,
  inChat: 'The page’s text is in this chat already.',
  dropPage: 'Remove page text',
  addPage: 'Add page text',
  addSelection: 'Add selection',

  lookingForWallet: 'Looking for a wallet in this page…',
  wallet: {
    none: 'No wallet in this page. Open a page where your wallet is connected, or unlock your wallet and reload this one.',
    unreachable:
      'PaidChat cannot pay from this tab. Open a page where your wallet is connected: any https website will do. If the page was open before PaidChat was installed or updated, open the PaidChat popup over it once, or reload it.',
  },
  lookAgain: 'Look again',
  pausedNow: 'PaidChat is paused: nothing can be paid.',

  quoting: 'Getting the exact price…',
  starting: 'Sending…',
  priced: (cost: string) => `This costs ${cost}.`,
  dearer: (cost: string, shown: string) => `This costs up to ${cost}, more than the ${shown} shown.`,
  sendFor: (cost: string) => `Send for ${cost}`,
  dontSend: 'Don’t send',
  sign: (amount: string, micro: string) =>
    `Your wallet asks in the page’s tab to sign a transfer of ${amount} (value ${micro}). Refuse if it asks for more.`,

  overLimit: (cost: string) =>
    `This costs ${cost}, more than is left of the side panel’s limit. Nothing was paid.`,
  overLimitUnknown: 'This would pass the side panel’s limit. Nothing was paid.',
  raise: (day: string) => `Raise the limit to ${day} a day`,
  raiseHint: 'Then the question is sent again.',
  again: 'Send again',
  againFor: (amount: string) => `Send again, about ${amount}`,
  priceMoved: 'The price rose while this was being sent. Nothing was paid.',
  stoppedUnpaid: 'Stopped. Nothing was paid.',
  paused: 'PaidChat was paused. Nothing was paid.',
  failed: 'PaidChat did not take that. Nothing was paid; try again.',
};
