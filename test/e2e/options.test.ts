import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import { en } from '../../src/ui/text/en.ts';
import { askWithoutClick } from './asking.ts';
import { notPaid, paidOnce, useStage } from './fixture.ts';
import { picture } from './pictures.ts';
import { fill, named, press, seenText, waitForText } from './press.ts';

const stage = useStage({ tokenDelayMs: 0 });
const words = en.options;

/** The options, as the popup opens them. */
async function openOptions(page: Page): Promise<Page> {
  const popup = await stage.popup(page);
  const coming = stage.rig.browser.waitForTarget((target) => target.url().endsWith('/options.html'), {
    timeout: 15_000,
  });
  await press(popup, words.open);
  const options = await (await coming).page();
  if (options === null) throw new Error('The options have no page.');
  await waitForText(options, words.limits.title);
  return options;
}

/** Changes a limit in place. */
async function setLimit(options: Page, name: string, from: string, to: string): Promise<void> {
  await press(options, en.popup.editLimit(name, from));
  await fill(options, en.popup.newLimit(name), to);
  await press(options, en.save);
  await named(options, 'button', en.popup.editLimit(name, `$${to}`));
}

it('adds a gateway of the person’s own, which then answers and is paid', async () => {
  const page = await stage.open('own-gateway');
  const options = await openOptions(page);
  const { name, defaultModel, baseUrl, kinds } = words.gateways;
  await press(options, words.gateways.add);
  await press(options, words.gateways.saveNew);
  await waitForText(options, words.missing);
  await fill(options, name, 'Next door');
  await (await named(options, 'radio', kinds.jumpgate)).click();
  const address = `http://127.0.0.1:${stage.world.gateway.port}`;
  await fill(options, baseUrl, 'http://gateway.example');
  await waitForText(options, words.address.insecure);
  await fill(options, baseUrl, address);
  await fill(options, defaultModel, 'ambient/large');
  await press(options, words.gateways.saveNew);
  await (await named(options, 'radio', 'Next door')).click();
  await picture(options, 'options');

  const before = await stage.balances();
  await page.bringToFront();
  const { call, approval } = await stage.ask(page);
  await waitForText(approval, 'Next door');
  await press(approval, en.approval.payOnce);
  expect((await call.outcome()).receipt).toMatchObject({ status: 'settled', gateway: 'next-door' });
  expect(await stage.movedSince(before)).toEqual(paidOnce);
  const paid = stage.world.gateway.requests.findLast(({ headers }) => 'payment-signature' in headers);
  expect(paid?.headers['host']).toBe(new URL(address).host);

  await options.bringToFront();
  await press(options, words.gateways.removeNamed('Next door'));
  await press(options, words.gateways.remove);
  await options.waitForFunction((gone) => !document.body.innerText.includes(gone), {}, 'Next door');
});

it('lowers a limit at once: the next payment is refused without a word to anybody', async () => {
  const page = await stage.open('lowered');
  const first = await stage.ask(page);
  await press(first.approval, en.approval.allow('$0.50'));
  expect((await first.call.outcome()).receipt?.status).toBe('settled');

  const options = await openOptions(page);
  await setLimit(options, words.limits.names.allDay, '$2.00', '0.006');
  const before = await stage.balances();
  const { error } = await askWithoutClick(await stage.open('lowered'));
  expect(error).toMatchObject({ code: -32005, paid: 'no' });
  expect(await stage.movedSince(before)).toEqual(notPaid);

  await page.bringToFront();
  const { approval } = await stage.ask(page);
  await waitForText(approval, 'All sites: limit $0.006 a day');
  expect(await seenText(approval)).not.toContain(`${en.approval.payOnce}\n`);
  await options.bringToFront();
  await setLimit(options, words.limits.names.allDay, '$0.006', '2.00');
});

it('ends the grant of a site that is forgotten', async () => {
  const page = await stage.open('forgotten');
  const { call, approval } = await stage.ask(page);
  await press(approval, en.approval.allow('$0.50'));
  expect((await call.outcome()).receipt?.status).toBe('settled');
  const options = await openOptions(page);
  const site = 'forgotten.localhost:8080';
  await press(options, words.sites.editNamed(site));
  await press(options, words.sites.forget);
  await press(options, words.sites.forgetIt);
  await options.waitForFunction((gone) => !document.body.innerText.includes(gone), {}, 'forgotten');
  const { error } = await askWithoutClick(await stage.open('forgotten'));
  expect(error).toMatchObject({ code: 4100, paid: 'no' });
});

it('is the walk of the README: a paid answer, a lower limit, a refused payment', async () => {
  const before = await stage.balances();
  const page = await stage.open('demo');
  const first = await stage.approvalFrom(() => press(page, 'Ask'));
  await press(first, en.approval.payOnce);
  await waitForText(page, 'Verifiable inference means');
  await picture(page, 'walk-1-answered');

  const popup = await stage.popup(page);
  await press(popup, en.popup.editLimit(en.popup.siteLimitsLong.day, '$0.50'));
  await fill(popup, en.popup.newLimit(en.popup.siteLimitsLong.day), '0.005');
  await press(popup, en.save);
  await waitForText(popup, 'left of $0.005');
  await picture(popup, 'walk-2-lowered');
  await popup.close();

  await page.bringToFront();
  const second = await stage.approvalFrom(() => press(page, 'Ask'));
  await waitForText(second, 'This site: limit $0.005 a day, used $0.004424, this costs up to $0.004424.');
  await picture(second, 'walk-3-over-the-limit');
  await press(second, en.approval.deny);
  await waitForText(page, 'nothing was paid');
  await picture(page, 'walk-4-refused');
  expect(await stage.movedSince(before)).toEqual(paidOnce);
});
