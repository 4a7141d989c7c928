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
    const missing = Object.keys(packageJson.dependencies).filter((name) => !bundled.has(name));
    expect(missing).toEqual([]);
  });
});

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
