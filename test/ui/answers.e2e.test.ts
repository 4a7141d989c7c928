import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { safeAnswer } from '../../src/ui/safeText.ts';
import { elsewhere, payloads, plainPayloads } from './payloads.ts';
import { openBrowser } from './preview/browser.ts';
import { openLooker } from './preview/look.ts';
import type { Looker } from './preview/look.ts';
import { panelStates } from './preview/panelStates.ts';
import { popupStates } from './preview/popupStates.ts';
import { startPreviewSite } from './preview/site.ts';
import type { PreviewSite } from './preview/site.ts';

let site: PreviewSite;
let browser: Browser;
let looker: Looker;

beforeAll(async () => {
  site = await startPreviewSite();
  browser = await openBrowser();
  looker = await openLooker(browser, site);
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
});
beforeEach(() => {
  looker.mischief.errors.length = 0;
  looker.mischief.requests.length = 0;
});

/** A screen that shows one run with a stranger's words wherever a gateway or a site can put them. */
interface Shown {
  /** All elements, with what they point to: more than text in an answer would be one more. */
  readonly skeleton: string;
  readonly answer: string | null | undefined;
  readonly thoughts: string | null | undefined;
}

const words = 'Harmless words.';
const [run] = popupStates['plain']?.runs ?? [];
if (run === undefined) throw new Error('The preview has no run.');
const { state: panel } = panelStates['plain'] ?? {};
const popup = popupStates['plain'];

const showOn = (screen: 'popup' | 'panel', texts: readonly string[]): Promise<readonly Shown[]> => {
  const states = texts.map((text) => {
    const runs = [{ ...run, text, reasoning: text, question: `Why? ${text}`, model: text, gateway: text }];
    return screen === 'popup' ? { ...popup, runs } : { ...panel, runs };
  });
  return looker.page.evaluate(
    async (which, all) => {
      const shown: Shown[] = [];
      for (const state of all) {
        if (which === 'popup') window.preview.send({ type: 'state', state } as never);
        else window.preview.showPanel(state as never);
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        const elements = [...document.querySelectorAll('*')];
        shown.push({
          skeleton: elements
            .map((element) =>
              ['href', 'src', 'style'].reduce(
                (name, attribute) => `${name} ${element.getAttribute(attribute) ?? ''}`,
                element.tagName,
              ),
            )
            .join('\n'),
          answer: document.querySelector('.answer')?.textContent,
          thoughts: document.querySelector('.thoughts-text')?.textContent,
        });
      }
      return shown;
    },
    screen,
    states,
  );
};

const wasHarmed = () => looker.page.evaluate(() => 'harmed' in window);

describe.each(['popup', 'panel'] as const)('an answer in the %s', (screen) => {
  test('is text and nothing else, whatever it holds: 500 payloads run nothing and fetch nothing', async () => {
    const { page, mischief } = looker;
    await page.setViewport({ width: 380, height: 640 });
    await page.goto(site.url(screen, 'plain', { clock: 'held' }));
    await page.waitForSelector('main');
    const [harmless] = await showOn(screen, [words]);
    expect(harmless).toMatchObject({ answer: words, thoughts: words });
    expect(payloads).toHaveLength(500);
    const shown = await showOn(screen, payloads);
    shown.forEach(({ skeleton, answer, thoughts }, index) => {
      const text = safeAnswer(payloads[index] ?? '');
      expect({ skeleton, answer, thoughts }).toEqual({
        skeleton: harmless?.skeleton,
        answer: text,
        thoughts: text,
      });
    });
    expect(await wasHarmed()).toBe(false);
    expect(mischief).toEqual({ errors: [], requests: [] });
  }, 60_000);
});

test('the same payloads do harm where they are taken for HTML', async () => {
  const { page, mischief } = looker;
  await page.goto('about:blank');
  for (const payload of plainPayloads.filter((text) => text.startsWith('<img') || text.startsWith('<style')))
    await page.evaluate((html) => document.body.insertAdjacentHTML('beforeend', `<p>a</p>${html}`), payload);
  await page.waitForFunction(() => 'harmed' in window);
  await expect
    .poll(() => mischief.requests.filter((url) => url.startsWith(elsewhere)).length)
    .toBeGreaterThan(3);
});
