import { setTimeout as delay } from 'node:timers/promises';
import { TransactionReceiptNotFoundError } from 'viem';
import type { Client, Hex, TransactionReceipt } from 'viem';
import { getTransactionReceipt } from 'viem/actions';

/** Longer than any block of the rig's takes. */
const withinMs = 30_000;
const pauseMs = 20;

/**
 * The receipt of a transaction that was sent, once it is there. viem looks when a block comes, and where the receipt
 * comes a moment after its block waits for the next one: on a chain that makes blocks of transactions there may be none.
 *
 * @throws where it is not mined within half a minute
 */
export async function receiptOf(client: Client, hash: Hex): Promise<TransactionReceipt> {
  for (let waitedMs = 0; waitedMs < withinMs; waitedMs += pauseMs) {
    try {
      return await getTransactionReceipt(client, { hash });
    } catch (error) {
      if (!(error instanceof TransactionReceiptNotFoundError)) throw error;
    }
    await delay(pauseMs);
  }
  throw new Error(`The transaction ${hash} was not mined.`);
}
