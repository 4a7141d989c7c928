import { setPrototypeOf } from '../core/pristine.ts';
import { listen, tell } from './browserFunctions.ts';
import { toPlain } from './plain.ts';
import type { Json } from '../core/json.ts';
import type { Calls } from './calls.ts';
import type { Permission } from './types.ts';

/** `addEventListener` of `window.paidChat`: with the first listener the page's site is watched, and not before. */
export type AddListener = (...args: Parameters<EventTarget['addEventListener']>) => void;

/** Makes the events of `window.paidChat` come, and what listens to them. */
export function createEvents(target: EventTarget, calls: Calls): AddListener {
  let watching = false;
  let permission: string | undefined;

  calls.onNotice((notice) => {
    const { type, detail } = setPrototypeOf(notice, null) as { type: string; detail: Json };
    if (type === 'permissionchange') {
      // The first one tells what it is; it comes again with each background, and its end moves with each use.
      const { state, autoApprove } = detail as unknown as Permission;
      const now = `${state} ${autoApprove}`;
      const isNews = permission !== undefined && permission !== now;
      permission = now;
      if (!isNews) return;
    }
    tell(target, type, detail);
  });
  const watch = () => {
    watching = true;
    const nothing = () => undefined;
    calls.open('watch', toPlain({ __proto__: null }, 'watch'), { onEnd: nothing, onFail: nothing });
  };
  calls.onLost(() => {
    // It waits for a newer bridge.
    if (watching) watch();
    tell(target, 'disconnect', null);
  });

  return (type, listener, options) => {
    if (!watching) watch();
    listen(target, type, listener, options);
  };
}
