import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildClient } from './build.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'paidchat-client-'));
const installed = join(folder, 'node_modules/paidchat');

beforeAll(() => buildClient(installed));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package for site developers', () => {
  it('is under 3 kB, and imports nothing', () => {
    expect(statSync(join(installed, 'index.js')).size).toBeLessThan(3_000);
    expect(readFileSync(join(installed, 'index.js'), 'utf8')).not.toMatch(/\bimport\b/);
  });

  it('loads where there is no window', async () => {
    const client: { getPaidChat: () => Promise<unknown> } = await import(
      pathToFileURL(join(installed, 'index.js')).href
    );
    expect(await client.getPaidChat()).toEqual({ status: 'missing', reason: 'worker' });
  });

  it('has types that a strict project takes, and that refuse what is wrong', () => {
    copyFileSync(join(root, 'test/client/consumer.ts'), join(folder, 'consumer.ts'));
    const compilerOptions = {
      target: 'es2022',
      module: 'esnext',
      moduleResolution: 'bundler',
      lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, '-p', folder], { stdio: 'pipe', encoding: 'utf8' });
  });
});
