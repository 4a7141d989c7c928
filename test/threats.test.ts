import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('./', import.meta.url);
const rows = readFileSync(new URL('README.md', folder), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && line.includes('.test.ts'))
  .map((line) =>
    line
      .split('|')
      .slice(1, 4)
      .map((cell) => cell.trim().replaceAll('\\', '')),
  ) as [string, string, string][];

describe('each threat has its test', () => {
  it('in a table of some length', () => {
    expect(rows.length).toBeGreaterThan(40);
  });

  it.each(rows)('%s: %s', (_, file, name) => {
    const source = readFileSync(new URL(file, folder), 'utf8').replaceAll("\\'", "'");
    expect(source).toContain(name);
  });
});
