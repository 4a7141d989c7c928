import { reasons } from '../../../src/core/reasons.ts';
import type { LossView } from '../../../src/protocol/loss.ts';
import type { PaymentView, PopupState, RunView } from '../../../src/protocol/panel.ts';

/** When the previews take place. */
export const previewNowMs = Date.UTC(2026, 2, 4, 12, 50);

const minute = 60_000;

const answer = `The page argues that small payments work once three things hold.

1. The price is known before anything is sent.
2. The wallet that signs belongs to the reader.
3. A limit stops the sum of many small payments.

What to do first: set a limit for the day that you would not mind losing.`;

const run: RunView = {
  id: 'run-1',
  site: 'https://reader.example',
  question: 'Summarise this page in three sentences and say what I should do first.',
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

const { explorerUrl: _explorerUrl, paymentId: _paymentId, ...unpaidRun } = run;

const payment = (index: number, changes: Partial<PaymentView> = {}): PaymentView => ({
  id: `pay-${index}`,
  site: ['https://reader.example', 'https://docs.example.org', 'https://shop.example.co.uk'][index % 3] ?? '',
  model: index % 2 === 0 ? 'ambient/large' : 'ambient/small',
  gateway: 'Ambient JumpGate',
  amount: String(4424 + index * 1310),
  networkName: 'Base',
  atMs: previewNowMs - index * index * 17 * minute - minute,
  status: 'settled',
  explorerUrl: `https://basescan.org/tx/0x${index}`,
  ...changes,
});

const silent = (url: string, daysAgo: number) => ({
  url,
  sinceMs: previewNowMs - daysAgo * 24 * 60 * minute,
  misses: 9,
});

const held = (
  index: number,
  trouble?: NonNullable<PaymentView['trouble']>,
  again?: PaymentView['again'],
): PaymentView => {
  const { explorerUrl: _url, ...facts } = payment(index, {
    status: 'pending',
    heldUntilMs: previewNowMs + 8 * minute,
    ...(trouble === undefined ? {} : { trouble }),
    ...(again === undefined ? {} : { again }),
  });
  return facts;
};

const site: NonNullable<PopupState['site']> = {
  origin: 'https://reader.example',
  mode: 'ask',
  caps: { request: '50000', day: '500000', month: '5000000' },
  use: [
    { limit: 'site-day', cap: '500000', used: '123400', held: '4424' },
    { limit: 'site-month', cap: '5000000', used: '1204424', held: '4424' },
  ],
};

const gateways: PopupState['gateways'] = [
  {
    id: 'jumpgate',
    name: 'Ambient JumpGate',
    defaultModel: 'ambient/large',
    defaultMaxTokens: 1024,
    isDefault: true,
  },
  {
    id: 'rungate',
    name: 'Rungate',
    defaultModel: 'deepseek/deepseek-v3.2',
    defaultMaxTokens: 1024,
    isDefault: false,
  },
];

const base: PopupState = {
  version: '0.1.0',
  site,
  gateways,
  all: [
    { limit: 'all-day', cap: '2000000', used: '310000', held: '4424' },
    { limit: 'all-month', cap: '20000000', used: '2750000', held: '4424' },
  ],
  paused: false,
  ledgerReady: true,
  waiting: 0,
  runs: [run],
  held: [],
  payments: [0, 1, 2].map((index) => payment(index)),
};

const live = (stage: RunView['stage'], changes: Partial<RunView> = {}): RunView => ({
  ...unpaidRun,
  id: 'run-live',
  stage,
  text: '',
  paid: 'no',
  ...changes,
});

const zero = (limits: PopupState['all']) => limits.map((limit) => ({ ...limit, used: '0', held: '0' }));

const newcomer: PopupState = {
  ...base,
  site: { ...site, use: zero(site.use) },
  all: zero(base.all),
  runs: [],
  payments: [],
};

const { site: _site, ...nowhere } = base;
const { site: _noSite, ...newNowhere } = newcomer;
const hostile = '\u202Egpj.exe\u202C <img src=x onerror=alert(1)>';

const without = (lost: LossView | undefined): PopupState => ({
  version: '0.1.0',
  gateways: [],
  all: [],
  paused: false,
  ledgerReady: false,
  waiting: 0,
  runs: [],
  held: [],
  payments: [],
  ...(lost === undefined ? {} : { loss: lost }),
});

/** A record that was lost, of which the witness knows. */
export const loss = (cause: LossView['cause']): LossView => ({
  cause,
  known: {
    atMs: previewNowMs - 20 * minute,
    day: '123400',
    month: '1204424',
    held: '4424',
    heldUntilMs: previewNowMs + 65 * minute,
  },
});

/** The popup's states by name. */
export const popupStates: Readonly<Record<string, PopupState | undefined>> = {
  plain: base,
  newcomer,
  'not-here': nowhere,
  'not-here-newcomer': newNowhere,
  'nothing-here-yet': { ...base, runs: [] },
  streaming: {
    ...base,
    runs: [live('streaming', { text: answer.slice(0, 190), paid: 'yes', networkName: 'Base' }), run],
  },
  quoting: { ...base, runs: [live('quoting')] },
  approval: { ...base, waiting: 1, runs: [live('approval')] },
  wallet: { ...base, runs: [live('wallet')] },
  settling: { ...base, runs: [live('settling')] },
  'two-live': {
    ...base,
    runs: [
      live('streaming', { text: answer.slice(0, 120), paid: 'yes' }),
      live('wallet', { id: 'run-2', question: 'Translate the last paragraph into Spanish.', amount: '2210' }),
    ],
  },
  failed: {
    ...base,
    runs: [
      live('failed', {
        paid: 'unknown',
        problem:
          'The connection broke after the payment was signed: PaidChat counts it until the chain shows whether it was paid; do not pay again yet.',
      }),
      live('stopped', { id: 'run-2', text: answer.slice(0, 90), incomplete: true, paid: 'yes' }),
      live('done', { id: 'run-3', text: answer.slice(0, 140), incomplete: true, paid: 'yes' }),
    ],
  },
  'broke-off': {
    ...base,
    runs: [
      live('failed', {
        text: answer.slice(0, 140),
        incomplete: true,
        paid: 'yes',
        reason: 'streamIdle',
        problem: reasons.streamIdle.text,
      }),
    ],
  },
  auto: { ...base, site: { ...site, mode: 'auto', grantEndsAtMs: previewNowMs + 90 * 24 * 60 * minute } },
  blocked: { ...base, site: { ...site, mode: 'blocked' }, runs: [] },
  muted: { ...base, site: { ...site, mutedUntilMs: previewNowMs + 9 * minute }, runs: [] },
  paused: { ...base, paused: true },
  waiting: { ...base, waiting: 2 },
  'ledger-down': without(undefined),
  'lost-empty': without(loss('empty')),
  'lost-behind': without(loss('behind')),
  'lost-damaged': without(loss('damaged')),
  'lost-unreadable': without({ cause: 'unreadable' }),
  'lost-witness': without(loss('witness-damaged')),
  'lost-witness-unreadable': without({ cause: 'witness-unreadable' }),
  carried: {
    ...base,
    carried: { day: '123400', month: '1204424', held: '4424', heldUntilMs: previewNowMs + 65 * minute },
  },
  'near-limit': {
    ...base,
    site: {
      ...site,
      use: [
        { limit: 'site-day', cap: '500000', used: '497000', held: '60000' },
        { limit: 'site-month', cap: '5000000', used: '5004424', held: '60000' },
      ],
    },
  },
  held: {
    ...base,
    held: [
      held(0, 'wallet-rejected', { kind: 'wallet', untilMs: previewNowMs + 3 * minute }),
      held(1, 'wallet-silent', { kind: 'wallet', untilMs: previewNowMs - 1 }),
      held(2, 'wallet-mismatch'),
      held(3, 'not-sent'),
      held(4, 'no-answer', { kind: 'pay' }),
      held(5, 'refused'),
      held(6),
      held(7, 'wallet-unverified'),
      held(7, 'wallet-unverified'),
    ],
    payments: [held(0, 'wallet-rejected'), payment(1), payment(2, { status: 'not-paid' })],
  },
  'silent-nodes': {
    ...base,
    held: [
      { ...held(0, 'wallet-rejected'), waitsFor: [silent('https://base-rpc.publicnode.com', 13)] },
      { ...held(1, 'no-answer', { kind: 'pay' }), waitsFor: [silent('https://base-rpc.publicnode.com', 13)] },
      {
        ...held(2),
        networkName: 'Solana',
        kind: 'svm',
        waitsFor: [
          silent('https://solana.api.onfinality.io/public', 2),
          silent('https://rpc.solanatracker.io/public', 3),
        ],
      },
    ],
  },
  'proof-is-late': { ...base, held: [{ ...held(0, 'wallet-silent'), heldUntilMs: previewNowMs - 1 }] },
  'proof-is-overdue': {
    ...base,
    held: [
      {
        ...held(0, 'wallet-silent'),
        networkName: 'Solana',
        kind: 'svm',
        atMs: previewNowMs - 37 * 3_600_000,
        heldUntilMs: previewNowMs - 36 * 3_600_000,
      },
    ],
  },
  solana: {
    ...base,
    runs: [
      {
        ...unpaidRun,
        stage: 'failed',
        networkName: 'Solana',
        kind: 'svm',
        text: '',
        paid: 'no',
        problem: 'The wallet has too little USDC for this.',
        problemType: 'insufficient_funds',
        balance: '2000',
        insteadOn: { network: 'eip155:8453', networkName: 'Base' },
      },
    ],
    held: [
      { ...held(0, 'wallet-rejected'), networkName: 'Solana', kind: 'svm' },
      { ...held(1, 'no-answer', { kind: 'pay' }), networkName: 'Solana', kind: 'svm' },
    ],
    payments: [payment(1, { networkName: 'Solana', kind: 'svm' }), payment(2), payment(3)],
  },
  disputed: {
    ...base,
    payments: [
      payment(0, { dispute: 'unanswered', contactUrl: 'https://x.com/ambient_xyz' }),
      payment(1, { dispute: 'never-sent' }),
      payment(2, { dispute: 'not-charged' }),
      payment(3),
    ],
  },
  'many-disputed': {
    ...base,
    payments: Array.from({ length: 5 }, (_, index) => payment(index, { dispute: 'unanswered' })),
  },
  empty: {
    ...base,
    runs: [
      {
        ...run,
        text: '',
        tokens: { input: 17, output: 1000 },
        reasoning: 'The page asks for one paragraph.',
      },
      { ...run, id: 'run-2', text: '', tokens: { input: 17, output: 0 } },
    ],
  },
  refused: {
    ...base,
    runs: [
      live('failed', { paid: 'no', reason: 'declined', problem: reasons.declined.text }),
      live('failed', {
        id: 'run-2',
        paid: 'yes',
        turnedOut: 'unanswered',
        reason: 'paymentUnknown',
        problem: reasons.paymentUnknown.text,
        startedAtMs: previewNowMs - 40 * minute,
      }),
    ],
  },
  'ten-payments': {
    ...base,
    payments: Array.from({ length: 10 }, (_, index) => payment(index)),
  },
  thoughts: {
    ...base,
    runs: [
      {
        ...run,
        model: 'openai/gpt-oss-120b',
        reasoning: 'The page asks for one paragraph. Say what evidence means here, then why it matters.',
        tokens: { input: 17, output: 386 },
        verified: false,
      },
    ],
  },
  'long-answer': { ...base, runs: [{ ...run, text: `${answer}\n\n`.repeat(300) }] },
  hostile: {
    ...base,
    site: {
      ...site,
      origin: `https://login.bank-of-example.com.${'very-long-label-'.repeat(3)}x.evil-domain.co.uk:8443`,
    },
    runs: [
      {
        ...run,
        question: hostile.repeat(400),
        model: `${hostile}${'m'.repeat(10_000)}`,
        text: `${hostile}${'x'.repeat(10_000)}\n# <script>alert(1)</script>`,
        explorerUrl: 'javascript:alert(1)',
      },
      live('failed', { id: 'run-2', question: '', problem: hostile.repeat(200) }),
    ],
    held: [{ ...held(0, 'refused'), site: 'https://xn--pple-43d.example', amount: 'a lot' }],
    payments: [
      payment(0, { model: 'm'.repeat(10_000), explorerUrl: 'javascript:alert(1)', site: 'not an origin' }),
      payment(1, { amount: '123456789012', site: `https://${'a'.repeat(60)}.${'b'.repeat(60)}.example` }),
      payment(2, { site: 'paidchat:panel' }),
    ],
  },
  'own-answerer': {
    ...base,
    site: { ...site, gateway: 'rungate', model: 'moonshotai/kimi-k2.5-with-a-name-that-goes-on-and-on' },
  },
  'removed-answerer': { ...base, site: { ...site, gateway: 'my-gateway', model: 'own/large' } },
  loading: undefined,
};
