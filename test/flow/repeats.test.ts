import { describe, expect, it } from 'vitest';
import { answerWords } from '../fakes/answerStream.ts';
import { eventually } from '../fakes/eventually.ts';
import { startWorld } from '../fakes/world.ts';
import { allow, endInTime, errorOf, examplePrice, resultOf } from './steps.ts';

const answer = answerWords.join('');
const key = 'order-1';

describe('a call that repeats one which its page gave up', () => {
  it('gets the answer of the paid one from its first word, and pays nothing', async () => {
    const world = await startWorld();
    await allow(world);
    const page = world.openPage();
    world.gateway.faults.set('holdStream', 1);
    const first = page.chat();
    await eventually('the paid request', () => world.gateway.of('paid')[0]);
    first.cancel();
    const second = page.chat({ options: { repeats: [first.id] } });
    await world.quiet();
    world.gateway.release();
    const { receipt } = await resultOf(second);
    expect(second.text).toBe(answer);
    expect(receipt.amountUsdc).toBe('0.004424');
    expect(world.gateway.charges).toMatchObject([{ value: examplePrice }]);
    expect(await world.rows()).toHaveLength(1);
  });

  it('gets it as a whole where it wants it so, also when the answer was over before', async () => {
    const world = await startWorld();
    await allow(world);
    const page = world.openPage();
    const first = page.chat();
    const { receipt } = await resultOf(first);
    const second = page.chat({ options: { repeats: [first.id] }, stream: false });
    expect(await resultOf(second)).toMatchObject({
      receipt: { id: receipt.id },
      completion: { choices: [{ message: { content: answer } }], paidchat: { receiptId: receipt.id } },
    });
    expect(world.gateway.charges).toHaveLength(1);
  });

  it('fails as the first one did where the payment is unknown, and signs nothing', async () => {
    const world = await startWorld();
    await allow(world);
    const page = world.openPage();
    world.gateway.faults.set('resetBefore');
    const first = page.chat();
    expect(await endInTime(world, first)).toMatchObject({ ok: false, error: { paid: 'unknown' } });
    world.gateway.faults.clear();
    const error = await errorOf(page.chat({ options: { repeats: [first.id] } }));
    expect(error).toMatchObject({ type: 'payment_unknown', paid: 'unknown' });
    expect(page.wallet.asked.filter(({ type }) => type === 'signTypedData')).toHaveLength(1);
  });

  it('buys where nothing of the first was signed', async () => {
    const world = await startWorld();
    await allow(world);
    const page = world.openPage();
    world.gateway.faults.set('quote500', 1);
    const first = page.chat();
    expect(await errorOf(first)).toMatchObject({ paid: 'no' });
    await resultOf(page.chat({ options: { repeats: [first.id] } }));
    expect(world.gateway.charges).toHaveLength(1);
  });

  it('buys once where the first was given up while its price was asked for', async () => {
    const world = await startWorld();
    await allow(world);
    const page = world.openPage();
    world.gateway.faults.set('quoteSilent', 1);
    const first = page.chat();
    await eventually('the quote', () => world.gateway.of('quote')[0]);
    first.cancel();
    await resultOf(page.chat({ options: { repeats: [first.id] } }));
    expect(world.gateway.charges).toHaveLength(1);
  });

  it('buys nothing where a call between the two was refused and the first is paid', async () => {
    const world = await startWorld();
    await allow(world);
    const page = world.openPage();
    const first = page.chat();
    await resultOf(first);
    const answered = await resultOf(page.chat({ options: { repeats: [first.id, 'call-refused'] } }));
    expect(answered).toMatchObject({ receipt: { status: 'settled' } });
    expect(world.gateway.charges).toHaveLength(1);
  });

  it('is refused where it asks something else', async () => {
    const world = await startWorld();
    await allow(world);
    const page = world.openPage();
    const first = page.chat();
    await resultOf(first);
    const other = page.chat({ options: { repeats: [first.id] }, request: { max_completion_tokens: 999 } });
    expect(await errorOf(other)).toMatchObject({ type: 'invalid_params', paid: 'no' });
    expect(world.gateway.charges).toHaveLength(1);
  });

  it('never gets the answer of another site', async () => {
    const world = await startWorld();
    await allow(world);
    const first = world.openPage().chat();
    await resultOf(first);
    const elsewhere = world.openPage({ origin: 'https://news.example', tabId: 2 });
    const second = elsewhere.chat({ options: { repeats: [first.id] }, active: false });
    expect(await errorOf(second)).toMatchObject({ type: 'unauthorized' });
    expect(second.chunks).toEqual([]);
  });
});

describe('two calls with one idempotency key', () => {
  it('are one purchase when they come at once, and both get the answer', async () => {
    const world = await startWorld();
    await allow(world);
    const page = world.openPage();
    const first = page.chat({ options: { idempotencyKey: key } });
    const second = page.chat({ options: { idempotencyKey: key }, stream: false });
    const { receipt } = await resultOf(first);
    expect(await resultOf(second)).toMatchObject({ receipt: { id: receipt.id } });
    expect(first.text).toBe(answer);
    expect(world.gateway.charges).toHaveLength(1);
  });

  it('are one purchase across two tabs of a site and a restart of the background', async () => {
    const world = await startWorld();
    await allow(world);
    await resultOf(world.openPage().chat({ options: { idempotencyKey: key } }));
    await world.quiet();
    world.restart();
    const second = world.openPage({ tabId: 2 }).chat({ options: { idempotencyKey: key } });
    await resultOf(second);
    expect(second.text).toBe(answer);
    expect(world.gateway.charges).toHaveLength(1);
  });

  it('are two purchases where the first was not paid, where the sites differ, and after ten minutes', async () => {
    const world = await startWorld();
    await allow(world);
    await allow(world, {}, 'https://news.example');
    const page = world.openPage();
    world.gateway.faults.set('quote500', 1);
    await errorOf(page.chat({ options: { idempotencyKey: key } }));
    await resultOf(page.chat({ options: { idempotencyKey: key } }));
    const news = world.openPage({ origin: 'https://news.example', tabId: 2 });
    await resultOf(news.chat({ options: { idempotencyKey: key } }));
    await world.pass(10 * 60_000);
    await resultOf(page.chat({ options: { idempotencyKey: key } }));
    expect(world.gateway.charges).toHaveLength(3);
  });

  it.each(['at once', 'at the card', 'at the wallet'] as const)(
    'are one purchase where the first is given up %s, and the others get its answer',
    async (when) => {
      const world = await startWorld();
      if (when === 'at once') await allow(world);
      const page = world.openPage();
      if (when === 'at the wallet') page.wallet.connecting = 'hang';
      const options = { idempotencyKey: key };
      const first = page.chat({ options });
      if (when === 'at the card') await world.screens.card();
      if (when === 'at the wallet') {
        await world.screens.payOnce();
        await page.asked('connect');
      }
      // React's strict mode: an effect runs, is undone, and runs again.
      const [early] = when === 'at once' ? [] : [page.chat({ options })];
      if (early) await world.quiet();
      page.wallet.connecting = 'connect';
      first.cancel();
      const others = [...(early ? [early] : []), page.chat({ options }), page.chat({ options })];
      expect(await errorOf(first)).toMatchObject({ type: 'user_rejected', paid: 'no' });
      if (when !== 'at once') await world.screens.payOnce();
      for (const other of others) {
        await resultOf(other);
        expect(other.text).toBe(answer);
      }
      expect(world.gateway.charges).toHaveLength(1);
    },
  );

  it.each(['quote', 'approve', 'sign'] as const)(
    'end apart where the second is given up before anything is signed (%s): it hears at once that nothing was paid',
    async (phase) => {
      const world = await startWorld();
      if (phase === 'quote') await allow(world);
      const page = world.openPage();
      const options = { idempotencyKey: key };
      if (phase === 'quote') world.gateway.faults.set('quoteSilent', 1);
      if (phase === 'sign') page.wallet.connecting = 'hang';
      const first = page.chat({ options });
      if (phase === 'quote') await eventually('the quote', () => world.gateway.of('quote')[0]);
      if (phase === 'approve') await world.screens.card();
      if (phase === 'sign') {
        await world.screens.payOnce();
        await page.asked('connect');
      }
      const second = page.chat({ options });
      await world.quiet();
      second.cancel();
      const error = await errorOf(second);
      expect(error).toMatchObject({ type: 'user_rejected', paid: 'no', phase });
      expect(first.ended).toBeUndefined();
      expect(world.gateway.charges).toEqual([]);
      expect(await world.rows()).toHaveLength(phase === 'sign' ? 1 : 0);
    },
  );

  it('leave the first its purchase and its answer where the second is given up at the card', async () => {
    const world = await startWorld();
    const page = world.openPage();
    const options = { idempotencyKey: key };
    const first = page.chat({ options });
    await world.screens.card();
    const second = page.chat({ options });
    await world.quiet();
    second.cancel();
    expect(await errorOf(second)).toMatchObject({ type: 'user_rejected', paid: 'no' });
    await world.screens.payOnce();
    await resultOf(first);
    expect(first.text).toBe(answer);
    expect(second.chunks).toEqual([]);
    expect(world.gateway.charges).toHaveLength(1);
  });

  it('never tell the second that nothing was paid once the wallet is asked to sign', async () => {
    const world = await startWorld();
    await allow(world);
    const page = world.openPage();
    const options = { idempotencyKey: key };
    world.gateway.faults.set('holdStream', 1);
    const first = page.chat({ options });
    const second = page.chat({ options });
    await eventually('the paid request', () => world.gateway.of('paid')[0]);
    second.cancel();
    await world.quiet();
    expect(second.ended).toBeUndefined();
    world.gateway.release();
    const { receipt } = await resultOf(first);
    expect(await resultOf(second)).toMatchObject({ receipt: { id: receipt.id } });
  });

  it('end alike where the person says no: nobody is asked twice', async () => {
    const world = await startWorld();
    const page = world.openPage();
    const options = { idempotencyKey: key };
    const calls = [page.chat({ options }), page.chat({ options })];
    await world.screens.click({ choice: 'deny' });
    for (const call of calls) expect(await errorOf(call)).toMatchObject({ type: 'user_rejected' });
    await world.quiet();
    expect(world.windows.opened).toHaveLength(1);
  });

  it('must ask the same', async () => {
    const world = await startWorld();
    await allow(world);
    const page = world.openPage();
    await resultOf(page.chat({ options: { idempotencyKey: key } }));
    const other = page.chat({ options: { idempotencyKey: key }, request: { temperature: 0.1 } });
    expect((await errorOf(other)).message).toContain('idempotencyKey');
  });
});
