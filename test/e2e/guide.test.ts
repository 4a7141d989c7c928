import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';
import { firstWords, useStage } from './fixture.ts';

declare const guide: { run: (show: (text: string) => void) => Promise<void> };

/** Not on disk: a snippet has the dependencies of the tests. */
const entry = fileURLToPath(new URL('../../snippet.js', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const stage = useStage();

/** What each snippet of the guide shows, in its order. */
const shows: readonly RegExp[] = [
  new RegExp(`^${firstWords}.* \\[0\\.004424 USDC\\]$`, 's'),
  /^PaidChat \d+\.\d+\.\d+ is here$/,
  /^allowed$/,
  /^price_changed, paid: no, again: false$/,
  /^paid once$/,
  /^Verifiable \[AbortError, paid: yes\]$/,
  new RegExp(`^${firstWords}`),
  new RegExp(`^${firstWords}`),
  new RegExp(`^${firstWords}`),
  /^4001, paid: no$/,
];
const snippets = [
  ...readFileSync(`${root}src/client/README.md`, 'utf8').matchAll(/^```js\n([\s\S]*?)^```/gm),
].map(([, code = '']) => code);

describe('the guide for websites', () => {
  beforeAll(() => stage.allow('guide'));

  it('has a test for each of its snippets', () => {
    expect(snippets).toHaveLength(shows.length);
  });

  it.each(shows.map((shown, index) => [index + 1, shown] as const))(
    'has a snippet %i that runs and shows %s',
    async (number, shown) => {
      const page = await stage.open('guide');
      await page.addScriptTag({ content: await bundled(snippets[number - 1] ?? '') });
      const text = await page.evaluate(async () => {
        let said = '';
        await guide.run((more) => {
          said += more;
        });
        return said;
      });
      expect(text).toMatch(shown);
    },
  );
});

/** A snippet as a function of `show`, with what the guide lets it have: its imports, and the question. */
async function bundled(snippet: string): Promise<string> {
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
    define: { 'process.env.NODE_ENV': '"production"' },
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
    build: {
      write: false,
      target: 'es2022',
      lib: { entry, formats: ['iife'], name: 'guide' },
    },
  });
  const [output] = [result].flat();
  if (output === undefined || !('output' in output)) throw new Error('The snippet was not bundled.');
  return output.output[0].code;
}
