import { describe, expect, it } from 'vitest';
import { packageOf, reach, readSources } from './sources.ts';
import type { Source } from './sources.ts';

/** What a folder may import: other folders of ours, and packages. A new edge is a decision: change it here first. */
interface Rule {
  readonly folders: readonly string[];
  readonly packages: readonly string[];
}

const inThePage = ['core', 'protocol', 'platform'];

const rules: Readonly<Record<string, Rule>> = {
  core: { folders: [], packages: ['tldts'] },
  x402: {
    folders: ['core'],
    packages: ['@noble/curves', '@solana/kit', '@x402/core', '@x402/evm', '@x402/fetch', '@x402/svm', 'viem'],
  },
  protocol: { folders: ['core'], packages: ['valibot'] },
  gateway: { folders: ['core', 'x402', 'protocol'], packages: ['eventsource-parser'] },
  storage: { folders: ['core', 'x402', 'protocol'], packages: ['idb', 'valibot'] },
  platform: { folders: ['core', 'protocol'], packages: ['webextension-polyfill'] },
  background: {
    folders: ['core', 'x402', 'protocol', 'gateway', 'storage', 'platform'],
    packages: ['valibot', 'viem'],
  },
  bridge: { folders: inThePage, packages: [] },
  inpage: { folders: inThePage, packages: [] },
  wallet: { folders: inThePage, packages: ['mipd'] },
  // Whose published types it passes on.
  client: { folders: [...inThePage, 'inpage'], packages: [] },
  ui: { folders: ['core', 'protocol'], packages: ['preact', '@preact/signals'] },
  entrypoints: {
    folders: ['core', 'platform', 'background', 'bridge', 'inpage', 'wallet', 'ui', 'package.json'],
    packages: ['preact', 'wxt'],
  },
};

/** The parts of background, and those whose code each may run; types go anywhere, and the files beside them too. */
const partsOfBackground: Readonly<Record<string, readonly string[]>> = {
  chains: [],
  paying: ['chains'],
  runs: ['chains', 'paying'],
  pages: ['chains', 'paying', 'runs'],
  screens: ['chains', 'paying', 'runs'],
};

/** What runs in the pages of others may come to this file of platform only. */
const channel = 'src/platform/channel.ts';

const sources = readSources();
const folders = [...new Set(sources.map(({ folder }) => folder))];

describe('the import table', () => {
  it.each(folders)('lets %s import no folder but those it may', (folder) => {
    const allowed = [folder, ...(rules[folder]?.folders ?? [])];
    expect(importsOf(folder, ({ file }) => file !== undefined && !allowed.includes(folderOf(file)))).toEqual(
      [],
    );
  });

  it.each(folders)('lets %s import no package but those it may', (folder) => {
    const allowed = rules[folder]?.packages ?? [];
    expect(
      importsOf(
        folder,
        ({ file, specifier }) => file === undefined && !allowed.includes(packageOf(specifier)),
      ),
    ).toEqual([]);
  });

  it('has no rule for an edge or package that nobody uses', () => {
    const unused = Object.entries(rules).flatMap(([folder, rule]) => {
      const used = sources.filter((source) => source.folder === folder).flatMap(({ imports }) => imports);
      return rule.packages
        .filter(
          (name) => !used.some(({ file, specifier }) => file === undefined && packageOf(specifier) === name),
        )
        .map((name) => `${folder} → ${name}`);
    });
    expect(unused).toEqual([]);
  });

  it.each(['bridge', 'inpage', 'wallet', 'client'])(
    'lets %s reach platform by its channel only',
    (folder) => {
      expect(
        importsOf(
          folder,
          ({ file }) => file !== undefined && folderOf(file) === 'platform' && file !== channel,
        ),
      ).toEqual([]);
    },
  );

  it('lets client have the types of inpage, and none of its code', () => {
    expect(
      importsOf('client', ({ file, typeOnly }) => !typeOnly && file?.startsWith('src/inpage/') === true),
    ).toEqual([]);
  });

  it.each(['bridge', 'inpage', 'wallet', 'client'])('keeps schemas out of %s', (folder) => {
    expect(importsOf(folder, ({ file }) => file?.endsWith('Schemas.ts') === true)).toEqual([]);
  });

  it.each(Object.entries(partsOfBackground))('lets %s of background run code only of %j', (part, below) => {
    const inPart = sources.filter(({ path }) => partOf(path) === part);
    expect(inPart).not.toEqual([]);
    const edges = inPart.flatMap(({ path, imports }) =>
      imports
        .filter(({ typeOnly }) => !typeOnly)
        .flatMap(({ file }) => {
          const other = file === undefined ? undefined : partOf(file);
          return other === undefined || [part, ...below].includes(other) ? [] : [`${path} → ${file}`];
        }),
    );
    expect(edges).toEqual([]);
  });

  it('has no cycle', () => {
    const cycles = sources.filter(({ path, imports }) =>
      imports.some(
        ({ file, typeOnly }) => !typeOnly && file !== undefined && reach(sources, file).files.has(path),
      ),
    );
    expect(cycles.map(({ path }) => path)).toEqual([]);
  });
});

describe('what runs in every page', () => {
  it.each([
    ['entrypoints/bridge.ts', ['wxt']],
    ['entrypoints/inpage.content.ts', ['mipd', 'wxt']],
  ])('carries from %s no package but %j', (entry, packages) => {
    expect([...reach(sources, entry).packages].toSorted()).toEqual(packages);
  });

  it.each(['entrypoints/bridge.ts', 'entrypoints/inpage.content.ts'])(
    'carries from %s no schema and nothing that decides or stores',
    (entry) => {
      const reached = [...reach(sources, entry).files];
      const foreign = ['background', 'storage', 'gateway', 'x402', 'ui'];
      expect(
        reached.filter((path) => path.endsWith('Schemas.ts') || foreign.includes(folderOf(path))),
      ).toEqual([]);
    },
  );
});

describe('what reads or shows strangers’ words', () => {
  it.each([
    'src/background/paying/answer.ts',
    'src/gateway/paidAnswer.ts',
    'src/ui/popup/AnswerText.tsx',
    'src/ui/popup/Thoughts.tsx',
    'src/ui/panel/parsePage.ts',
  ])('reaches from %s nothing that pays, signs, stores or calls the background', (entry) => {
    const reached = [...reach(sources, entry).files].filter((path) => path !== entry);
    const acting = ['background', 'storage', 'x402', 'wallet', 'bridge', 'inpage', 'platform', 'entrypoints'];
    expect(reached).not.toEqual([]);
    expect(reached.filter((path) => acting.includes(folderOf(path)))).toEqual([]);
  });
});

describe('the browser API', () => {
  it('comes in through one file', () => {
    const importers = sources.filter(({ imports }) =>
      imports.some(({ specifier, typeOnly }) => specifier === 'webextension-polyfill' && !typeOnly),
    );
    expect(importers.map(({ path }) => path)).toEqual(['src/platform/browser.ts']);
  });

  it('is touched in src by platform only', () => {
    const touching = sources.filter(
      ({ folder, touched }) =>
        folder !== 'platform' &&
        folder !== 'entrypoints' &&
        (touched.has('chrome') || touched.has('browser')),
    );
    expect(touching.map(({ path }) => path)).toEqual([]);
  });
});

describe('a source file', () => {
  it('exports by name; defaults are for entrypoints, which WXT wants so', () => {
    expect(violators(({ folder, hasDefaultExport }) => hasDefaultExport && folder !== 'entrypoints')).toEqual(
      [],
    );
  });

  it('is no barrel, and passes nothing on from another: but the browser API and the published types, from one file each', () => {
    const barrels = violators(({ passesOn }) => passesOn.everything || passesOn.values || passesOn.onlyThat);
    expect(barrels).toEqual(['src/client/index.ts', 'src/platform/browser.ts']);
  });

  it('is at most 300 lines long', () => {
    expect(violators(({ text }) => text.trimEnd().split('\n').length > 300)).toEqual([]);
  });

  it('has a name in camelCase, or that of the one thing in PascalCase that it exports', () => {
    const wellNamed = ({ path, folder, exportedNames }: Source) => {
      const name = nameOf(path);
      if (folder === 'entrypoints') return /^[a-z][A-Za-z0-9]*(\.content)?$/.test(name);
      return /^[A-Z]/.test(name) ? exportedNames.includes(name) : /^[a-z][A-Za-z0-9]*$/.test(name);
    };
    expect(violators((source) => !wellNamed(source))).toEqual([]);
  });

  it('says what it is: no utils, helpers, managers, services', () => {
    expect(
      violators(({ path }) => /utils?|helpers?|manager|service|misc|common/i.test(nameOf(path))),
    ).toEqual([]);
  });

  it('imports files of ours with their extension', () => {
    const withoutExtension = sources.flatMap(({ path, imports }) =>
      imports
        .filter(({ file }) => file !== undefined && !/\.(tsx?|css|json)$/.test(file))
        .map(({ specifier }) => `${path} → ${specifier}`),
    );
    expect(withoutExtension).toEqual([]);
  });
});

function importsOf(folder: string, fits: (one: Source['imports'][number]) => boolean): string[] {
  return sources
    .filter((source) => source.folder === folder)
    .flatMap(({ path, imports }) =>
      imports.filter(fits).map(({ specifier, file }) => `${path} → ${file ?? specifier}`),
    );
}

function violators(violates: (source: Source) => boolean): string[] {
  return sources.filter(violates).map(({ path }) => path);
}

/** A file at the top, such as `package.json`, is its own folder. */
function folderOf(path: string): string {
  return path.split('/')[path.startsWith('src/') ? 1 : 0] ?? '';
}

/** 'paying' for 'src/background/paying/terms.ts'; undefined for what is in no part of background. */
function partOf(path: string): string | undefined {
  return /^src\/background\/([^/]+)\//.exec(path)?.[1];
}

function nameOf(path: string): string {
  return (path.split('/').at(-1) ?? '').replace(/\.tsx?$/, '');
}
