/**
 * Strangers' words (a site's reason, a model's name, a question) as text that shows what it holds: nothing invisible,
 * nothing that turns the reading direction, no towers of accents, and an end.
 */

/** Spaces that are no space: Hangul fillers and the empty Braille cell draw nothing and are letters to \s. */
const blanks = /[\u115f\u1160\u2800\u3164\uffa0]/gu;
/** Controls and format characters, among them bidi overrides and tags; newline and tab are kept for later. */
const unseen = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Co}]/gu;
/** Joiners are needed inside emoji and some scripts, and hide differences in names. */
const joiners = /[\u200c\u200d]/gu;
const stackedMarks = /(\p{M}{3})\p{M}+/gu;
const loneSurrogates = /\p{Cs}/gu;
/** Embeddings, overrides and isolates: what can make one text read as another. */
const turns = /[\u202a-\u202e\u2066-\u2069]/gu;

/** Several lines of a stranger's text, cut after `max` characters. */
export function safeBlock(text: string, max: number): string {
  const seen = text
    .slice(0, max * 4)
    .replace(/\r\n?|[\u2028\u2029\u0085\v\f]/gu, '\n')
    .replace(blanks, ' ')
    .replace(unseen, '')
    .replace(loneSurrogates, '\ufffd')
    .replace(stackedMarks, '$1')
    .replace(/\n{3,}/gu, '\n\n')
    .trim();
  return cut(seen, max);
}

/** A stranger's sentence on one line, cut after `max` characters. */
export function safeLine(text: string, max: number): string {
  return cut(safeBlock(text, max * 2).replace(/\s+/gu, ' '), max);
}

/** A name of a model, a gateway or a wallet: one line without joiners. */
export function safeName(text: string, max = 80): string {
  return safeLine(text.slice(0, max * 8).replace(joiners, ''), max);
}

/** An answer to read: kept as it came but for what turns the reading direction. */
export function safeAnswer(text: string): string {
  return text.replace(turns, '').replace(loneSurrogates, '\ufffd');
}

function cut(text: string, max: number): string {
  const characters = Array.from(text.slice(0, max * 2 + 2));
  return characters.length <= max && text.length <= max * 2
    ? text
    : `${characters
        .slice(0, max - 1)
        .join('')
        .trimEnd()}…`;
}
