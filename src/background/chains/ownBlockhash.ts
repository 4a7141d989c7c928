import type { SvmUsdc } from '../../core/assets.ts';
import { withTimeout } from '../../core/clock.ts';
import { Failure } from '../../core/failure.ts';
import type { OwnBlockhash } from '../../x402/svmGate.ts';
import type { Deps } from '../deps.ts';
import type { SvmOffer } from '../../x402/offer.ts';
import { readLatestBlock, readTokenAccount } from './solanaChain.ts';

/** The wallet's prompt waits for this. */
const withinMs = 2_000;
/** Two have to answer, where the person has not chosen a single one: one alone could name any end of the hold. */
const enoughNodes = 2;
/** Twice the blocks of that time: so much later may one that lies have been asked than another. */
const spareBlocks = 10n;

/**
 * What a payment on Solana needs before it is built: a fresh blockhash, and a payee who can be paid. A transfer to
 * somebody without a token account fails on the chain, after the person was asked to sign it.
 *
 * @throws {Failure} nodesSilent, payeeWithoutAccount
 */
export async function readyOnSolana(
  deps: Pick<Deps, 'http' | 'clock'>,
  { usdc, payTo }: SvmOffer,
): Promise<OwnBlockhash> {
  const [blockhash, canReceive] = await Promise.all([
    latestBlockhash(deps, usdc),
    hasAccount(deps, usdc, payTo),
  ]);
  if (canReceive === false) throw new Failure('payeeWithoutAccount');
  return blockhash;
}

/** @returns undefined where no node says so in time, or they disagree */
async function hasAccount(
  { http, clock }: Pick<Deps, 'http' | 'clock'>,
  usdc: SvmUsdc,
  owner: string,
): Promise<boolean | undefined> {
  const asked = usdc.rpcUrls.map((url) =>
    withTimeout(clock, withinMs, readTokenAccount(http, url, usdc, owner), () => new Error('late')).then(
      (amount) => amount !== undefined,
      () => undefined,
    ),
  );
  const answers = (await Promise.all(asked)).filter((answer) => answer !== undefined);
  return answers.every((answer) => answer === answers[0]) ? answers[0] : undefined;
}

/**
 * A fresh blockhash of our own nodes. All are asked, and the last block that any of them names, and some more, is the one
 * that must be over before a payment is given up: a node that names an early one cannot make a hold look expired.
 *
 * @throws {Failure} nodesSilent
 */
async function latestBlockhash(
  { http, clock }: Pick<Deps, 'http' | 'clock'>,
  usdc: SvmUsdc,
): Promise<OwnBlockhash> {
  const readAtMs = clock.nowMs();
  const asked = usdc.rpcUrls.map((url) =>
    withTimeout(clock, withinMs, readLatestBlock(http, url), () => new Error('late')).catch(() => undefined),
  );
  const blocks = (await Promise.all(asked)).filter((block) => block !== undefined);
  const [newest] = blocks.toSorted((a, b) => (a.slot > b.slot ? -1 : 1));
  const enough = Math.min(enoughNodes, usdc.rpcUrls.length);
  if (!newest || blocks.length < enough) throw new Failure('nodesSilent');
  const lastValidBlockHeight = blocks.reduce(
    (height, block) => (block.lastValidBlockHeight > height ? block.lastValidBlockHeight : height),
    newest.lastValidBlockHeight,
  );
  return {
    blockhash: newest.blockhash,
    lastValidBlockHeight: enough > 1 ? lastValidBlockHeight + spareBlocks : lastValidBlockHeight,
    // Earlier, so that the walk back from today never stops too soon.
    slot: blocks.reduce((slot, block) => (block.slot < slot ? block.slot : slot), newest.slot),
    readAtMs,
  };
}
