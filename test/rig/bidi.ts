import type { Browser, Page } from 'puppeteer-core';

/*
 * Firefox tells a BiDi client too little of an extension's own pages: not of the popup, not where a page has gone, and
 * not when it closes. What is missing is asked for here and told to puppeteer in Firefox's name.
 */

/** The part of puppeteer's BiDi connection that is needed for what puppeteer itself has no words for. */
export interface Bidi {
  send(method: 'browsingContext.getTree', params: object): Promise<{ readonly result: Tree }>;
  send(method: 'script.evaluate', params: object): Promise<{ readonly result: Evaluated }>;
  send(method: 'script.getRealms', params: object): Promise<{ readonly result: Realms }>;
  emit(event: string, params: object): unknown;
}

/** The worlds in which a context's scripts run: the page's own and puppeteer's. */
interface Realms {
  readonly realms: readonly { readonly realm: string }[];
}

/** Contexts are tabs, windows of one page, and whatever else holds a document. */
export interface Tree {
  readonly contexts: readonly ContextInfo[];
}

interface ContextInfo {
  readonly context: string;
  readonly url: string;
}

interface Evaluated {
  readonly type: 'success' | 'exception';
  readonly result?: { readonly value?: string };
  readonly exceptionDetails?: { readonly text: string };
}

const pollMs = 50;

/** The connection under a browser that was started over BiDi. */
export function bidiOf(browser: Browser): Bidi {
  const connection: unknown = 'connection' in browser ? browser.connection : undefined;
  if (!isBidi(connection)) throw new Error('This browser is not driven over BiDi.');
  return connection;
}

/** Waits for a page of the extension in a tab or a window. @param url - how its address begins */
export async function extensionPage(browser: Browser, url: string, timeoutMs: number): Promise<Page> {
  const bidi = bidiOf(browser);
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const { contexts } = (await bidi.send('browsingContext.getTree', {})).result;
    const info = contexts.find((context) => context.url.startsWith(url));
    const page = (await browser.pages()).find((candidate) => idOf(candidate) === info?.context);
    if (info !== undefined && page !== undefined) return watched(bidi, page, info);
    await later(pollMs);
  }
  throw new Error(`No page at ${url} within ${timeoutMs} ms.`);
}

/** Makes a page of a context that Firefox does not announce, by announcing it. */
export async function announcePage(browser: Browser, context: string): Promise<Page> {
  const bidi = bidiOf(browser);
  const [info] = (await bidi.send('browsingContext.getTree', { root: context })).result.contexts;
  if (info === undefined) throw new Error('The context has gone.');
  const coming = new Promise<Page | null>((resolve, reject) => {
    browser.once('targetcreated', (target) => void target.page().then(resolve, reject));
  });
  bidi.emit('browsingContext.contextCreated', { ...info, children: null });
  const page = await coming;
  if (page === null) throw new Error('The context is no page.');
  // Puppeteer's own world is made when it is first used.
  await page.$('html');
  const { realms } = (await bidi.send('script.getRealms', { context })).result;
  for (const realm of realms) bidi.emit('script.realmCreated', realm);
  return watched(bidi, page, info);
}

/** Sees to it that the page is closed for puppeteer when it has gone. */
function watched(bidi: Bidi, page: Page, info: ContextInfo): Page {
  page.setDefaultTimeout(15_000);
  void untilGone(bidi, info).then(() =>
    bidi.emit('browsingContext.contextDestroyed', { ...info, children: [] }),
  );
  return page;
}

async function untilGone(bidi: Bidi, { context }: ContextInfo): Promise<void> {
  const params = { root: context, maxDepth: 0 };
  const there = () =>
    bidi.send('browsingContext.getTree', params).then(
      ({ result }) => result.contexts.length > 0,
      () => false,
    );
  while (await there()) await later(pollMs);
}

function idOf(page: Page): unknown {
  return Reflect.get(page.mainFrame(), '_id');
}

function isBidi(value: unknown): value is Bidi {
  return typeof value === 'object' && value !== null && 'send' in value && 'emit' in value;
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
