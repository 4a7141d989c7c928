import { baseUsdc, solanaUsdc } from '../../../src/core/assets.ts';
import type { NewPayee } from '../../../src/core/payees.ts';
import type { ApprovalCard, ApprovalView, ChainView, LimitUse } from '../../../src/protocol/panel.ts';
import type { AnnouncedWallet } from '../../../src/protocol/wallet.ts';

const use: readonly LimitUse[] = [
  { limit: 'site-day', cap: '500000', used: '123400', held: '4424' },
  { limit: 'site-month', cap: '5000000', used: '1204424', held: '4424' },
  { limit: 'all-day', cap: '2000000', used: '310000', held: '4424' },
  { limit: 'all-month', cap: '20000000', used: '2750000', held: '4424' },
];

const unused: readonly LimitUse[] = use.map((limit) => ({ ...limit, used: '0', held: '0' }));

const payment: NonNullable<ApprovalCard['payment']> = {
  question: 'Summarise this page in three sentences and say what I should do first.',
  model: 'ambient/large',
  gateway: 'Ambient JumpGate',
  network: baseUsdc.network,
  networkName: 'Base',
  kind: 'evm',
  amount: '4424',
  chains: [{ network: baseUsdc.network, networkName: 'Base', amount: '4424' }],
  payTo: '0x12aB34Cd56eF7890aBcDeF1234567890AbCdEf89',
  inputTokens: 17,
  maxOutputTokens: 1000,
};

const onSolana: NonNullable<ApprovalCard['payment']> = {
  ...payment,
  network: solanaUsdc.network,
  networkName: 'Solana',
  kind: 'svm',
  payTo: 'GyGKxMyg1p9SsHfm15MkNUu1u9TN2JtTspcdmrtGUdse',
};

/** Both chains, with what the wallets have there in micro-USDC. */
const bothChains = (base?: string, solana?: string, solanaAmount = '4424'): readonly ChainView[] => [
  {
    network: baseUsdc.network,
    networkName: 'Base',
    amount: '4424',
    ...(base === undefined ? {} : { balance: base }),
  },
  {
    network: solanaUsdc.network,
    networkName: 'Solana',
    amount: solanaAmount,
    ...(solana === undefined ? {} : { balance: solana }),
  },
];

const newPayee: NewPayee = {
  payTo: '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
  pinned: [payment.payTo],
  canAdd: true,
};

const square = (fill: string) =>
  `data:image/svg+xml;base64,${btoa(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" rx="2" fill="${fill}"/></svg>`)}`;

const wallets: readonly AnnouncedWallet[] = [
  { id: 'w1', name: 'Harbour Wallet', rdns: 'example.harbour', icon: square('#3b6fd8') },
  { id: 'w2', name: 'Test Wallet', rdns: 'test.paidchat.wallet', icon: square('#d8743b') },
  { id: 'w3', name: 'Iconless', rdns: 'example.iconless', icon: 'https://tracker.example/pixel.png' },
];

/** The wallets with these balances, on the chain of the card. */
const holding = (...balances: readonly string[]) =>
  balances.flatMap((balance, index) =>
    wallets.slice(index, index + 1).map((wallet) => ({ ...wallet, balance })),
  );

/** A card that everything else is a variation of. */
export const plainCard: ApprovalCard = {
  id: 'card-1',
  version: 1,
  site: 'https://reader.example',
  reason: 'To summarise the article you are reading.',
  payment,
  exceeded: [],
  use,
  mode: 'ask',
  wallets: wallets.slice(0, 1),
};

const { payment: _payment, reason: _reason, ...bare } = plainCard;

const hostile = '\u202Egpj.exe\u202C \u200B<img src=x onerror=alert(1)><b>bold</b> ‮evil ';
const card = (changes: Partial<ApprovalCard>, waiting = 0): ApprovalView => ({
  state: 'card',
  card: { ...plainCard, ...changes },
  waiting,
});

/** The approval window's states by name. */
export const approvalStates: Readonly<Record<string, ApprovalView | undefined>> = {
  plain: card({}),
  first: card({ use: unused }),
  waiting: card({ wallets: [] }, 2),
  'no-reason': { state: 'card', card: { ...bare, payment }, waiting: 0 },
  permission: {
    state: 'card',
    card: { ...bare, use: unused, reason: 'To explain hard words as you read.', suggestedDay: '1000000' },
    waiting: 0,
  },
  'over-day': card({
    payment: { ...payment, amount: '60000' },
    use: [{ limit: 'site-day', cap: '500000', used: '470000', held: '4424' }, ...use.slice(1)],
    exceeded: [{ limit: 'site-day', cap: '500000', used: '470000', held: '4424' }],
  }),
  'over-request': card({
    payment: { ...payment, amount: '80000', maxOutputTokens: 18_000 },
    exceeded: [{ limit: 'request', cap: '50000', used: '0', held: '0' }],
  }),
  'over-two': card({
    payment: { ...payment, amount: '60000' },
    exceeded: [
      { limit: 'site-day', cap: '500000', used: '470000', held: '4424' },
      { limit: 'all-day', cap: '2000000', used: '1980000', held: '4424' },
    ],
  }),
  'over-minute': card({ exceeded: [{ limit: 'per-minute', cap: '10', used: '10', held: '0' }] }),
  changed: card({ version: 2, payment: { ...payment, amount: '6000', changedFrom: '4000' } }),
  earlier: card({ payment: { ...payment, earlier: '4424' } }),
  'new-payee': card({
    payment: {
      ...payment,
      payTo: newPayee.payTo,
      newPayee,
    },
  }),
  'new-payee-again': card({
    payment: {
      ...payment,
      payTo: newPayee.payTo,
      newPayee: {
        ...newPayee,
        pinned: [payment.payTo, '0x90F79bf6EB2c4f870365E785982E1f101E93b906'],
        trustable: 'https://jumpgate.ambient.xyz',
      },
    },
    use: [{ limit: 'site-day', cap: '500000', used: '498000', held: '4424' }, ...use.slice(1)],
    exceeded: [{ limit: 'site-day', cap: '500000', used: '498000', held: '4424' }],
  }),
  'new-payee-full': card({
    payment: {
      ...payment,
      payTo: newPayee.payTo,
      newPayee: {
        ...newPayee,
        pinned: Array.from({ length: 5 }, (_, n) => `0x${String(n).repeat(40)}`),
        canAdd: false,
      },
    },
  }),
  wallets: card({ wallets, chosenWallet: 'w2' }),
  'one-chain': card({
    payment: {
      ...payment,
      chains: [{ network: baseUsdc.network, networkName: 'Base', amount: '4424', balance: '19995576' }],
    },
    wallets: holding('19995576'),
  }),
  chains: card({
    payment: { ...onSolana, chains: bothChains('19995576', '1250000') },
    wallets: holding('1250000'),
  }),
  'chains-unknown': card({ payment: { ...payment, chains: bothChains() } }),
  'chains-prices': card({
    payment: { ...onSolana, amount: '4454', chains: bothChains('19995576', '1250000', '4454') },
    wallets: holding('1250000', '2500000', '0'),
    chosenWallet: 'w1',
  }),
  'too-little': card({
    payment: { ...onSolana, chains: bothChains('19995576', '2000') },
    wallets: holding('2000'),
  }),
  'too-little-everywhere': card({
    payment: { ...onSolana, chains: bothChains('0', '2000') },
    wallets: holding('2000'),
  }),
  'too-little-alone': card({
    payment: {
      ...payment,
      chains: [{ network: baseUsdc.network, networkName: 'Base', amount: '4424', balance: '2000' }],
    },
    wallets: holding('2000'),
  }),
  'chains-long': card({
    payment: {
      ...onSolana,
      chains: [
        ...bothChains('123456789012', '2000'),
        {
          network: 'eip155:31337',
          networkName: 'Entwicklungsumgebungsnetzwerk der Donaudampfschifffahrt',
          isTest: true,
          amount: '1234567',
          balance: '98765432109',
        },
      ],
    },
    wallets: holding('2000', '123456789012'),
  }),
  'new-payee-chains': card({
    payment: {
      ...onSolana,
      chains: bothChains('19995576', '1250000'),
      newPayee: {
        payTo: onSolana.payTo,
        pinned: ['EdmxWPmx2WH6WgFfTdu9xfkYf3k1g5wD1zccTVySEEh1'],
        canAdd: true,
      },
    },
  }),
  localhost: card({ site: 'http://localhost:8700' }),
  'long-origin': card({
    site: `https://login.wallet-connect.secure.bank-of-example.com.${'very-long-label-'.repeat(3)}x.evil-domain.co.uk:8443`,
  }),
  punycode: card({ site: 'https://xn--pple-43d.example' }),
  'long-question': card({
    payment: {
      ...payment,
      question: 'Please explain the following text:\n\n' + 'Lorem ipsum dolor sit amet. '.repeat(200),
    },
  }),
  hostile: card(
    {
      reason: hostile.repeat(300),
      payment: {
        ...payment,
        question: `${hostile}\n`.repeat(400),
        model: `${hostile}${'m'.repeat(10_000)}`,
        gateway: 'g'.repeat(10_000),
        networkName: `Base${'\u0301'.repeat(500)}`,
      },
      wallets: [
        { id: 'h1', name: hostile.repeat(50), rdns: 'x'.repeat(5000), icon: 'javascript:alert(1)' },
        { id: 'h2', name: '', rdns: '', icon: '' },
      ],
    },
    12,
  ),
  'big-amount': card({
    payment: { ...payment, amount: '123456789012' },
    exceeded: [{ limit: 'site-month', cap: '5000000', used: '1204424', held: '0' }],
  }),
  unreadable: card({ payment: { ...payment, amount: '-5' } }),
  'page-gone': { state: 'void', reason: 'page-gone' },
  restarted: { state: 'void', reason: 'restarted' },
  answered: { state: 'void', reason: 'answered' },
  stopped: { state: 'void', reason: 'stopped' },
  loading: undefined,
};
