import { expect, it } from 'vitest';
import type { PaidChat } from '../../src/inpage/types.ts';
import { en } from '../../src/ui/text/en.ts';
import { askWithoutClick } from './asking.ts';
import { useStage } from './fixture.ts';
import { chooseOption, press, waitForText } from './press.ts';

declare const paidChat: PaidChat;

declare global {
  interface Window {
    /** What the page was told, in order, as text. */
    told: string[];
  }
}

const stage = useStage({ tokenDelayMs: 0 });
const host = 'listening';

it('tells a page of each payment, a limit that is nearly used, its models, its permission, and its own end', async () => {
  const page = await stage.open(host);
  await page.evaluate(() => {
    window.told = [];
    paidChat.addEventListener('permissionchange', ({ detail }) => {
      window.told.push(`permission ${detail.state} ${detail.autoApprove}`);
    });
    paidChat.addEventListener('payment', ({ detail }) => {
      window.told.push(`payment ${detail.amountUsdc} ${detail.status}`);
    });
    for (const type of ['budgetlow', 'modelschange', 'disconnect'] as const)
      paidChat.addEventListener(type, ({ detail }) => window.told.push(`${type} ${JSON.stringify(detail)}`));
  });
  const told = () => page.evaluate(() => window.told.splice(0));
  const isTold = (...expected: string[]) => {
    const all: string[] = [];
    return expect
      .poll(async () => (all.push(...(await told())), all.toSorted()))
      .toEqual(expected.toSorted());
  };

  await stage.allow(host, '0.01');
  // Whom a site may pay with is no secret from it any more.
  await isTold('permission granted true', 'modelschange {}');

  expect((await askWithoutClick(page)).receipt?.status).toBe('settled');
  const paid = ['payment 0.004424 pending', 'payment 0.004424 settled'];
  await isTold(...paid);
  expect((await askWithoutClick(page)).receipt?.status).toBe('settled');
  await isTold(...paid, 'budgetlow {}');

  const popup = await stage.popup(page);
  await press(popup, en.answerer.edit(new URL(page.url()).host));
  await chooseOption(popup, en.answerer.gateway, 'Rungate');
  await waitForText(popup, en.answerer.by('Rungate'));
  await popup.close();
  await isTold('modelschange {}');

  await page.evaluate(() => paidChat.revoke());
  await isTold('permission prompt false', 'modelschange {}');

  await stage.rig.update();
  // The next call finds out.
  expect(await page.evaluate(() => paidChat.models().catch(({ code }: { code: number }) => code))).toBe(4900);
  await isTold('disconnect null');
});
