import type { Browser, Page } from 'puppeteer-core';

/** Firefox's own windows ("chrome"), where scripts have the browser's rights (flag --remote-allow-system-access). */
export interface Chrome {
  /** Of the extension's pages: moz-extension://… */
  readonly origin: string;
  /** Presses the extension's button in the toolbar. @returns the popup's BiDi context */
  openPopup(): Promise<string>;
  closePopup(): Promise<void>;
  /** What about:debugging does for "Terminate background script", and Firefox itself after 30 idle seconds. */
  terminateBackground(): Promise<void>;
  setHostPermissions(state: 'granted' | 'revoked', origins: readonly string[]): Promise<void>;
  reloadExtension(): Promise<void>;
}

/** The part of puppeteer's BiDi connection that is needed for what puppeteer itself has no words for. */
interface Bidi {
  send(method: 'browsingContext.getTree', params: object): Promise<{ readonly result: Tree }>;
  send(method: 'script.evaluate', params: object): Promise<{ readonly result: Evaluated }>;
  emit(event: string, params: object): unknown;
}

interface Tree {
  readonly contexts: readonly { readonly context: string }[];
}

interface Evaluated {
  readonly type: 'success' | 'exception';
  readonly result?: { readonly value?: string };
  readonly exceptionDetails?: { readonly text: string };
}

/** Names for the scripts below. */
const prelude = `
  const { ExtensionParent } = ChromeUtils.importESModule('resource://gre/modules/ExtensionParent.sys.mjs');
  const { ExtensionPermissions } = ChromeUtils.importESModule('resource://gre/modules/ExtensionPermissions.sys.mjs');
  const { setTimeout } = ChromeUtils.importESModule('resource://gre/modules/Timer.sys.mjs');
  const { AddonManager } = ChromeUtils.importESModule('resource://gre/modules/AddonManager.sys.mjs');
  const { NavigableManager } = ChromeUtils.importESModule('chrome://remote/content/shared/NavigableManager.sys.mjs');
  const policy = () => WebExtensionPolicy.getByID(extensionId);
  const popups = () =>
    [...Services.wm.getEnumerator('navigator:browser')].flatMap((window) =>
      [...window.document.querySelectorAll('.webextension-popup-browser')]);
  const until = async (find) => {
    for (let tries = 0; tries < 500; tries++) {
      const found = find();
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('It did not come within ten seconds: ' + find);
  };
`;

/** BiDi finds browsers in tabs only; with this it finds an extension's popup by its id as well. */
const findPopupsToo = `
  const inTabs = NavigableManager.getBrowserById;
  NavigableManager.getBrowserById = function (id) {
    return inTabs.call(this, id) ?? popups().find((popup) => this.getIdForBrowser(popup) === id) ?? null;
  };
`;

const openPopup = `
  const action = ExtensionParent.apiManager.global.browserActionFor(policy().extension);
  action.triggerAction(Services.wm.getMostRecentWindow('navigator:browser'));
  const popup = await until(() => popups().find(({ currentURI }) => currentURI?.spec.startsWith('moz-extension:')));
  // Browsers in tabs have one, and BiDi's ids hang on it.
  popup.permanentKey ??= {};
  return NavigableManager.getIdForBrowser(popup);
`;

/** Reaches the browser's own windows of a running Firefox. */
export async function connectChrome(browser: Browser, extensionId: string): Promise<Chrome> {
  const bidi = bidiOf(browser);
  const { contexts } = (await bidi.send('browsingContext.getTree', { 'moz:scope': 'chrome' })).result;
  const context = contexts[0]?.context;
  if (context === undefined) throw new Error('Firefox has no window.');

  const run = async (script: string): Promise<string> => {
    const expression = `(async (extensionId) => { ${prelude} ${script} })(${JSON.stringify(extensionId)})`;
    const evaluated = await bidi.send('script.evaluate', {
      expression,
      target: { context },
      awaitPromise: true,
    });
    const { type, result, exceptionDetails } = evaluated.result;
    if (type === 'exception') throw new Error(`In Firefox: ${exceptionDetails?.text ?? 'unknown'}`);
    return result?.value ?? '';
  };

  await run(findPopupsToo);
  return {
    origin: `moz-extension://${await run('return policy().mozExtensionHostname;')}`,
    openPopup: () => run(openPopup),
    async closePopup() {
      await run(`for (const popup of popups()) popup.closest('panel')?.hidePopup();
        await until(() => popups().length === 0);`);
    },
    async terminateBackground() {
      await run('await ExtensionParent.DebugUtils.terminateBackgroundScript(extensionId);');
    },
    async setHostPermissions(state, origins) {
      const change = state === 'granted' ? 'add' : 'remove';
      await run(`await ExtensionPermissions.${change}(
        extensionId, { permissions: [], origins: ${JSON.stringify(origins)}, data_collection: [] }, policy().extension);`);
    },
    async reloadExtension() {
      await run('await (await AddonManager.getAddonByID(extensionId)).reload();');
    },
  };
}

/** Makes a page of a context that Firefox does not announce, by announcing it in its name. */
export async function announceContext(browser: Browser, context: string): Promise<Page> {
  const bidi = bidiOf(browser);
  const [info] = (await bidi.send('browsingContext.getTree', { root: context })).result.contexts;
  if (info === undefined) throw new Error('The context has gone.');
  const coming = new Promise<Page | null>((resolve, reject) => {
    browser.once('targetcreated', (target) => void target.page().then(resolve, reject));
  });
  bidi.emit('browsingContext.contextCreated', { ...info, children: null });
  const page = await coming;
  if (page === null) throw new Error('The context is no page.');
  page.setDefaultTimeout(15_000);
  return page;
}

function bidiOf(browser: Browser): Bidi {
  const connection: unknown = 'connection' in browser ? browser.connection : undefined;
  if (!isBidi(connection)) throw new Error('This browser is not driven over BiDi.');
  return connection;
}

function isBidi(value: unknown): value is Bidi {
  return typeof value === 'object' && value !== null && 'send' in value && 'emit' in value;
}
