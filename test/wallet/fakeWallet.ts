import type { Provider } from '../../src/wallet/discover.ts';

/** What a wallet does on one method: a value, a function, or a thrown thing by throwing. */
export type Behaviour = Readonly<Record<string, (params: readonly unknown[]) => unknown>>;

/** A wallet that does what a test tells it, and remembers what it was asked. */
export function fakeWallet(behaviour: Behaviour): Provider & { readonly asked: [string, unknown][] } {
  const asked: [string, unknown][] = [];
  return {
    asked,
    request({ method, params }) {
      asked.push([method, params]);
      const behave = behaviour[method];
      if (!behave) throw new Error(`No wallet is ever asked for ${method}.`);
      return behave(params ?? []);
    },
  };
}

/** Lets every promise that is ready settle. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
