import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Not on disk: a snippet has the dependencies of the tests. */
const entry = fileURLToPath(new URL('../../snippet.jsx', import.meta.url));

/** The code of the guide for websites, in its order. */
export const snippets: readonly string[] = [
  ...readFileSync(`${root}src/client/README.md`, 'utf8').matchAll(/^```jsx?\n([\s\S]*?)^```/gm),
].map(([, code = '']) => code);

/** Those that ask one question of a model, by what they ask it with. */
export const ways = {
  'paidChat itself': 0,
  'OpenAI SDK': 6,
  'AI SDK': 7,
  LangChain: 8,
} as const;

const bundles = new Map<number, Promise<string>>();

/** A snippet as a script that defines `guide.run(show)`, with what the guide lets it have: its imports, and the question. */
export function bundleSnippet(index: number): Promise<string> {
  const bundle = bundles.get(index) ?? bundleNow(snippets[index] ?? '');
  bundles.set(index, bundle);
  return bundle;
}

async function bundleNow(snippet: string): Promise<string> {
  const isImport = (line: string) => line.startsWith('import ');
  const lines = snippet.split('\n');
  const body = lines.filter((line) => !isImport(line)).join('\n');
  const question = body.includes('const messages')
    ? ''
    : "const messages = [{ role: 'user', content: 'Explain verifiable inference in one paragraph.' }];";
  const code = [...lines.filter(isImport), `export async function run(show) {\n${question}\n${body}\n}`].join(
    '\n',
  );
  const result = await build({
    configFile: false,
    root,
    logLevel: 'silent',
    publicDir: false,
    // React runs effects twice in development alone.
    define: { 'process.env.NODE_ENV': '"development"' },
    oxc: { jsx: { runtime: 'automatic', importSource: 'react' } },
    resolve: {
      alias: {
        'paidchat/mock': `${root}src/client/mock.ts`,
        paidchat: `${root}src/client/index.ts`,
      },
    },
    plugins: [
      {
        name: 'snippet',
        enforce: 'pre',
        resolveId: (id) => (id === entry ? entry : null),
        load: (id) => (id === entry ? code : null),
      },
    ],
    build: { write: false, target: 'es2022', lib: { entry, formats: ['iife'], name: 'guide' } },
  });
  const [output] = [result].flat();
  if (output === undefined || !('output' in output)) throw new Error('The snippet was not bundled.');
  return output.output[0].code;
}
