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

describe('each sentence about money in the README', () => {
  const readme = readFileSync(new URL('../README.md', folder), 'utf8');
  const section = /^## What happens to my money if …\n([\s\S]*?)^## /m.exec(readme)?.[1] ?? '';
  const answers = [...section.matchAll(/^- \*\*… (.+)\?\*\* .+$/gm)];
  const linked = (line: string) => [...line.matchAll(/\]\(test\/([^)]+)\)/g)].map(([, file]) => file);

  it('answers a question', () => {
    expect(answers.length).toBeGreaterThan(20);
    expect(section.trim().split('\n')).toHaveLength(answers.length);
  });

  it.each(answers.map(([line, question = '']) => [question, line] as const))(
    'is backed by the tests that it links to: %s',
    (question, line) => {
      const files = rows.filter(([asked]) => asked === question).map(([, file]) => file);
      expect(new Set(linked(line))).toEqual(new Set(files));
      expect(files).not.toEqual([]);
    },
  );
});
