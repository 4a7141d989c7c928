import type { Page } from 'puppeteer-core';
import type { PanelCalls } from '../../src/protocol/panel.ts';
import type { RigBrowser } from '../rig/browser.ts';
import { readLedgerImage } from './ledgerImage.ts';
import type { LedgerImage } from './ledgerImage.ts';

declare const chrome: {
  runtime: {
    connect(options: { name: string }): {
      postMessage(message: unknown): void;
      disconnect(): void;
      onMessage: { addListener(listener: (frame: Answer) => void): void };
      onDisconnect: { addListener(listener: () => void): void };
    };
  };
  tabs: { query(filter: object): Promise<{ id?: number; url?: string }[]> };
};

interface Answer {
  readonly kind: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** A page of the extension's own that runs none of its scripts: the soak's way to its screens' door and its database. */
export interface Door {
  /** @throws with the background's sentence, or when it dies meanwhile */
  call<M extends keyof PanelCalls>(
    method: M,
    params: PanelCalls[M]['params'],
  ): Promise<PanelCalls[M]['result']>;
  image(): Promise<LedgerImage>;
  tabId(url: string): Promise<number>;
}

/** Opens it: the manifest is a page like any other, and quiet. */
export async function openDoor({ browser, extensionId }: RigBrowser): Promise<Door> {
  const page = await browser.newPage();
  await page.goto(`chrome-extension://${extensionId}/manifest.json`);
  return {
    image: () => readLedgerImage(page),
    async call(method, params) {
      const answer = await callFrom(page, method, params);
      if (answer.kind !== 'end') throw new Error(`${method}: ${answer.error?.message ?? answer.kind}`);
      return answer.result as never;
    },
    async tabId(url) {
      const id = await page.evaluate(
        async (wanted) => (await chrome.tabs.query({})).find((tab) => tab.url === wanted)?.id,
        url,
      );
      if (id === undefined) throw new Error(`There is no tab at ${url}.`);
      return id;
    },
  };
}

function callFrom(page: Page, method: string, params: unknown): Promise<Answer> {
  return page.evaluate(
    (name, given) =>
      new Promise<Answer>((resolve) => {
        const port = chrome.runtime.connect({ name: 'panel' });
        port.onMessage.addListener((frame) => {
          resolve(frame);
          port.disconnect();
        });
        port.onDisconnect.addListener(() => resolve({ kind: 'the background has gone' }));
        port.postMessage({
          v: 1,
          id: `soak-${crypto.randomUUID()}`,
          kind: 'call',
          method: name,
          params: given,
        });
      }),
    method,
    params,
  );
}
