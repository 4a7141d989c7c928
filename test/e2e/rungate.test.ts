import { describe, expect, it } from 'vitest';
import { en } from '../../src/ui/text/en.ts';
import { askFromClick, documentedExample } from './asking.ts';
import type { Asked } from './asking.ts';
import type { Balances } from './fixture.ts';
import { useStage } from './fixture.ts';
import { picture } from './pictures.ts';
import { awake, chooseOption, named, press, seenText, unfold, waitForText } from './press.ts';

const stage = useStage({ tokenDelayMs: 5 });
const question = 'Explain verifiable inference in one paragraph.';
const firstWords = 'Verifiable inference means that an';
/** 17 tokens in and 1000 out at the rig's prices for deepseek/deepseek-v3.2, in micro-USDC. */
const price = 425n;
const paid: Balances = { payer: -price, payee: price };

describe('Rungate', () => {
  it.each([
    ['streaming', 'Streamed', 'text/event-stream; charset=utf-8'],
    ['as JSON', 'Whole, as JSON', 'application/json'],
  ])('is paid for exactly what its challenge asks, %s', async (form, choice, contentType) => {
    const page = await stage.open('demo');
    await chooseOption(page, 'Model', 'deepseek/deepseek-v3.2');
    await chooseOption(page, 'Answer', choice);
    if (contentType === 'application/json') stage.world.gateway.faults.next('wholeAnswer');
    const before = await stage.balances();

    const approval = await stage.approvalFrom(() => press(page, 'Ask'));
    await awake(approval, 'Pay once');
    const card = await seenText(approval);
    expect(card).toContain('$0.000425');
    expect(card).toContain('deepseek/deepseek-v3.2 by Rungate');
    await picture(approval, `rungate-card-${form.replaceAll(' ', '-')}`);
    await press(approval, 'Pay once');
    await waitForText(page, 'Done.');
    await waitForText(page, firstWords);
    await waitForText(page, 'Paid 0.000425 USDC (settled)');

    const after = await stage.balances();
    expect({ payer: after.payer - before.payer, payee: after.payee - before.payee }).toEqual(paid);
    process.stdout.write(
      `Rungate ${form}: payer ${before.payer} → ${after.payer}, payee ${before.payee} → ${after.payee} micro-USDC\n`,
    );
    const [unpaid, signed] = stage.world.rungate.requests.slice(-2);
    expect(signed?.body).toBe(unpaid?.body);
    expect(signed?.headers).toHaveProperty('payment-signature');
    for (const { headers } of stage.world.rungate.requests)
      expect(headers).not.toHaveProperty('authorization');
    expect(stage.world.gateway.requests.filter(({ method }) => method === 'POST')).toEqual([]);

    const popup = await stage.popup(page);
    await waitForText(popup, '17 tokens in');
  });

  it('answers a site that names no model once the person has chosen it there', async () => {
    const page = await stage.open('chosen');
    const popup = await stage.popup(page);
    await press(popup, en.answerer.edit(new URL(page.url()).host));
    await chooseOption(popup, en.answerer.gateway, 'Rungate');
    await waitForText(popup, en.answerer.by('Rungate'));
    await picture(popup, 'rungate-chosen');
    await popup.close();

    const before = await stage.balances();
    const { model: _named, ...request } = documentedExample;
    let asked: Asked | undefined;
    const approval = await stage.approvalFrom(async () => {
      asked = await askFromClick(page, request);
    });
    await awake(approval, 'Pay once');
    await waitForText(approval, 'deepseek/deepseek-v3.2 by Rungate');
    await press(approval, 'Pay once');
    expect(await asked?.outcome()).toMatchObject({
      receipt: { gateway: 'rungate', model: 'deepseek/deepseek-v3.2', status: 'settled' },
    });
    expect(await stage.movedSince(before)).toEqual(paid);
  });

  it('shows on the card what it offers by MPP, and pays by x402', async () => {
    const page = await stage.open('mpp');
    await chooseOption(page, 'Model', 'deepseek/deepseek-v3.2');
    stage.world.gateway.faults.set('mppBeside');
    stage.world.gateway.faults.set('challengeAs401');
    const before = await stage.balances();
    const approval = await stage.approvalFrom(() => press(page, 'Ask'));
    await awake(approval, 'Pay once');
    await unfold(approval, en.approval.details);
    await waitForText(approval, en.approval.alsoOfferedBy('tempo, evm'));
    await press(approval, 'Pay once');
    await waitForText(page, 'Done.');
    expect(await stage.movedSince(before)).toEqual(paid);
  });

  it('keeps what a model thinks apart from its answer', async () => {
    const page = await stage.open('thinking');
    await chooseOption(page, 'Model', 'openai/gpt-oss-120b');
    const approval = await stage.approvalFrom(() => press(page, 'Ask'));
    await press(approval, 'Pay once');
    await waitForText(page, 'Done.');
    expect(await seenText(page)).not.toContain('The rig thinks');
    const popup = await stage.popup(page);
    const answer = await named(popup, 'region', question);
    expect(await answer.evaluate((element) => element.textContent)).toContain(firstWords);
    expect(await answer.evaluate((element) => element.textContent)).not.toContain('The rig thinks');
    await unfold(popup, en.run.thoughts);
    await waitForText(popup, 'The rig thinks about its words.');
    await picture(popup, 'rungate-thoughts');
  });
});
