import { readFile } from 'node:fs/promises';
import { bundleScript } from './bundle.ts';
import { listen } from './listen.ts';

/** The running page. */
export interface RealPage {
  /** On `localhost`: some wallets leave 127.0.0.1 out. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Serves the first page of a browser that pays with real money.
 * @param port - 0: any free port
 */
export async function startRealPage(gateway: string, port: number): Promise<RealPage> {
  const file = (name: string) => readFile(new URL(`pages/${name}`, import.meta.url), 'utf8');
  const html = await file('real.html');
  const parts: Readonly<Record<string, readonly [type: string, body: string]>> = {
    '/': ['text/html', html.replace('<!-- gateway -->', gateway)],
    '/app.css': ['text/css', await file('app.css')],
    '/app.js': ['text/javascript', await bundleScript('pages/real.ts', 'rigReal')],
  };
  const server = await listen(({ url = '/' }, response) => {
    const [type, body] = parts[url] ?? [];
    if (type === undefined) response.writeHead(404).end();
    else
      response
        .writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' })
        .end(body);
  }, port);
  return { url: `http://localhost:${server.port}/`, stop: () => server.close() };
}
