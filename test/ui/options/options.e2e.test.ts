import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, ElementHandle, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fill, has, named, press, seenText, waitForText } from '../../e2e/press.ts';
import { openBrowser } from '../preview/browser.ts';
import { accessibilityFindings, callsOf, openPage } from '../preview/look.ts';
import { previewReview } from '../preview/optionsStates.ts';
import { startPreviewSite } from '../preview/site.ts';
import type { PreviewSite } from '../preview/site.ts';
import { en } from '../../../src/ui/text/en.ts';

let site: PreviewSite;
let browser: Browser;
let page: Page;
let folder: string;
const words = en.options;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paidchat-settings-'));
  site = await startPreviewSite();
  browser = await openBrowser();
  page = await openPage(browser);
  await page.setViewport({ width: 1200, height: 900 });
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
  await rm(folder, { recursive: true, force: true });
});

const open = async (state: string) => {
  await page.goto(site.url('options', state, { clock: 'held' }));
  await page.waitForSelector('main');
};
const askedFor = () => page.evaluate(() => window.preview.access.asked);
const typeGateway = async (address: string) => {
  await press(page, words.gateways.add);
  await fill(page, words.gateways.name, 'Mine');
  await fill(page, words.gateways.baseUrl, address);
  await fill(page, words.gateways.defaultModel, 'own/large');
};
const choose = async (content: string) => {
  const file = join(folder, 'settings.json');
  await writeFile(file, content);
  const input = (await page.waitForSelector('input[type=file]')) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(file);
};

describe('a gateway', () => {
  test('is saved after the browser was asked for its address', async () => {
    await open('plain');
    await typeGateway('https://gateway.example/v1/');
    await press(page, words.gateways.saveNew);
    await named(page, 'radio', 'Mine');
    expect(await askedFor()).toEqual(['https://gateway.example/v1']);
    const gateway = {
      name: 'Mine',
      kind: 'openai',
      baseUrl: 'https://gateway.example/v1',
      defaultModel: 'own/large',
      defaultMaxTokens: 1024,
    };
    expect(await callsOf(page)).toEqual([{ method: 'gateway.save', params: { gateway } }]);
  });

  test('is not saved where the browser was not allowed to reach it, and what was typed stays', async () => {
    await open('plain');
    await page.evaluate(() => window.preview.access.refuse());
    await typeGateway('https://gateway.example');
    await press(page, words.gateways.saveNew);
    await waitForText(page, words.gateways.refused);
    expect(await callsOf(page)).toEqual([]);
    expect(await has(page, 'button', words.gateways.saveNew)).toBe(true);
  });

  test.each([
    ['gateway.example', words.address.unclear],
    ['http://gateway.example', words.address.insecure],
    ['https://me:secret@gateway.example', words.address.extra],
    ['http://localhost:8402', words.gateways.needsDeveloper],
  ])('at "%s" is refused before anything is asked', async (address, sentence) => {
    await open('plain');
    await typeGateway(address);
    await press(page, words.gateways.saveNew);
    await waitForText(page, sentence);
    expect(await callsOf(page)).toEqual([]);
    expect(await askedFor()).toEqual([]);
    expect(await accessibilityFindings(page)).toEqual([]);
  });

  test('says when the browser keeps it from us, and asks again from a click', async () => {
    await open('full');
    await page.evaluate(() => window.preview.access.withdraw('https://gateway.example/v1'));
    await waitForText(page, words.gateways.notAllowed('https://gateway.example/v1'));
    expect(await accessibilityFindings(page)).toEqual([]);
    await press(page, words.gateways.allowNamed('https://gateway.example/v1'));
    await page.waitForFunction(() => document.querySelector('.notice-watch') === null);
    expect(await askedFor()).toEqual(['https://gateway.example/v1']);
  });
});

describe('the keyboard', () => {
  const focused = () =>
    page.$eval(':focus', (element) => element.getAttribute('aria-label') ?? element.textContent);
  const enter = async (name: string) => {
    await (await named(page, 'button', name)).focus();
    await page.keyboard.press('Enter');
  };

  test.each([
    [words.gateways.add, words.gateways.add],
    [words.gateways.editNamed('My gateway'), words.gateways.editNamed('My gateway')],
    [words.networks.changeNamed('Base'), words.networks.changeNamed('Base')],
    [words.developer.editNamed, words.developer.editNamed],
  ])('goes on in the form that "%s" opens, and at its button again after Cancel', async (name, back) => {
    await open('full');
    await enter(name);
    await page.waitForFunction(() => document.activeElement?.matches('.text-box') === true);
    await enter(en.cancel);
    await page.waitForFunction(
      (label) => {
        const { activeElement: element } = document;
        return (element?.getAttribute('aria-label') ?? element?.textContent) === label;
      },
      {},
      back,
    );
  });

  test('goes on at the heading of a list after something of it was removed', async () => {
    await open('full');
    await enter(words.gateways.removeNamed('My gateway'));
    await enter(words.gateways.remove);
    expect(await focused()).toBe(words.gateways.title);
    await enter(words.sites.editNamed('docs.example.org'));
    await enter(words.sites.forget);
    await enter(words.sites.forgetIt);
    expect(await focused()).toBe(words.sites.title);
    await enter(words.developer.removeNamed);
    await enter(words.developer.remove);
    expect(await focused()).toBe(words.developer.title);
    expect((await callsOf(page)).map(({ method }) => method)).toEqual([
      'gateway.remove',
      'site.forget',
      'developer.removeTestNetwork',
    ]);
  });

  test.each(['Enter', 'Escape'] as const)(
    'starts on what keeps a thing that would be removed, and %s keeps it',
    async (key) => {
      await open('full');
      await enter(words.gateways.removeNamed('My gateway'));
      await waitForText(page, words.gateways.removeTitle('My gateway'));
      await expect.poll(focused).toBe(words.keep);
      expect(await accessibilityFindings(page)).toEqual([]);
      await page.keyboard.press(key);
      expect(await focused()).toBe(words.gateways.removeNamed('My gateway'));
      await enter(words.sites.editNamed('docs.example.org'));
      await enter(words.sites.forget);
      await waitForText(page, words.sites.forgetTitle('docs.example.org'));
      await expect.poll(focused).toBe(words.keep);
      expect(await accessibilityFindings(page)).toEqual([]);
      await page.keyboard.press(key);
      expect(await focused()).toBe(words.sites.forget);
      await enter(words.developer.removeNamed);
      await waitForText(page, words.developer.removeTitle('My chain'));
      await expect.poll(focused).toBe(words.keep);
      expect(await accessibilityFindings(page)).toEqual([]);
      await page.keyboard.press(key);
      expect(await focused()).toBe(words.developer.removeNamed);
      expect(await callsOf(page)).toEqual([]);
    },
  );
});

describe('nodes', () => {
  test('are saved one a line, and go back to those of PaidChat', async () => {
    await open('full');
    await press(page, words.networks.changeNamed('Base'));
    await fill(page, words.networks.nodes('Base'), 'https://node.example');
    await press(page, en.save);
    await named(page, 'button', words.networks.changeNamed('Base'));
    await press(page, words.networks.changeNamed('Base'));
    await press(page, words.networks.reset);
    await waitForText(page, words.networks.pinnedNodes);
    expect((await callsOf(page)).map(({ method }) => method)).toEqual([
      'network.setNodes',
      'network.setNodes',
    ]);
  });
});

describe('developer mode', () => {
  test('asks for this machine from the click, and stays off where that is refused', async () => {
    await open('plain');
    await page.evaluate(() => window.preview.access.refuse());
    await press(page, words.developer.mode, 'switch');
    await waitForText(page, words.developer.refused);
    expect(await askedFor()).toEqual(['http://localhost', 'http://*.localhost', 'http://127.0.0.1']);
    expect(await callsOf(page)).toEqual([]);
  });

  test('shows a test network to set up once it is on', async () => {
    await open('plain');
    await press(page, words.developer.mode, 'switch');
    await press(page, words.developer.add);
    await press(page, words.developer.save);
    await waitForText(page, words.developer.chainIdUnclear);
    await fill(page, words.developer.name, 'My chain');
    await fill(page, words.developer.chainId, '31337');
    await fill(page, words.developer.asset, '0x5FbDB2315678afecb367f032d93F642f64180aa3');
    await fill(page, words.developer.rpcUrl, 'http://localhost:9545');
    await press(page, words.developer.save);
    await waitForText(page, words.developer.summary('My chain', 31337));
    expect((await callsOf(page)).at(-1)?.method).toBe('developer.setTestNetwork');
  });
});

describe('a settings file', () => {
  test('names everything that it raises or adds, and changes nothing before the click', async () => {
    await open('plain');
    await choose('{}');
    await waitForText(page, words.file.loosens);
    const text = await seenText(page);
    expect(text).toContain('All sites, a day: raised from $2.00 to $5.00');
    expect(text).toContain('https://reader.example, a day: raised from $0.25 to $0.90');
    expect(text).toContain('New gateway Another at https://another.example/v1');
    expect(text).toContain('Nodes of Base: https://node.example');
    expect(text).toContain('Side panel, a day: lowered from $1.00 to $0.50');
    expect((await callsOf(page)).map(({ method }) => method)).toEqual(['settings.review']);
    expect(await accessibilityFindings(page)).toEqual([]);

    await press(page, words.file.apply(previewReview.changes.length));
    await waitForText(page, words.file.imported);
    expect(await askedFor()).toEqual(previewReview.urls);
    expect((await callsOf(page)).at(-1)).toEqual({
      method: 'settings.import',
      params: { text: '{}', digest: 'review-1' },
    });
  });

  test('changes nothing where the browser was not allowed to reach what is in it', async () => {
    await open('plain');
    await page.evaluate(() => window.preview.access.refuse());
    await choose('{}');
    await press(page, words.file.apply(previewReview.changes.length));
    await waitForText(page, words.file.refused);
    expect((await callsOf(page)).map(({ method }) => method)).toEqual(['settings.review']);
  });

  test('that is far too large is not even read', async () => {
    await open('plain');
    await choose('x'.repeat(10 * 1024 * 1024));
    await waitForText(page, words.file.tooLarge);
    expect(await callsOf(page)).toEqual([]);
  });

  test('is handed out under a plain name', async () => {
    await open('plain');
    await press(page, words.file.export);
    await page.waitForFunction(() => window.preview.files.length > 0);
    expect(await page.evaluate(() => window.preview.files)).toEqual(['paidchat-settings.json: {}']);
  });
});

test('what the background does not take is said, and nothing looks changed', async () => {
  await open('full');
  await page.evaluate(() => window.preview.breakCalls());
  await press(page, words.gateways.removeNamed('My gateway'));
  await press(page, words.gateways.remove);
  await waitForText(page, 'The background has gone.');
  await named(page, 'radio', 'My gateway');
});
