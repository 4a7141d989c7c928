import type { PageContent } from '../../protocol/panel.ts';

/** Characters of a page that ride along with a question; what is longer is cut, and the chip says so. */
export const longestPageText = 24_000;

const longestTitle = 200;

/** A page's text, or what is selected of it, as it may ride along with a question. */
export interface PageNote {
  /** The same for the same page, or for the same selected words: it rides in a chat once. */
  readonly key: string;
  readonly kind: 'page' | 'selection';
  readonly title: string;
  readonly text: string;
  /** There was more than `longestPageText`. */
  readonly cut: boolean;
}

/**
 * What of a page goes with a question: the selection where there is one, else the page's main text.
 *
 * @param textOf makes text of a serialised document
 * @returns undefined where there is no text
 */
export function noteOf(content: PageContent, textOf: (html: string) => string): PageNote | undefined {
  const title = content.title.replace(/\s+/gu, ' ').trim().slice(0, longestTitle);
  const selection = tidy(content.selection);
  const kind = selection === '' ? 'page' : 'selection';
  const whole = selection === '' ? tidy(textOf(content.html)) : selection;
  if (whole === '') return undefined;
  const text = cutWhole(whole, longestPageText);
  const key = kind === 'page' ? `page ${content.url}` : `selection ${text}`;
  return { key, kind, title, text, cut: text.length < whole.length };
}

/** How many bytes a text has on its way, in thousands with one decimal: "3.2". */
export function kilobytes(text: string, locale: string): string {
  const bytes = new TextEncoder().encode(text).length;
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(locale, digits).format(Math.max(bytes / 1000, 0.1));
}

function tidy(text: string): string {
  return text
    .replace(/\r\n?/gu, '\n')
    .replace(/[^\S\n]+/gu, ' ')
    .replace(/ ?\n ?/gu, '\n')
    .replace(/\n{3,}/gu, '\n\n')
    .trim();
}

/** Never in the middle of a character of two units. */
function cutWhole(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}
