import { lookUpTransaction, readLatestBlock } from '../../src/background/chains/solanaChain.ts';
import { solanaUsdc } from '../../src/core/assets.ts';
import type { SvmAuthorization } from '../../src/core/svmAuthorization.ts';
import type { Http } from '../../src/gateway/http.ts';
import type { Step } from './checks.ts';

/** As if an owner who has never been paid had signed something just now. */
function unseen(blockhash: string, lastValidBlockHeight: bigint, slot: bigint): SvmAuthorization {
  const nobody = solanaUsdc.asset;
  return {
    kind: 'svm',
    from: nobody,
    to: nobody,
    value: '1',
    memo: 'PaidChat checks its nodes',
    feePayer: nobody,
    blockhash,
    lastValidBlockHeight: lastValidBlockHeight.toString(),
    slot: slot.toString(),
    readAtMs: Date.now(),
    message: '',
  };
}

/** A node as PaidChat uses it: before a payment is signed, and to learn what became of one. */
export async function checkSolanaNode(http: Http, step: Step, url: string): Promise<void> {
  const { host } = new URL(url);
  const { blockhash, lastValidBlockHeight, slot } = await step(
    `${host}: blockhash`,
    () => readLatestBlock(http, url),
    (block) => `slot ${block.slot}, valid to block ${block.lastValidBlockHeight}`,
  );
  await step(
    `${host}: what became of a payment`,
    () => lookUpTransaction(http, url, solanaUsdc, unseen(blockhash, lastValidBlockHeight, slot), never),
    ({ evidence }) => evidence.kind,
  );
}

function never(): Promise<boolean> {
  return Promise.resolve(false);
}
