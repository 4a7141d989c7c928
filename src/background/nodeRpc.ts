import { isJsonObject } from '../core/json.ts';
import type { Http } from '../gateway/http.ts';

/** No answer of a node to us is longer, in bytes. */
const maxAnswer = 512 * 1024;

/**
 * Asks one node one thing, by JSON-RPC.
 *
 * @throws when the node cannot be reached or answers something that is no answer: that proves nothing
 */
export async function askNode(
  http: Http,
  url: string,
  method: string,
  params: readonly unknown[],
): Promise<unknown> {
  const response = await http.post(url, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const answer: unknown = JSON.parse(await http.text(response, maxAnswer));
  if (!isJsonObject(answer) || answer['error'] !== undefined || !('result' in answer)) {
    throw new Error(`The node did not answer ${method}.`);
  }
  return answer['result'];
}
