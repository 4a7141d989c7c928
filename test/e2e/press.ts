import type { ElementHandle, Page } from 'puppeteer-core';

/** Roles that the tests look for. */
export type Role =
  'button' | 'combobox' | 'textbox' | 'radio' | 'switch' | 'link' | 'status' | 'region' | 'heading';

/** The element that a screen reader would call by this role and this exact name. */
export async function named(page: Page, role: Role, name: string): Promise<ElementHandle> {
  let cause: unknown;
  const element = await page
    .waitForSelector(`::-p-aria([name="${name}"][role="${role}"])`, { timeout: 10_000 })
    .catch((error: unknown) => {
      cause = error;
      return null;
    });
  if (element === null) throw new Error(`There is no ${role} "${name}". ${await shown(page)}`, { cause });
  return element;
}

/** What a wait that was in vain adds to its error. */
async function shown(page: Page): Promise<string> {
  return seenText(page).then(
    (text) => `The page shows:\n${text}`,
    () => 'The page has gone.',
  );
}

/** Whether there is such an element now. */
export async function has(page: Page, role: Role, name: string): Promise<boolean> {
  return (await page.$(`::-p-aria([name="${name}"][role="${role}"])`)) !== null;
}

/** The button of this name, as soon as it can be pressed. */
export async function awake(page: Page, name: string, role: Role = 'button'): Promise<ElementHandle> {
  const element = await named(page, role, name);
  try {
    await page.waitForFunction(
      (button) => button instanceof Element && button.getAttribute('aria-disabled') !== 'true',
      { timeout: 10_000 },
      element,
    );
  } catch (cause) {
    throw new Error(`The ${role} "${name}" could not be pressed for 10 s. ${await shown(page)}`, { cause });
  }
  return element;
}

/** Presses a button with the mouse, as soon as it can be pressed. */
export async function press(page: Page, name: string, role: Role = 'button'): Promise<void> {
  const element = await awake(page, name, role);
  try {
    await element.click();
  } catch (error) {
    // An answer closes its window, sometimes before the click has been acknowledged.
    if (!page.isClosed() && !String(error).includes('closed')) throw error;
  }
}

/** Chooses an option, by its words, of the list with this name. */
export async function chooseOption(page: Page, name: string, words: string): Promise<void> {
  const list = await named(page, 'combobox', name);
  const value = await list.evaluate(
    (select, wanted) =>
      select instanceof HTMLSelectElement
        ? [...select.options].find(({ text }) => text === wanted || text.startsWith(`${wanted} ·`))?.value
        : undefined,
    words,
  );
  if (value === undefined) throw new Error(`The list "${name}" has no "${words}".`);
  await list.select(value);
}

/** Opens what is folded away under these words. */
export async function unfold(page: Page, words: string): Promise<void> {
  await page.locator(`summary ::-p-text(${words})`).click();
}

/** Types over what stands in a field. */
export async function fill(page: Page, name: string, text: string): Promise<void> {
  const field = await named(page, 'textbox', name);
  await field.click({ count: 3 });
  await field.type(text);
}

/** All text of a page as it is seen, with every space a plain one. */
export function seenText(page: Page): Promise<string> {
  return page.evaluate(() => document.body.innerText.replaceAll('\u00a0', ' '));
}

/** Waits until a page shows this text. */
export async function waitForText(page: Page, text: string, timeoutMs = 15_000): Promise<void> {
  try {
    await page.waitForFunction(
      (wanted) => document.body.innerText.replaceAll('\u00a0', ' ').includes(wanted),
      { timeout: timeoutMs },
      text,
    );
  } catch (cause) {
    throw new Error(`"${text}" did not come within ${timeoutMs / 1000} s. ${await shown(page)}`, { cause });
  }
}

/** Waits until a page or window has gone. */
export async function waitForClose(page: Page): Promise<void> {
  if (page.isClosed()) return;
  await new Promise<void>((resolve) => page.once('close', () => resolve()));
}
