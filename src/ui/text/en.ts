import type { LimitName, PaymentView, RunStage, VoidReason } from '../../protocol/panel.ts';
import { chainEn } from './chainEn.ts';
import { heldEn } from './heldEn.ts';
import { lossEn } from './lossEn.ts';
import { optionsEn } from './optionsEn.ts';
import { answererEn } from './answererEn.ts';
import { disputeEn } from './disputeEn.ts';
import { panelEn } from './panelEn.ts';
import { runEn } from './runEn.ts';
import { payeeEn } from './payeeEn.ts';
import type { Phrase } from './phrase.ts';

/** How a limit reads in a sentence after "limit $0.50". */
const per: Record<LimitName, string> = {
  request: 'a request',
  'site-day': 'a day',
  'site-month': 'in 30 days',
  'all-day': 'a day',
  'all-month': 'in 30 days',
  'panel-day': 'a day',
  'per-minute': 'a minute',
};

/** Every word that our screens show, in English. */
export const en = {
  locale: 'en-GB',
  product: 'PaidChat',
  close: 'Close',
  cancel: 'Cancel',
  save: 'Save',
  panelSite: 'Side panel',
  per,

  limits: {
    request: 'One request',
    'site-day': 'This site, a day',
    'site-month': 'This site, 30 days',
    'all-day': 'All sites, a day',
    'all-month': 'All sites, 30 days',
    'panel-day': 'Side panel, a day',
    'per-minute': 'Payments a minute',
  } satisfies Record<LimitName, string>,

  amount: {
    of: (cap: string) => `of ${cap}`,
    held: (held: string) => `${held} held`,
    unclear: 'Type an amount such as 0.50.',
    tooLow: (least: string) => `Needs at least ${least}.`,
    presets: 'Amounts to choose from',
    legendUsed: 'used',
    legendHeld: 'held',
    legendThis: 'this payment',
  },

  origin: {
    disguised: 'This address uses letters of another alphabet, written here as xn--.',
  },

  approval: {
    title: 'PaidChat: a site asks',
    loading: 'Getting the price…',
    asksPay: 'asks you to pay for an answer',
    asksPermission: 'asks to use PaidChat',
    reason: 'The site says',
    waiting: (more: number) => (more === 1 ? '1 more waiting' : `${more} more waiting`),
    question: 'The question',
    noQuestion: 'No text',
    model: 'Model',
    gateway: 'Gateway',
    network: 'Network',
    most: 'The most this can cost',
    mostExactly: (exact: string, network: string) => `${exact} on ${network}`,
    mostInTest: (exact: string, network: string) => `test ${exact} on your test network ${network}`,
    answerBound: (tokens: string) => `for up to ${tokens} tokens of answer`,
    noPayment: 'Nothing is paid now',
    noPaymentText:
      'The site may then ask questions that cost something, up to the amount a day that you choose below.',
    suggests: (amount: string) => `The site suggests ${amount} a day. You decide.`,
    changed: (was: string, now: string) => `The price has changed: was ${was}, now ${now}.`,
    earlier: (first: string, both: string) =>
      `You may have paid ${first} for this already. It is still open; with this payment you pay up to ${both} in all.`,
    changedHint: 'Nothing was paid. Look at it as a new question.',
    used: 'What is used of your limits',
    over: (limit: string, cap: string, perWhat: string, used: string, cost: string) =>
      `${limit}: limit ${cap} ${perWhat}, used ${used}, this costs up to ${cost}.`,
    overRequest: (cap: string, cost: string) =>
      `This site: limit ${cap} a request, this costs up to ${cost}.`,
    overPerMinute: 'This site has paid ten times within a minute without this window.',
    overTitle: 'Over a limit you have set',
    who: {
      'site-day': 'This site',
      'site-month': 'This site',
      'all-day': 'All sites',
      'all-month': 'All sites',
      'panel-day': 'Side panel',
      request: 'This site',
      'per-minute': 'This site',
    } satisfies Record<LimitName, string>,
    newLimit: (limit: string) => `New limit: ${limit}`,
    raiseHint: 'Raising sets the new limit and pays. Paying once leaves it as it is.',
    wallet: 'Which wallet signs:',
    walletClaim: 'names and icons are the page’s claim',
    namelessWallet: 'Wallet without a name',
    walletNextTitle: 'Next, in your wallet',
    walletNext: (connected: boolean, to: string, value: string, exact: string): Phrase => [
      connected ? 'Your wallet asks you to sign ' : 'Your wallet asks you to connect, then to sign ',
      { key: 'TransferWithAuthorization' },
      ' to ',
      { key: to },
      ', value ',
      { key: value },
      ` (=\u00a0${exact}). Some wallets call this deceptive; that label is known for x402. Refuse if either value differs.`,
    ],
    walletPermission:
      'Your wallet asks nothing now. At the first question it asks you to connect, so the site then sees your address, and to sign.',
    payOnce: 'Pay once',
    payOnceAnyway: 'Pay once anyway',
    raise: 'Raise the limit',
    allow: (day: string) => `Allow up to ${day} a day`,
    allowUnclear: 'Allow up to … a day',
    allowHint: 'Then this window stays away, but your wallet still asks each time.',
    changeAmount: 'Change the amount a day',
    dayAmount: 'Amount a day',
    perDay: 'a day',
    deny: "Don't allow",
    more: 'More',
    block: 'Block this site',
    blockHint: 'It cannot ask again until you unblock it in the PaidChat popup.',
    answeredBy: (model: string, gateway: string) => `${model} by ${gateway}`,
    details: 'Details',
    wholeQuestion: 'Whole question',
    payTo: 'Paid to',
    inputTokens: 'Tokens in',
    alsoOffered: 'Also offered',
    alsoOfferedBy: (methods: string) => `MPP by ${methods}: PaidChat pays by x402 instead`,
    answerTokens: 'Most tokens out',
    notInFront: 'This window is in the background. Click into it, then answer.',
    sending: 'Passing your answer on…',
    stale: 'This has changed since you clicked. Nothing was paid; look at it again.',
    failed: 'PaidChat did not take the answer. Nothing was paid; try again.',
    unreadable: 'PaidChat cannot read this price, so it cannot be paid.',
    void: {
      'page-gone': 'The page has gone; nothing was paid.',
      restarted: 'PaidChat restarted, nothing was paid.',
      answered: 'This has been answered already.',
      stopped: 'This was stopped; nothing was paid.',
    } satisfies Record<VoidReason, string>,
    given: {
      pay: 'Now your wallet asks, in the page’s window.',
      grant: 'Allowed. The site can ask its first question.',
      deny: 'Not allowed. Nothing was paid.',
      block: 'Blocked. Nothing was paid, and this site cannot ask again.',
    },
    closes: 'This window closes by itself.',
  },

  popup: {
    title: 'PaidChat',
    loading: 'Reading your limits…',
    pause: 'Pause',
    paused: 'Paused. No site can pay anything until you switch this off.',
    ledger:
      'PaidChat cannot read or write its record of payments, so it pays nothing. Free some disk space and restart the browser.',
    access: {
      missing: 'The browser keeps PaidChat from the servers and pages it works with, so nothing can be paid.',
      allow: 'Allow access',
    },
    waiting: (cards: number) =>
      cards === 1 ? 'A site waits for your answer.' : `${cards} questions wait for your answer.`,
    show: 'Show',
    sidePanel: 'Side panel',
    openSidePanel: 'Open the side panel',
    thisSite: 'This site',
    mode: 'What this site may do',
    modes: { ask: 'Ask every time', auto: 'Allowed up to its limits', blocked: 'Blocked' },
    modeText: {
      ask: 'You see the price before each payment.',
      blocked: 'This site can neither ask nor pay.',
    },
    autoText: (until: string | undefined) =>
      until === undefined
        ? 'Pays within the limits below without PaidChat’s window. Your wallet still asks each time.'
        : `Pays within the limits below without PaidChat’s window until ${until}. Your wallet still asks each time.`,
    muted: (until: string) => `You refused it three times in a row: it may ask again at ${until}.`,
    letAsk: 'Let it ask now',
    autoTitle: 'Skip PaidChat’s window for this site?',
    autoExplained: (request: string, day: string, month: string) =>
      `Payments up to ${request} each are then made without it, until ${day} a day or ${month} in 30 days is reached. Above that it asks you. Your wallet still asks each time. This ends after 90 days, or after 30 days without a payment.`,
    autoConfirm: 'Allow up to its limits',
    limitsTitle: 'Limits of this site',
    siteLimits: { request: 'One request', day: 'A day', month: '30 days' },
    siteLimitsLong: { request: 'one request', day: 'one day', month: '30 days' },
    asksAbove: (cap: string) => `asks above ${cap}`,
    leftOf: (cap: string) => `left of ${cap}`,
    used: (used: string) => `${used} used`,
    usedHeld: (used: string, held: string) => `${used} used, ${held} of it held`,
    nothingUsed: 'nothing used yet',
    editLimit: (limit: string, cap: string) => `Change the limit for ${limit}, now ${cap}`,
    edit: 'Edit',
    newLimit: (limit: string) => `New limit for ${limit}`,
    lowers: 'Enter or Save lowers it at once.',
    raises: (from: string, to: string) => `Raises the limit from ${from} to ${to}. Click Save to agree.`,
    allSites: 'All sites',
    notHere: 'PaidChat is not on this page',
    notHereText:
      'Browser pages, files and plain http pages have no PaidChat. Open a website that offers answers through it.',
    answers: 'Answers in this tab',
    noAnswers: 'When this page asks something through PaidChat, the answer appears here as it is written.',
    startTitle: 'How a paid answer works',
    start: [
      'Have a wallet extension in this browser, with a little USDC on Base or Solana.',
      'Use a page’s AI button. PaidChat opens a window with the price.',
      'Pay once, or allow a small amount a day. Your wallet signs, the answer comes.',
    ],
    stage: {
      quoting: 'Getting a price…',
      approval: 'Waiting for your approval',
      wallet: 'Waiting for your wallet',
      settling: 'Settling…',
      streaming: 'Answering…',
      done: 'Answered',
      stopped: 'Stopped',
      failed: 'Failed',
    } satisfies Record<RunStage, string>,
    settlingOn: (network: string) =>
      network === 'Base' ? 'Settling on Base (about 2 s)' : `Settling on ${network}`,
    upTo: (amount: string) => `up to ${amount}`,
    paid: (amount: string) => `${amount} paid`,
    perhapsPaid: (amount: string) => `${amount} perhaps paid`,
    notPaid: 'nothing paid',
    incomplete: 'Incomplete',
    unknownAmount: 'An unknown amount',
    tooLittle: (has: string, network: string, costs: string, instead: string | undefined) =>
      `Your wallet has ${has} on ${network} and this costs ${costs}. Nothing was paid: add USDC${instead === undefined ? '' : `, or choose ${instead},`} and ask again.`,
    stoppedAt: 'Stopped here.',
    longAnswer: 'Only a part of this long answer is shown. Copy takes all of it.',
    stop: 'Stop',
    copy: 'Copy',
    copied: 'Copied',
    notCopied: 'Could not copy',
    stopNamed: (question: string) => `Stop: ${question}`,
    copyNamed: (question: string) => `Copy the answer to: ${question}`,
    noQuestion: 'A question',
    payments: 'Recent payments',
    noPayments: 'Nothing paid yet. Each payment will be listed here with its proof on the chain.',
    inTest: (network: string) => `test USDC on ${network}`,
    allPayments: (total: number) => `Show all ${total}`,
    fewerPayments: 'Show fewer',
    status: { settled: 'Paid', pending: 'Held', 'not-paid': 'Not paid' } satisfies Record<
      PaymentView['status'],
      string
    >,
    explorer: 'Proof',
    explorerNamed: (amount: string, site: string) => `Proof of ${amount} to ${site} on the chain, new tab`,
    failed: 'PaidChat did not take that. Try again.',
    version: (version: string) => `Version ${version}`,
  },

  answerer: answererEn,
  held: heldEn,
  dispute: disputeEn,
  payee: payeeEn,
  chain: chainEn,
  panel: panelEn,
  loss: lossEn,
  options: optionsEn,
  run: runEn,
};

/** What a catalogue of another language has to hold. */
export type Text = typeof en;
