import type { SvmUsdc } from '../../core/assets.ts';
import { isJsonObject } from '../../core/json.ts';
import { microUsdc } from '../../core/money.ts';
import type { MicroUsdc } from '../../core/money.ts';
import type { SvmAuthorization } from '../../core/svmAuthorization.ts';
import type { Http } from '../../gateway/http.ts';
import { fromBase64 } from '../../x402/base64.ts';
import { isSvmAddress, tokenAccountOf } from '../../x402/svmMessage.ts';
import { paysFor, readLanded } from '../../x402/svmTransfer.ts';
import type { LandedTransaction } from '../../x402/svmTransfer.ts';
import type { EndSighting, Evidence, Sighting } from './evidence.ts';
import { askNode } from './nodeRpc.ts';

/** A page of a node's list of transactions, and how many of them one look may take. */
const pageSize = 500;
const maxPages = 40;

/** What one node says is the latest block that most of the network has voted for. */
export interface LatestBlock {
  readonly blockhash: string;
  readonly lastValidBlockHeight: bigint;
  readonly slot: bigint;
}

/** @throws when the node gives no such answer */
export async function readLatestBlock(http: Http, rpcUrl: string): Promise<LatestBlock> {
  const { slot, value } = readContext(
    await askNode(http, rpcUrl, 'getLatestBlockhash', [{ commitment: 'confirmed' }]),
  );
  if (!isJsonObject(value) || !isSvmAddress(value['blockhash']))
    throw new Error('The node gave no blockhash.');
  const { blockhash, lastValidBlockHeight } = value;
  return { blockhash: blockhash, lastValidBlockHeight: readCount(lastValidBlockHeight), slot };
}

/**
 * What an owner has in the token account that payments use, by one node.
 *
 * @returns undefined where there is no such account
 * @throws when the node gives no answer
 */
export async function readTokenAccount(
  http: Http,
  rpcUrl: string,
  { asset }: SvmUsdc,
  owner: string,
): Promise<MicroUsdc | undefined> {
  const account = await tokenAccountOf(owner, asset);
  const options = { encoding: 'base64', commitment: 'confirmed' };
  const { value } = readContext(await askNode(http, rpcUrl, 'getAccountInfo', [account, options]));
  if (value === null) return undefined;
  const [data] =
    isJsonObject(value) && Array.isArray(value['data']) ? (value['data'] as readonly unknown[]) : [];
  const bytes = typeof data === 'string' ? fromBase64(data) : undefined;
  // SPL Token's account: mint and owner, 32 bytes each, then the amount.
  if (!bytes || bytes.length < 72) throw new Error('The node gave no token account.');
  return microUsdc(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(64, true));
}

/**
 * Asks one node what became of a transaction, whatever a wallet has added to it: its memo tells. The height is read
 * first, and the list of the payer's transactions must reach at least as far, so that nothing lands in between.
 *
 * @param provesAnother whether a transaction is the proof of another payment already
 * @throws when the node cannot be reached, or does not know all since the slot of signing: that proves nothing
 */
export async function lookUpTransaction(
  http: Http,
  rpcUrl: string,
  usdc: SvmUsdc,
  authorization: SvmAuthorization,
  provesAnother: (transaction: string) => Promise<boolean>,
): Promise<Sighting> {
  const ask = asker(http, rpcUrl);
  const { finalSlot, isPast, blockTimeMs } = await readFinalBlock(ask, authorization);
  const account = await tokenAccountOf(authorization.from, usdc.asset);
  const transfer = await findTransfer(ask, { usdc, authorization, account, finalSlot, provesAnother });
  const evidence: Evidence = transfer ?? { kind: isPast ? 'expired' : 'open' };
  return { evidence, ...(blockTimeMs === undefined ? {} : { blockTimeMs }) };
}

/**
 * Asks one node whether a transaction can still land, and when its final block was made. That needs nothing of what the
 * node may have forgotten; where it can land no more, it has landed before that time or never.
 *
 * @throws when the node cannot be reached
 */
export async function lookUpEnd(
  http: Http,
  rpcUrl: string,
  authorization: SvmAuthorization,
): Promise<EndSighting> {
  const { isPast, blockTimeMs } = await readFinalBlock(asker(http, rpcUrl), authorization);
  return { isPast, ...(blockTimeMs === undefined ? {} : { blockTimeMs }) };
}

type Ask = (method: string, params: readonly unknown[]) => Promise<unknown>;

function asker(http: Http, rpcUrl: string): Ask {
  return (method, params) => askNode(http, rpcUrl, method, params);
}

/** A node's latest final block, and whether it is too late for a transaction. */
async function readFinalBlock(ask: Ask, { lastValidBlockHeight }: SvmAuthorization) {
  const epoch = await ask('getEpochInfo', [{ commitment: 'finalized' }]);
  if (!isJsonObject(epoch)) throw new Error('The node gave no epoch.');
  const finalSlot = readCount(epoch['absoluteSlot']);
  const isPast = readCount(epoch['blockHeight']) > BigInt(lastValidBlockHeight);
  return { finalSlot, isPast, blockTimeMs: await readBlockTime(ask, finalSlot) };
}

/** What to look for in the final blocks. */
interface Search {
  readonly usdc: SvmUsdc;
  readonly authorization: SvmAuthorization;
  /** The payer's token account. */
  readonly account: string;
  readonly finalSlot: bigint;
  readonly provesAnother: (transaction: string) => Promise<boolean>;
}

/** The payment's transfer, in a walk back through all that its payer did since it was signed. */
async function findTransfer(
  ask: Ask,
  { usdc, authorization, account, finalSlot, provesAnother }: Search,
): Promise<(Evidence & { kind: 'charged' }) | undefined> {
  const since = BigInt(authorization.slot);
  if (readCount(await ask('getFirstAvailableBlock', [])) > since)
    throw new Error('The node has forgotten the time of signing.');
  const minContextSlot = Number(finalSlot);
  let before: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const options = { limit: pageSize, commitment: 'finalized', minContextSlot, ...(before && { before }) };
    const listed = readList(await ask('getSignaturesForAddress', [account, options]));
    for (const { signature, slot, memo, succeeded, ...listedAs } of listed) {
      if (slot < since) return undefined;
      if (!succeeded || !memo.includes(authorization.memo)) continue;
      if (!(await paysFor(await readTransaction(ask, signature), authorization, usdc.asset, account)))
        continue;
      if (await provesAnother(signature)) continue;
      const blockTimeMs = listedAs.blockTimeMs ?? (await readBlockTime(ask, slot));
      if (blockTimeMs === undefined) throw new Error('The node gave no time of the block.');
      return { kind: 'charged', transaction: signature, blockTimeMs };
    }
    // A short page is no end: nodes give fewer than they are asked for, and anybody can lengthen the list with dust.
    if (listed.length === 0) return undefined;
    before = listed.at(-1)?.signature;
  }
  throw new Error('The payer has too many transactions since.');
}

/** When a slot's block was made. @returns undefined where the node does not know, which proves nothing either way */
async function readBlockTime(ask: Ask, slot: bigint): Promise<number | undefined> {
  const seconds = await ask('getBlockTime', [Number(slot)]).catch(() => undefined);
  return typeof seconds === 'number' && Number.isSafeInteger(seconds) && seconds > 0
    ? seconds * 1000
    : undefined;
}

interface Listed {
  readonly signature: string;
  readonly slot: bigint;
  readonly memo: string;
  readonly succeeded: boolean;
  readonly blockTimeMs: number | undefined;
}

function readList(list: unknown): readonly Listed[] {
  if (!Array.isArray(list)) throw new Error('The node gave no list.');
  return (list as readonly unknown[]).map((entry) => {
    if (!isJsonObject(entry)) throw new Error('The node gave an unreadable list.');
    const { signature, slot, memo, err, blockTime } = entry;
    if (typeof signature !== 'string' || err === undefined || !(memo === null || typeof memo === 'string'))
      throw new Error('The node gave an unreadable list.');
    return {
      signature,
      slot: readCount(slot),
      memo: memo ?? '',
      succeeded: err === null,
      blockTimeMs: typeof blockTime === 'number' ? blockTime * 1000 : undefined,
    };
  });
}

/** Version 1 is in use on mainnet, where it is an error to ask for less; a wallet may write its own version. */
const newestVersion = 2;

async function readTransaction(ask: Ask, signature: string): Promise<LandedTransaction> {
  const options = {
    encoding: 'json',
    commitment: 'finalized',
    maxSupportedTransactionVersion: newestVersion,
  };
  return readLanded(await ask('getTransaction', [signature, options]));
}

function readContext(result: unknown): { readonly slot: bigint; readonly value: unknown } {
  if (!isJsonObject(result) || !isJsonObject(result['context']) || !('value' in result))
    throw new Error('The node gave no value.');
  return { slot: readCount(result['context']['slot']), value: result['value'] };
}

function readCount(value: unknown): bigint {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new Error('The node gave no number.');
  return BigInt(value);
}
