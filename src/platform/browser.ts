import browser from 'webextension-polyfill';

/** The browser's extension API with promises, for contexts that are ours alone. */
export { browser };
