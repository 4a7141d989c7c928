/** Content that is no text to read, or belongs to the site and not to the page. */
const skipped = new Set(
  'script style noscript template svg math canvas iframe object embed audio video nav aside footer dialog button input select textarea'.split(
    ' ',
  ),
);

/** Elements that begin a line of their own. */
const blocks = new Set(
  'address article blockquote body br dd details div dl dt fieldset figcaption figure form header hr li main section summary tr'.split(
    ' ',
  ),
);
/** And those with space around them. */
const paragraphs = new Set('h1 h2 h3 h4 h5 h6 ol p pre table ul'.split(' '));

/** An article this long is what the page is about. */
const worthReading = 200;

/** The text of what a page is about: its longest article or main part, else its body. */
export function mainText(page: Document): string {
  const parts = [...page.querySelectorAll('article, main, [role="main"]')].map(textOf);
  const longest = parts.reduce((best, part) => (part.length > best.length ? part : best), '');
  if (longest.length >= worthReading) return longest;
  const whole = page.body === null ? '' : textOf(page.body);
  return longest.length > whole.length ? longest : whole;
}

/** A line of its own, and a paragraph: spaces that no text keeps, so that many of them together are one. */
const line = '\u2028';
const paragraph = '\u2029';

function textOf(root: Element): string {
  const out: string[] = [];
  write(root, out, false);
  return out
    .join('')
    .replace(/\s+/gu, (space) => {
      if (space.includes(paragraph)) return '\n\n';
      return space.includes(line) ? '\n' : space;
    })
    .replace(/^-\n+/gmu, '- ')
    .trim();
}

function write(node: Node, out: string[], keepsLines: boolean): void {
  if (node.nodeType === Node.TEXT_NODE) {
    const text = node.nodeValue ?? '';
    out.push(keepsLines ? text : text.replace(/\s+/gu, ' '));
    return;
  }
  if (!(node instanceof Element)) return;
  const name = node.localName;
  if (skipped.has(name) || node.hasAttribute('hidden') || node.getAttribute('aria-hidden') === 'true') return;
  const around = spaceAround(name);
  out.push(around, name === 'li' ? '- ' : '');
  for (const child of node.childNodes) write(child, out, keepsLines || name === 'pre');
  out.push(around);
}

function spaceAround(name: string): string {
  if (paragraphs.has(name)) return paragraph;
  if (blocks.has(name)) return line;
  return name === 'td' || name === 'th' ? ' ' : '';
}
