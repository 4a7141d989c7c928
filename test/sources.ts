import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** An import or a re-export of another module. */
export interface Import {
  /** As written: './money.ts', 'preact/hooks'. */
  readonly specifier: string;
  /** The file, from the project's root, where it is one of ours. */
  readonly file: string | undefined;
  /** Gone after compilation. */
  readonly typeOnly: boolean;
}

/** A source file as its own syntax describes it. */
export interface Source {
  /** From the project's root, with slashes: 'src/core/money.ts'. */
  readonly path: string;
  /** 'core' for 'src/core/money.ts', 'entrypoints' for those. */
  readonly folder: string;
  readonly text: string;
  readonly imports: readonly Import[];
  readonly exportedNames: readonly string[];
  readonly hasDefaultExport: boolean;
  /** What it passes on from other modules. */
  readonly passesOn: { readonly everything: boolean; readonly values: boolean; readonly onlyThat: boolean };
  /** Names read as global objects or as properties: `chrome` in `chrome.tabs` and in `globalThis.chrome`. */
  readonly touched: ReadonlySet<string>;
}

/** Every TypeScript file under src and entrypoints. */
export function readSources(): readonly Source[] {
  return ['src', 'entrypoints'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
      .map((path) => readSource([top, ...path.split(sep)].join('/'))),
  );
}

/**
 * Reads one file.
 * @param path - from the project's root
 */
function readSource(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const { module, program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  const exported = module.staticExports.flatMap(({ entries }) => entries);
  const specifiers = [
    ...module.staticImports.map(({ moduleRequest, entries }) => ({
      specifier: moduleRequest.value,
      typeOnly: entries.length > 0 && entries.every(({ isType }) => isType),
    })),
    ...exported.flatMap(({ moduleRequest, isType }) =>
      moduleRequest === null ? [] : [{ specifier: moduleRequest.value, typeOnly: isType }],
    ),
    ...module.dynamicImports.map(({ moduleRequest }) => ({
      specifier: text.slice(moduleRequest.start, moduleRequest.end).replace(/^['"]|['"]$/g, ''),
      typeOnly: false,
    })),
  ];
  const touched = new Set<string>();
  noteTouched(program, touched);
  return {
    path,
    folder: path.split('/')[path.startsWith('src/') ? 1 : 0] ?? '',
    text,
    imports: specifiers.map(({ specifier, typeOnly }) => ({
      specifier,
      typeOnly,
      file: specifier.startsWith('.')
        ? normalize(join(dirname(path), specifier))
            .split(sep)
            .join('/')
        : undefined,
    })),
    exportedNames: exported.flatMap(({ exportName }) => exportName.name ?? []),
    hasDefaultExport: exported.some(({ exportName }) => exportName.kind === 'Default'),
    passesOn: {
      everything: exported.some(({ importName }) => importName.kind.startsWith('All')),
      values: exported.some(({ moduleRequest, isType }) => moduleRequest !== null && !isType),
      onlyThat: exported.length > 0 && exported.every(({ moduleRequest }) => moduleRequest !== null),
    },
    touched,
  };
}

function noteTouched(node: unknown, touched: Set<string>): void {
  if (Array.isArray(node)) {
    for (const item of node) noteTouched(item, touched);
  } else if (isNode(node)) {
    if (node.type === 'MemberExpression') {
      for (const side of [node['object'], node['property']]) {
        if (isNode(side) && side.type === 'Identifier') touched.add(String(side['name']));
      }
    }
    for (const value of Object.values(node)) noteTouched(value, touched);
  }
}

function isNode(value: unknown): value is { readonly type: string; readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/**
 * Every file that is reached from `path` by what remains after compilation, itself included, and the packages that
 * they import.
 */
export function reach(
  sources: readonly Source[],
  path: string,
): { readonly files: ReadonlySet<string>; readonly packages: ReadonlySet<string> } {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (current: string) => {
    if (files.has(current)) return;
    files.add(current);
    for (const { file, specifier, typeOnly } of byPath.get(current)?.imports ?? []) {
      if (typeOnly) continue;
      if (file === undefined) packages.add(packageOf(specifier));
      else visit(file);
    }
  };
  visit(path);
  return { files, packages };
}

/** 'preact' for 'preact/hooks', '@x402/core' for '@x402/core/http'. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
