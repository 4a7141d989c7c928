import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const root = fileURLToPath(new URL('..', import.meta.url));

describe('the packages under "dependencies"', () => {
  it('are those whose code a production build contains', async () => {
    const bundled = await bundledPackages([
      'entrypoints/background.ts',
      'entrypoints/bridge.ts',
      'entrypoints/inpage.content.ts',
      'entrypoints/approval/main.tsx',
      'entrypoints/popup/main.tsx',
      'entrypoints/sidepanel/main.tsx',
    ]);
    const isThere = (name: string) => bundled.has(name) || partsOf(name).some((part) => bundled.has(part));
    const missing = Object.keys(packageJson.dependencies).filter((name) => !isThere(name));
    expect(missing).toEqual([]);
  });
});

/** A package such as `@solana/kit` has no code of its own: it passes on packages that its maker publishes apart, and that are none of ours. */
function partsOf(name: string): string[] {
  const [maker = ''] = name.split('/');
  if (!maker.startsWith('@')) return [];
  const manifest = readFileSync(`${root}node_modules/${name}/package.json`, 'utf8');
  const { dependencies = {} }: { dependencies?: Record<string, string> } = JSON.parse(manifest);
  return Object.keys(dependencies).filter(
    (part) => part.startsWith(`${maker}/`) && !Object.hasOwn(packageJson.dependencies, part),
  );
}

/** The packages of which at least one byte is left after everything unused has been dropped. */
async function bundledPackages(entries: readonly string[]): Promise<Set<string>> {
  const result = await build({
    configFile: false,
    root,
    logLevel: 'silent',
    define: { __RIG_ENDPOINTS__: 'undefined' },
    build: { write: false, target: 'es2023', rollupOptions: { input: [...entries] } },
  });
  const outputs = [result].flat().flatMap((built) => ('output' in built ? built.output : []));
  const modules = outputs.flatMap((file) => (file.type === 'chunk' ? Object.entries(file.modules) : []));
  return new Set(
    modules
      .filter(([, { renderedLength }]) => renderedLength > 0)
      .flatMap(
        ([id]) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id.replaceAll('\\', '/'))?.[1] ?? [],
      ),
  );
}
