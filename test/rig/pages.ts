import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bundleScript } from './bundle.ts';
import type { Chain } from './chain.ts';
import { control } from './control.ts';
import type { RigGateway } from './gateway.ts';
import { bundleSnippet, snippets, ways } from './guide.ts';
import { listen } from './listen.ts';
import type { Balances } from './pages/balances.ts';
import { Refusal } from './quote.ts';
import { json, sendFailure } from './reply.ts';
import { recordRequest } from './requests.ts';
import type { WalletMode } from './wallet/options.ts';

/** What the pages show and carry. */
export interface PagesOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly chain: Chain;
  readonly gateway: RigGateway;
  readonly payer: `0x${string}`;
  readonly payee: `0x${string}`;
  readonly walletMode: WalletMode;
  /** Served at /wallet.js and loaded by the demo page. */
  readonly walletScript: string;
  /** Served at /app.js. */
  readonly appScript: string;
}

/** The running pages. */
export interface Pages {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** As strict as a page can be and still run a script of its own. */
const strictPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'";

/**
 * Serves the demo at `/` and, under a strict content security policy, at `/strict`; the playground for developers at
 * `/playground`; an empty page at `/blank`.
 * `?wallet=none` leaves the test wallet out of the demo.
 */
export async function startPages(options: PagesOptions): Promise<Pages> {
  const { chain, gateway, payer, payee } = options;
  // Few open it: it is bundled when somebody does.
  let playgroundScript: Promise<string> | undefined;

  async function respond(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await recordRequest(message);
    const { pathname, searchParams } = new URL(request.path, 'http://rig');
    const send = (type: string, body: string | Buffer) => {
      response.setHeader('cache-control', 'no-store');
      response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(body);
    };
    switch (pathname) {
      case '/strict':
        response.setHeader('content-security-policy', strictPolicy);
        return send('text/html', await demo(options.walletMode, searchParams.get('wallet') !== 'none'));
      case '/':
        return send('text/html', await demo(options.walletMode, searchParams.get('wallet') !== 'none'));
      case '/blank':
        return send('text/html', '<!doctype html><html lang="en"><title>Blank</title><body></body></html>');
      case '/playground':
        return send('text/html', await playground(options.walletMode));
      case '/playground.js':
        playgroundScript ??= bundleScript('pages/playground.ts', 'rigPlayground');
        return send('text/javascript', await playgroundScript);
      case '/playground/code':
        return send('text/plain', snippets[snippetOf(searchParams)] ?? '');
      case '/playground/run.js':
        return send('text/javascript', await bundleSnippet(snippetOf(searchParams)));
      case '/app.css':
        return send('text/css', await file('app.css'));
      case '/app.js':
        return send('text/javascript', options.appScript);
      case '/wallet.js':
        return send('text/javascript', options.walletScript);
      case '/favicon.ico':
        response.writeHead(204).end();
        return;
      case '/rig/balances':
        return json(response, 200, await balances());
      default:
        if (!pathname.startsWith('/rig/')) throw new Refusal(404, `there is nothing at ${pathname}`);
        return json(response, 200, control(request, gateway.faults, gateway.hold));
    }
  }

  async function balances(): Promise<Balances> {
    const [mine, theirs] = await Promise.all([chain.balanceOf(payer), chain.balanceOf(payee)]);
    return {
      payer: { address: payer, usdc: formatUsdc(mine) },
      payee: { address: payee, usdc: formatUsdc(theirs) },
    };
  }

  const server = await listen((message, response) => {
    respond(message, response).catch((error: unknown) => sendFailure(response, error));
  }, options.port ?? 0);
  return { url: `http://127.0.0.1:${server.port}`, port: server.port, stop: () => server.close() };
}

async function demo(mode: WalletMode, withWallet: boolean): Promise<string> {
  return withTheSide(await file('index.html'), mode, withWallet);
}

async function playground(mode: WalletMode): Promise<string> {
  const choices = Object.entries(ways).map(
    ([name, snippet], index) =>
      `<label><input type="radio" name="way" value="${snippet}"${index === 0 ? ' checked' : ''} /><span>${name}</span></label>`,
  );
  const html = await file('playground.html');
  return withTheSide(html.replace('<!-- ways -->', choices.join('')), mode, true);
}

/** What the pages have in common: the wallet before everything, and the column beside the rest. */
async function withTheSide(html: string, mode: WalletMode, withWallet: boolean): Promise<string> {
  return html
    .replace('<!-- side -->', await file('side.html'))
    .replace('<!-- wallet -->', withWallet ? '<script src="/wallet.js"></script>' : '')
    .replace(`value="${mode}"`, `value="${mode}" checked`);
}

/** @throws {Refusal} 404 for what the playground does not have */
function snippetOf(parameters: URLSearchParams): number {
  const wanted = Number(parameters.get('snippet'));
  if (!Object.values(ways).some((way) => way === wanted)) throw new Refusal(404, 'there is no such snippet');
  return wanted;
}

function file(name: string): Promise<string> {
  return readFile(new URL(`pages/${name}`, import.meta.url), 'utf8');
}

/** Six decimals: "19.995576". */
export function formatUsdc(microUsdc: bigint): string {
  const digits = String(microUsdc).padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
