import { runInThisContext } from 'node:vm';
import { expect, it } from 'vitest';
import { bundleSnippet, snippets } from '../rig/guide.ts';

type Guide = { readonly run: (show: (text: string) => void) => Promise<void> };

/** What the guide renders on a server; all others run in e2e/guide.test.ts. */
const rendered = snippets.findIndex((snippet) => snippet.includes('renderToString'));

it('renders on a server, where there is no window, what a browser begins with', async () => {
  const guide = runInThisContext(`${await bundleSnippet(rendered)};guide`) as Guide;
  let said = '';
  await guide.run((more) => {
    said += more;
  });
  expect(said).toBe('<button disabled="">Ask</button> worker');
});
