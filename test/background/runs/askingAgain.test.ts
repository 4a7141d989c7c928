import { expect, it } from 'vitest';
import { askWalletAgain } from '../../../src/background/runs/askingAgain.ts';
import type { Attempt } from '../../../src/background/runs/attempts.ts';
import type { Deps } from '../../../src/background/deps.ts';
import type { Payment } from '../../../src/core/ledger.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { draft, paymentAfter } from '../../fakes/payments.ts';

it('never asks for a Solana transaction a second time, also while its wallet is being asked', async () => {
  const clock = fakeClock();
  const payment = {
    ...paymentAfter(draft(), clock.nowMs()),
    state: 'signing',
    authorization: { kind: 'svm', readAtMs: clock.nowMs() },
  } as unknown as Payment;
  const asked: string[] = [];
  const deps = {
    clock,
    ledger: { get: async () => payment },
    attempts: {
      find: async () => ({ tabId: 1, documentKey: 'document-1' }) as Attempt,
      askAnew: (id: string) => asked.push(id) > 0,
    },
    policies: { rules: async () => ({ policy: undefined, paused: false }) },
    documents: { reach: async () => ({ key: 'document-1' }) },
  } as unknown as Deps;
  await expect(askWalletAgain(deps, payment.id)).rejects.toMatchObject({ reason: 'cannotAskAgain' });
  expect(asked).toEqual([]);
});
