import { reasons } from '../../../src/core/reasons.ts';
import type { PageContent, PanelState, RunView, TabWallet } from '../../../src/protocol/panel.ts';
import type { PanelQuote } from '../../../src/protocol/panelChat.ts';
import { loss, previewNowMs } from './popupStates.ts';

/** What the panel's background says in a preview. */
export interface PanelStart {
  readonly state?: PanelState;
  readonly page?: PageContent;
  readonly wallet?: TabWallet;
  /** What every question is quoted; absent: JumpGate's documented example. */
  readonly quote?: PanelQuote;
  /** A quote never comes. */
  readonly silent?: boolean;
}

const minute = 60_000;

const answer = `The page argues that small payments work once three things hold.

1. The price is known before anything is sent.
2. The wallet that signs belongs to the reader.
3. A limit stops the sum of many small payments.

What to do first: set a limit for the day that you would not mind losing.`;

const thoughts = `The reader wants the page in short. It has three points, each with an example.

The second one is the most often misread, so it needs its own sentence.`;

const done: RunView = {
  id: 'run-1',
  site: 'paidchat:panel',
  question: 'Summarise this page',
  model: 'ambient/large',
  gateway: 'Ambient JumpGate',
  networkName: 'Base',
  stage: 'done',
  text: answer,
  incomplete: false,
  amount: '4424',
  paid: 'yes',
  paymentId: 'pay-1',
  explorerUrl: 'https://basescan.org/tx/0x1',
  startedAtMs: previewNowMs - minute,
};

const { explorerUrl: _explorerUrl, paymentId: _paymentId, ...unpaid } = done;

const run = (changes: Partial<RunView>): RunView => ({
  ...unpaid,
  id: 'run-2',
  question: 'Which of the three is hardest to get right, and why?',
  text: '',
  paid: 'no',
  startedAtMs: previewNowMs,
  ...changes,
});

const base: PanelState = {
  site: 'https://reader.example',
  defaultMaxTokens: 1024,
  use: [{ limit: 'panel-day', cap: '1000000', used: '123400', held: '4424' }],
  paused: false,
  ledgerReady: true,
  runs: [],
};

const paragraph = 'A message is a letter; a paid one carries a ticket with a stub. ';

/** A page as the bridge serialises it. */
export const readerPage: PageContent = {
  title: 'Small payments, and why they are hard',
  url: 'https://reader.example/small-payments?session=private',
  html: `<html><head><title>Small payments</title><style>p{}</style></head><body><nav>Home About</nav>
    <main><h1>Small payments</h1><p>${paragraph.repeat(12)}</p><p hidden>Hidden words</p>
    <ul><li>Price first</li><li><p>Limits</p></li></ul><script>alert('script words')</script>
    <img src="https://tracker.example/pixel.png" onerror="alert(1)"></main><footer>Imprint</footer></body></html>`,
  selection: '',
};

const page = readerPage;
const spent = {
  ...base,
  use: [{ limit: 'panel-day', cap: '1000000', used: '998000', held: '4424' }],
} as const;
const limitProblem =
  'This payment would pass a limit the person has set: they can raise it in the PaidChat popup.';
const hostile = '\u202Egpj.exe\u202C <img src=x onerror=alert(1)>';

/** The side panel's states by name. */
export const panelStates: Readonly<Record<string, PanelStart>> = {
  plain: { state: base, page },
  fresh: { state: { ...base, use: [{ limit: 'panel-day', cap: '1000000', used: '0', held: '0' }] }, page },
  selection: { state: base, page: { ...page, selection: 'A limit stops the sum of many small payments.' } },
  'no-page': { state: base },
  'long-page': { state: base, page: { ...page, html: `<main>${`<p>${paragraph}</p>`.repeat(900)}</main>` } },
  answered: { state: { ...base, runs: [done] }, page },
  'long-model': { state: { ...base, runs: [{ ...done, model: 'deepseek-ai/DeepSeek-V3.2-Exp' }] }, page },
  streaming: {
    state: {
      ...base,
      runs: [
        run({
          stage: 'streaming',
          text: answer.slice(0, 190),
          paid: 'yes',
          explorerUrl: 'https://basescan.org/tx/0x2',
        }),
        done,
      ],
    },
    page,
  },
  'too-little-solana': {
    state: {
      ...base,
      runs: [
        run({
          stage: 'failed',
          networkName: 'Solana',
          kind: 'svm',
          problem: 'The wallet has too little USDC for this.',
          problemType: 'insufficient_funds',
          balance: '2000',
          insteadOn: { network: 'eip155:8453', networkName: 'Base' },
        }),
        done,
      ],
    },
    page,
  },
  'signing-solana': {
    state: { ...base, runs: [run({ stage: 'wallet', networkName: 'Solana', kind: 'svm' }), done] },
    page,
  },
  thoughts: {
    state: {
      ...base,
      runs: [
        run({
          stage: 'streaming',
          model: 'openai/gpt-oss-120b',
          gateway: 'Rungate',
          reasoning: thoughts.slice(0, 160),
          paid: 'yes',
        }),
        {
          ...done,
          model: 'openai/gpt-oss-120b',
          gateway: 'Rungate',
          reasoning: thoughts,
          tokens: { input: 1204, output: 386 },
          verified: true,
        },
      ],
    },
    page,
  },
  wallet: { state: { ...base, runs: [run({ stage: 'wallet' }), done] }, page },
  settling: { state: { ...base, runs: [run({ stage: 'settling', paid: 'unknown' })] }, page },
  stopped: {
    state: {
      ...base,
      runs: [run({ stage: 'stopped', text: answer.slice(0, 90), incomplete: true, paid: 'yes' }), done],
    },
    page,
  },
  'stopped-unpaid': {
    state: {
      ...base,
      runs: [run({ stage: 'stopped', problem: 'The person stopped this.', problemType: 'user_rejected' })],
    },
    page,
  },
  'over-limit': {
    state: {
      ...spent,
      runs: [run({ stage: 'failed', problem: limitProblem, problemType: 'limit_exceeded' }), done],
    },
    page,
  },
  'new-payee': {
    state: {
      ...base,
      runs: [
        run({
          stage: 'failed',
          problem: 'The gateway asks to pay another address than before.',
          problemType: 'unsafe_payment_request',
          newPayee: {
            payTo: '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
            pinned: ['0x12aB34Cd56eF7890aBcDeF1234567890AbCdEf89'],
            canAdd: true,
            trustable: 'https://jumpgate.ambient.xyz',
          },
        }),
      ],
    },
    page,
  },
  'too-little': {
    state: {
      ...base,
      runs: [
        run({
          stage: 'failed',
          balance: '1200',
          problem: 'Too little USDC.',
          problemType: 'insufficient_funds',
        }),
      ],
    },
    page,
  },
  rejected: {
    state: {
      ...base,
      runs: [
        run({
          stage: 'failed',
          problemType: 'user_rejected',
          again: { kind: 'wallet', untilMs: Number.MAX_SAFE_INTEGER },
          problem:
            'The wallet refused to sign: not paid, and the amount stays counted until a signature can no longer be used, in case the page kept one.',
        }),
      ],
    },
    page,
  },
  broke: {
    state: {
      ...base,
      runs: [
        run({
          stage: 'failed',
          paid: 'yes',
          incomplete: true,
          text: answer.slice(0, 130),
          reason: 'streamError',
          problem: reasons.streamError.text,
        }),
      ],
    },
    page,
  },
  'dear-quote': {
    state: base,
    page,
    quote: {
      model: 'ambient/large',
      amount: '6000',
      maxAmount: '6050',
      inputTokens: 250,
      maxOutputTokens: 1000,
    },
  },
  'slow-quote': { state: base, page, silent: true },
  'no-wallet': { state: base, page, wallet: 'none' },
  unreachable: { state: base, wallet: 'unreachable' },
  paused: { state: { ...base, paused: true, runs: [done] }, page },
  'lost-behind': { state: { ...base, ledgerReady: false, use: [], loss: loss('behind') }, page },
  'ledger-down': { state: { ...base, ledgerReady: false, use: [] }, page },
  hostile: {
    state: {
      ...base,
      runs: [
        {
          ...done,
          question: hostile.repeat(60),
          model: `${hostile}${'m'.repeat(10_000)}`,
          text: `${hostile}${'x'.repeat(10_000)}\n# <script>alert(1)</script>`,
          explorerUrl: 'javascript:alert(1)',
        },
      ],
    },
    page: { ...page, title: hostile.repeat(100), url: 'https://other.example/' },
  },
  loading: {},
};
