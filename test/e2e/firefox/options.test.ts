import { expect, it } from 'vitest';
import { en } from '../../../src/ui/text/en.ts';
import { fill, has, named, press, waitForText } from '../press.ts';
import { picture, useFirefoxStage } from './stage.ts';

const stage = useFirefoxStage({ tokenDelayMs: 0 });
const words = en.options;

it('opens the options from a popup that misses no access, and lowers a limit there', async () => {
  const page = await stage.open('options');
  const popup = await stage.rig.popupPage(page);
  await named(popup, 'button', words.open);
  expect(await has(popup, 'button', en.popup.access.allow)).toBe(false);
  await press(popup, words.open);
  const options = await stage.rig.optionsPage();
  const name = words.limits.names.panelDay;
  await press(options, en.popup.editLimit(name, '$1.00'));
  await fill(options, en.popup.newLimit(name), '0.25');
  await press(options, en.save);
  await waitForText(options, '$0.25 left of $0.25');
  await picture(options, 'options');
});

it('says in the popup when its hosts were taken from it in about:addons, and not once they are back', async () => {
  // The right to all pages covers the gateway, too.
  const hosts = ['https://*/*', 'https://jumpgate.ambient.xyz/*'];
  const page = await stage.open('options');
  await stage.rig.setHostPermissions('revoked', hosts);
  const popup = await stage.rig.popupPage(page);
  await named(popup, 'button', en.popup.access.allow);
  await picture(popup, 'popup-without-access');
  await stage.rig.setHostPermissions('granted', hosts);
  await expect.poll(() => has(popup, 'button', en.popup.access.allow), { timeout: 10_000 }).toBe(false);
});
