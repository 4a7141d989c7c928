import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));

/** What the extension's pages live under; the previews prove that the screens do without more. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types paidchat-page-text',
].join('; ');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/** The screens that have previews. */
type PreviewScreen = 'approval' | 'popup' | 'panel' | 'options';

interface PreviewOptions {
  readonly theme?: 'light' | 'dark';
  readonly clock?: 'held';
}

/** The built previews on a local port, under the extension's content security policy. */
export interface PreviewSite {
  /** `held`: time stands still but for `preview.advance`. */
  readonly url: (screen: PreviewScreen, state: string, options?: PreviewOptions) => string;
  readonly stop: () => Promise<void>;
}

/** Builds the previews, into a folder of their own since files of tests run side by side, and serves them. */
export async function startPreviewSite(): Promise<PreviewSite> {
  const output = await mkdtemp(join(tmpdir(), 'paidchat-preview-'));
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: output,
      emptyOutDir: true,
      target: 'es2023',
      modulePreload: false,
      rollupOptions: {
        input: ['approval.html', 'popup.html', 'panel.html', 'options.html'].map((page) => join(root, page)),
      },
    },
  });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/favicon.ico') {
      response.writeHead(204).end();
      return;
    }
    const path = normalize(join(output, pathname));
    const headers = {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'content-security-policy': contentSecurityPolicy,
    };
    readFile(path.startsWith(output) ? path : output).then(
      (body) => response.writeHead(200, headers).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The previews have no port.');
  const { port } = address;
  return {
    url: (screen, state, options = {}) => {
      const query = new URLSearchParams({ state });
      if (options.theme !== undefined) query.set('theme', options.theme);
      if (options.clock === 'held') query.set('held', '');
      return `http://127.0.0.1:${port}/${screen}.html?${query}`;
    },
    async stop() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await rm(output, { recursive: true, force: true });
    },
  };
}
