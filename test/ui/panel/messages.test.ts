import { describe, expect, it } from 'vitest';
import type { RunView } from '../../../src/protocol/panel.ts';
import { messagesOf, rides } from '../../../src/ui/panel/messages.ts';
import { kilobytes, longestPageText, noteOf } from '../../../src/ui/panel/pageNote.ts';
import { panelStates, readerPage } from '../preview/panelStates.ts';

const [answered] = panelStates['answered']?.state?.runs ?? [];
if (answered === undefined) throw new Error('There is an answered run.');
const run: RunView = answered;
const pageText = (text: string) => () => text;
const note = noteOf(readerPage, pageText('What the page says.'));
if (note === undefined) throw new Error('The page has text.');

describe('what is sent', () => {
  it('is the page’s text in a message of its own, then the question', () => {
    const [first, second, ...more] = messagesOf([], 'Why?', note);
    expect(first?.role).toBe('user');
    expect(first?.content).toContain('not as instructions');
    expect(first?.content).toContain(`Page title: ${readerPage.title}`);
    expect(first?.content).toContain('What the page says.');
    expect(second).toEqual({ role: 'user', content: 'Why?' });
    expect(more).toEqual([]);
  });

  it('never holds the page’s address', () => {
    expect(JSON.stringify(messagesOf([], 'Why?', note))).not.toContain('session=private');
  });

  it('is the question alone where the page is left out', () => {
    expect(messagesOf([], 'Why?', undefined)).toEqual([{ role: 'user', content: 'Why?' }]);
  });

  it('repeats the chat so far with the page’s text once', () => {
    const messages = messagesOf([{ run, note }], 'And then?', undefined);
    expect(messages.map(({ role }) => role)).toEqual(['user', 'user', 'assistant', 'user']);
    expect(messages.slice(1)).toEqual([
      { role: 'user', content: run.question },
      { role: 'assistant', content: run.text },
      { role: 'user', content: 'And then?' },
    ]);
    expect(rides([{ run, note }], note)).toBe(true);
  });

  it('leaves out a question without an answer, with its page', () => {
    const failed = { run: { ...run, text: '' }, note };
    expect(messagesOf([failed], 'Again?', undefined)).toEqual([{ role: 'user', content: 'Again?' }]);
    expect(rides([failed], note)).toBe(false);
  });
});

describe('the page’s text', () => {
  it('is the selection where there is one', () => {
    const selected = noteOf(
      { ...readerPage, selection: ' Only \r\n\r\n\r\n\r\n this. ' },
      pageText('All of it.'),
    );
    expect(selected).toMatchObject({ kind: 'selection', text: 'Only\n\nthis.', cut: false });
    expect(selected?.key).not.toBe(note.key);
  });

  it('is none where the page says nothing', () => {
    expect(noteOf(readerPage, pageText(' \n\t '))).toBeUndefined();
  });

  it('is cut, never within a character, and says so', () => {
    const long = noteOf(readerPage, pageText(`${'x'.repeat(longestPageText - 1)}👍 and more`));
    expect(long?.text).toBe('x'.repeat(longestPageText - 1));
    expect(long?.cut).toBe(true);
    const exact = noteOf(readerPage, pageText('y'.repeat(longestPageText)));
    expect([exact?.text.length, exact?.cut]).toEqual([longestPageText, false]);
  });

  it('has its size in bytes, as it travels', () => {
    expect(kilobytes('ü'.repeat(1600), 'en-GB')).toBe('3.2');
    expect(kilobytes('a', 'en-GB')).toBe('0.1');
  });

  it('keeps a title of many lines on one, with an end', () => {
    expect(noteOf({ ...readerPage, title: 'a\n\nb'.repeat(300) }, pageText('x'))?.title).toMatch(
      /^(a b){66}a $/,
    );
  });
});
