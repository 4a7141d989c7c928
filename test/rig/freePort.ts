import { listen } from './listen.ts';

/** @returns the port when nobody listens there, 0 ("any") otherwise */
export async function freePort(preferred: number): Promise<number> {
  try {
    const listening = await listen((_request, response) => response.end(), preferred);
    await listening.close();
    return preferred;
  } catch {
    return 0;
  }
}
