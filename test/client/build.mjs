// npm run build:client: the npm package for site developers, as a folder that `npm publish` or `npm install` takes.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Writes the package. @param {string} folder */
export async function buildClient(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build({
    configFile: false,
    root,
    logLevel: 'silent',
    publicDir: false,
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'es2022',
      minify: true,
      lib: {
        entry: { index: join(root, 'src/client/index.ts'), mock: join(root, 'src/client/mock.ts') },
        formats: ['es'],
      },
    },
  });
  emitTypes(folder);
  copyFileSync(join(root, 'src/client/README.md'), join(folder, 'README.md'));
  const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const entry = (/** @type {string} */ name) => ({
    types: `./types/client/${name}.d.ts`,
    default: `./${name}.js`,
  });
  const manifest = {
    name: 'paidchat',
    version,
    description: 'Finds window.paidChat, says why where there is none, and has its types and a mock.',
    license,
    type: 'module',
    sideEffects: false,
    exports: { '.': entry('index'), './mock': entry('mock') },
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** @param {string} folder */
function emitTypes(folder) {
  const types = join(folder, 'types');
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const options = ['--declaration', '--emitDeclarationOnly', '--noEmit', 'false', '--outDir', types];
  const project = join(folder, 'tsconfig.json');
  writeFileSync(
    project,
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      // Of browsers alone: a site's project may have no types of Node.
      compilerOptions: { rootDir: join(root, 'src'), types: [] },
      include: [],
      files: ['index', 'mock'].map((name) => join(root, `src/client/${name}.ts`)),
    }),
  );
  execFileSync(process.execPath, [tsc, '-p', project, ...options], { stdio: 'inherit' });
  rmSync(project);
  for (const file of readdirSync(types, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.d.ts')) continue;
    const path = join(types, file);
    // Our own files import with .ts, which only this repository resolves.
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/(from '\.[^']*)\.ts'/g, "$1.js'"));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildClient(join(root, '.output/client'));
  process.stdout.write('Wrote .output/client: the package "paidchat", for npm publish or npm install.\n');
}
