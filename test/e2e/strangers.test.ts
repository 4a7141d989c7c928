import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../src/ui/text/en.ts';
import { useStage } from './fixture.ts';
import { named, seenText } from './press.ts';

/** As far as another extension uses it here. */
declare const chrome: {
  runtime: {
    lastError?: { message: string };
    connect(
      id: string,
      options: { name: string },
    ): {
      postMessage(message: unknown): void;
      onMessage: { addListener(listener: (message: unknown) => void): void };
      onDisconnect: { addListener(listener: () => void): void };
    };
    sendMessage(id: string, message: unknown): Promise<unknown>;
  };
};

const stage = useStage();
const screens = ['popup.html', 'sidepanel.html', 'options.html', 'approval.html?card=x'];
const nobodyThere = 'Could not establish connection. Receiving end does not exist.';

describe('another extension', () => {
  let folder: string;
  let url: string;

  const openStranger = async () => {
    const page = await stage.rig.browser.newPage();
    await page.goto(url);
    return page;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'paidchat-stranger-'));
    const manifest = { manifest_version: 3, name: 'A stranger', version: '1', permissions: ['tabs'] };
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    await writeFile(join(folder, 'page.html'), '<!doctype html><title>Stranger</title><body></body>');
    const id = await stage.rig.browser.installExtension(folder);
    url = `chrome-extension://${id}/page.html`;
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('reaches neither door, nor the background by a message, and changes nothing', async () => {
    const page = await openStranger();
    const heard = await page.evaluate(async (id) => {
      const calls = {
        page: { method: 'permission', params: {} },
        panel: { method: 'pause.set', params: { paused: true } },
      };
      const answers: unknown[] = [];
      for (const [name, call] of Object.entries(calls)) {
        const port = chrome.runtime.connect(id, { name });
        const ended = new Promise((resolve) => {
          port.onMessage.addListener(resolve);
          port.onDisconnect.addListener(() => resolve(chrome.runtime.lastError?.message));
        });
        port.postMessage({ v: 1, id: 'stranger-0001', kind: 'call', active: true, ...call });
        answers.push(await ended);
      }
      for (const message of ['connect', 'watch', 'readPage', null])
        answers.push(await chrome.runtime.sendMessage(id, message).catch((error: Error) => error.message));
      return answers;
    }, stage.rig.extensionId);
    expect(new Set(heard)).toEqual(new Set([nobodyThere]));

    const popup = await stage.popup(await stage.open('untouched'));
    await named(popup, 'button', 'Change the limit for one day, now $0.50');
    expect(await seenText(popup)).not.toContain(en.popup.paused);
  });

  it.each(screens)('cannot frame %s', async (screen) => {
    expect(await framedUrl(await openStranger(), screen)).not.toContain(stage.rig.extensionId);
  });
});

describe('a website', () => {
  it.each(screens)('cannot frame %s', async (screen) => {
    const page = await stage.open('framer', '/blank');
    expect(await framedUrl(page, screen)).not.toContain(stage.rig.extensionId);
  });
});

/** Frames one of our screens. @returns where the frame ended up */
async function framedUrl(page: Page, screen: string): Promise<string> {
  await page.evaluate(async (url) => {
    const frame = document.createElement('iframe');
    const over = new Promise((resolve) => frame.addEventListener('load', resolve));
    frame.src = url;
    document.body.append(frame);
    await over;
  }, `chrome-extension://${stage.rig.extensionId}/${screen}`);
  const [frame] = page.frames().filter((one) => one !== page.mainFrame());
  if (frame === undefined) throw new Error('There is no frame.');
  return frame.url();
}
