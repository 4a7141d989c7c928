import { browser } from './browser.ts';

/** Opens the options in a tab, or turns to the one where they are. */
export function openOptions(): Promise<void> {
  return browser.runtime.openOptionsPage();
}
