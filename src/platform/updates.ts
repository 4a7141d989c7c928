import { browser } from './browser.ts';
import type { KeepAlive } from './keepAlive.ts';

/**
 * Has an update of PaidChat wait for whatever is held. Firefox puts one in as soon as it is there, unless somebody
 * listens; then it comes with the next reload (MDN, runtime.onUpdateAvailable). Chrome waits by itself until the
 * background has ended, which a hold keeps it from, and would close our open screens at a reload.
 */
export function updateWhenFree({ whenFree }: Pick<KeepAlive, 'whenFree'>): void {
  if (!('getBrowserInfo' in browser.runtime)) return;
  browser.runtime.onUpdateAvailable.addListener(() => whenFree(() => browser.runtime.reload()));
}
