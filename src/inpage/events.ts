import { setPrototypeOf, stringify, unbound } from '../core/pristine.ts';
import { toPlain } from './plain.ts';
import type { Json } from '../core/json.ts';
import type { Calls } from './calls.ts';

const { CustomEvent } = globalThis;
const listen = unbound(EventTarget.prototype, 'addEventListener');
const dispatch = unbound(EventTarget.prototype, 'dispatchEvent');

/** `addEventListener` of `window.paidChat`: with the first listener the page's site is watched, and not before. */
export type AddListener = (...args: Parameters<EventTarget['addEventListener']>) => void;

/** Makes the events of `window.paidChat` come, and what listens to them. */
export function createEvents(target: EventTarget, calls: Calls): AddListener {
  let watching = false;
  let permission: string | undefined;

  const tell = (type: string, detail: unknown) => {
    dispatch(target, new CustomEvent(type, { __proto__: null, detail } as CustomEventInit));
  };
  calls.onNotice((notice) => {
    const { type, detail } = setPrototypeOf(notice, null) as { type: string; detail: Json };
    if (type === 'permissionchange') {
      // The first one tells what it is; it comes again with each background.
      const text = stringify(toPlain(detail, type));
      const isNews = permission !== undefined && permission !== text;
      permission = text;
      if (!isNews) return;
    }
    tell(type, detail);
  });
  calls.onLost(() => {
    watching = false;
    tell('disconnect', null);
  });

  return (type, listener, options) => {
    if (!watching) {
      watching = true;
      const nothing = () => undefined;
      calls.open('watch', toPlain({ __proto__: null }, type), { onEnd: nothing, onFail: nothing });
    }
    listen(target, type, listener, options);
  };
}
