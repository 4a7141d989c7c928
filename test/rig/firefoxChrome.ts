import type { Browser } from 'puppeteer-core';
import { bidiOf } from './bidi.ts';

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
  /** Says that there is an update, as Firefox does once it has one. @throws where Firefox would put it in at once */
  offerUpdate(): Promise<void>;
  /** Whether Firefox was told to put that update in. */
  isUpdated(): Promise<boolean>;
}

/** Names for the scripts below, which run in the first window. */
const prelude = `
  const { ExtensionParent } = ChromeUtils.importESModule('resource://gre/modules/ExtensionParent.sys.mjs');
  const { ExtensionPermissions } = ChromeUtils.importESModule('resource://gre/modules/ExtensionPermissions.sys.mjs');
  const { AddonManager } = ChromeUtils.importESModule('resource://gre/modules/AddonManager.sys.mjs');
  const { NavigableManager } = ChromeUtils.importESModule('chrome://remote/content/shared/NavigableManager.sys.mjs');
  const { ViewPopup } = ChromeUtils.importESModule('resource:///modules/ExtensionPopups.sys.mjs');
  const policy = () => WebExtensionPolicy.getByID(extensionId);
  // Before it is shown it stands in another element, and in an invisible panel.
  const popup = () => {
    const view = ViewPopup.for(policy().extension, window);
    return view?.shown === true ? view.browser : undefined;
  };
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
    return inTabs.call(this, id) ?? (popup() && this.getIdForBrowser(popup()) === id ? popup() : null);
  };
`;

const openPopup = `
  const action = ExtensionParent.apiManager.global.browserActionFor(policy().extension);
  action.triggerAction(window);
  const shown = await until(popup);
  // Browsers in tabs have one, and BiDi's ids hang on it.
  shown.permanentKey ??= {};
  return NavigableManager.getIdForBrowser(shown);
`;

const offerUpdate = `
  const { AddonManagerPrivate } = ChromeUtils.importESModule('resource://gre/modules/AddonManager.sys.mjs');
  if (!AddonManagerPrivate.hasUpgradeListener(extensionId)) throw new Error('Nobody has it wait.');
  const { extension } = policy();
  AddonManagerPrivate.getUpgradeListener(extensionId)({
    version: '99.0.0',
    install: () => { extension.wasUpdated = true; },
  });
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
      await run('ViewPopup.for(policy().extension, window)?.closePopup(); await until(() => !popup());');
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
    async offerUpdate() {
      await run(offerUpdate);
    },
    isUpdated: async () => (await run('return String(policy().extension.wasUpdated === true);')) === 'true',
  };
}
