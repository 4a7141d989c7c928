/** Draws assets/icon/*.png from assets/icon.svg: `npx tsx test/ui/renderIcons.ts`. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openBrowser } from './preview/browser.ts';

const assets = fileURLToPath(new URL('../../assets/', import.meta.url));
const drawing = await readFile(`${assets}icon.svg`, 'base64');
const browser = await openBrowser();
try {
  const page = await browser.newPage();
  for (const size of [16, 32, 48, 128]) {
    await page.setViewport({ width: size, height: size });
    await page.setContent(
      `<style>body{margin:0}img{display:block;width:${size}px;height:${size}px}</style>` +
        `<img src="data:image/svg+xml;base64,${drawing}">`,
    );
    await page.screenshot({ path: `${assets}icon/${size}.png`, omitBackground: true });
  }
} finally {
  await browser.close();
}
