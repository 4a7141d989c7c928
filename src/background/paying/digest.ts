import { sha256, toBytes } from 'viem';
import { digestInBrowser } from '../../platform/sha256.ts';

/** Up to here script is quicker than the browser's way through another thread; 4 MiB would take it half a second. */
const shortText = 64 * 1024;

/** SHA-256 of a text's UTF-8, hex; a long one does not stop the background for other pages. */
export async function digestOf(text: string): Promise<string> {
  return text.length <= shortText ? sha256(toBytes(text)).slice(2) : digestInBrowser(text);
}
