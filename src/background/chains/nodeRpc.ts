import { isJsonObject } from '../../core/json.ts';
import type { Http } from '../../gateway/http.ts';

/** No answer of a node to us is longer, in bytes. */
const maxAnswer = 512 * 1024;

/** An error that a node itself answered. */
export class NodeRefusal extends Error {
  /** Whether the call was carried out and the contract refused it. */
  readonly isRevert: boolean;

  constructor(method: string, error: unknown) {
    super(`The node did not answer ${method}.`);
    const { code, message } = isJsonObject(error) ? error : {};
    // 3 as geth has it; others say it in words only.
    this.isRevert = code === 3 || (typeof message === 'string' && /revert/i.test(message));
  }
}

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
  if (!isJsonObject(answer)) throw new NodeRefusal(method, undefined);
  if (answer['error'] !== undefined || !('result' in answer)) throw new NodeRefusal(method, answer['error']);
  return answer['result'];
}
