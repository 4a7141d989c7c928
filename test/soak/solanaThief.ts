import { getTransactionDecoder, getTransactionEncoder, signTransaction } from '@solana/kit';
import { solanaSigner } from '../rig/solana/keys.ts';

/**
 * Signs what a page's Solana wallet was asked for, has whoever pays the fees sign it too, and hands it to a node: the
 * page and the gateway together.
 *
 * @param transaction base64
 * @returns whether the node took it
 */
export async function chargeOnSolana(rpcUrl: string, transaction: string): Promise<boolean> {
  const [payer, facilitator] = await Promise.all([solanaSigner('payer'), solanaSigner('facilitator')]);
  const asked = getTransactionDecoder().decode(Buffer.from(transaction, 'base64'));
  const signed = await signTransaction([payer.keyPair, facilitator.keyPair], asked);
  const wire = Buffer.from(getTransactionEncoder().encode(signed)).toString('base64');
  const params = [wire, { encoding: 'base64' }];
  const response = await fetch(rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'sendTransaction', params }),
  });
  return !('error' in ((await response.json()) as object));
}
