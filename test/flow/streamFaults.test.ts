import { describe, expect, it } from 'vitest';
import { jumpGate, rungate } from '../../src/core/gateways.ts';
import type { Reason } from '../../src/core/reasons.ts';
import { answerWords, reasoningWords } from '../fakes/answerStream.ts';
import { eventually } from '../fakes/eventually.ts';
import type { GatewayFault } from '../fakes/gatewayFaults.ts';
import { startWorld } from '../fakes/world.ts';
import { allow, errorOf, resultOf, statesOf } from './steps.ts';

const broken = { type: 'disconnected', phase: 'stream', paid: 'yes', retryable: false };
const failed = { type: 'gateway_unavailable', phase: 'stream', paid: 'yes', retryable: false };

describe.each([jumpGate, rungate])('the paid answer of $name', (gateway) => {
  it.each<[GatewayFault, object, Reason, RegExp]>([
    ['resetMidStream', broken, 'streamBroken', /^Base is $/],
    ['noDone', broken, 'streamBroken', /^Base is a chain\.$/],
    ['errorFrame', failed, 'streamError', /^Base is $/],
    ['endless', failed, 'streamTooLarge', /^Base is a chain\.x{1000000}/],
    ['hugeEvent', failed, 'streamTooLarge', /^Base is $/],
    ['longLine', failed, 'streamTooLarge', /^Base is $/],
  ])(
    'keeps what came of an answer with %s as incomplete and pays no second time',
    async (fault, error, reason, text) => {
      const world = await startWorld({ gateways: [gateway] });
      await allow(world);
      world.gateway.faults.set(fault);
      const chat = world.openPage().chat();
      const { receiptId } = await errorOf(chat);
      expect(chat.ended).toMatchObject({ error });
      expect(chat.text).toMatch(text);
      const [run] = (await world.screens.popup(1)).runs;
      const kept = { stage: 'failed', incomplete: true, paid: 'yes', paymentId: receiptId };
      expect(run).toMatchObject({ ...kept, reason });
      expect(chat.ended).not.toHaveProperty('error.reason');
      expect(run?.text).toBe(chat.text);
      await world.pass(60_000);
      expect(await statesOf(world)).toEqual(['settled']);
      expect(world.gateway.of('paid')).toHaveLength(1);
      expect(world.gateway.charges).toHaveLength(1);
      expect(world.holds).toBe(0);
    },
  );

  it('gives up an answer that stands still for three minutes', async () => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.faults.set('holdStream');
    const chat = world.openPage().chat();
    await eventually('two words', () => chat.text === 'Base is ');
    await world.pass(179_999);
    expect(world.holds).toBe(1);
    await world.pass(1);
    expect(await errorOf(chat)).toMatchObject(failed);
    expect((await world.screens.popup(1)).runs).toMatchObject([
      { text: 'Base is ', incomplete: true, reason: 'streamIdle' },
    ]);
  });

  it('says that nothing is known of the money where a cut answer had no receipt', async () => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.faults.set('noReceipt');
    world.gateway.faults.set('resetMidStream');
    expect(await errorOf(world.openPage().chat())).toMatchObject({ ...broken, paid: 'unknown' });
    expect(await statesOf(world)).toEqual(['sent']);
  });

  it('reads through byte order marks, line ends, split characters and frames that are none', async () => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.faults.set('messyFrames');
    const chat = world.openPage().chat();
    await resultOf(chat);
    expect(chat.text).toBe('One Grüße 🙂 end.');
  });

  it('hands on an empty answer as empty', async () => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.faults.set('emptyAnswer');
    const page = world.openPage();
    const streamed = page.chat();
    expect((await resultOf(streamed)).receipt.status).toBe('settled');
    expect(streamed.text).toBe('');
    expect(streamed.chunks).toHaveLength(1);
    const whole = await resultOf(page.chat({ stream: false }));
    expect(whole.completion?.choices[0]?.message.content ?? '').toBe('');
  });

  it('fails a call that does not stream with its text kept in the popup', async () => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.faults.set('resetMidStream');
    const chat = world.openPage().chat({ stream: false });
    expect(await errorOf(chat)).toMatchObject(broken);
    expect(chat.chunks).toEqual([]);
    expect((await world.screens.popup(1)).runs).toMatchObject([{ text: 'Base is ', incomplete: true }]);
  });

  it('is read whole where it comes as JSON, for a page that streams and for one that does not', async () => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.faults.set('wholeAnswer');
    world.gateway.faults.set('reasoning');
    const page = world.openPage();
    const streamed = page.chat();
    expect((await resultOf(streamed)).receipt.status).toBe('settled');
    expect(streamed.text).toBe(answerWords.join(''));
    expect(streamed.chunks.at(-1)?.usage).toMatchObject({ total_tokens: 21 });
    const whole = await resultOf(page.chat({ stream: false }));
    expect(whole.completion?.choices).toMatchObject([
      { message: { content: answerWords.join(''), reasoning: reasoningWords }, finish_reason: 'stop' },
    ]);
    expect(whole.completion?.usage).toMatchObject({ total_tokens: 21 });
  });

  it.each<[GatewayFault, object]>([
    ['resetMidStream', broken],
    ['errorFrame', failed],
  ])('ends as paid where JSON comes with %s', async (fault, error) => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.faults.set('wholeAnswer');
    world.gateway.faults.set(fault);
    expect(await errorOf(world.openPage().chat({ stream: false }))).toMatchObject(error);
    await world.pass(60_000);
    expect(await statesOf(world)).toEqual(['settled']);
    expect(world.gateway.of('paid')).toHaveLength(1);
  });

  it('keeps what the model thinks apart from what it says', async () => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.faults.set('reasoning');
    const page = world.openPage();
    const streamed = page.chat();
    await resultOf(streamed);
    expect(streamed.text).toBe(answerWords.join(''));
    const thought = streamed.chunks.map(({ choices }) => choices[0]?.delta.reasoning ?? '').join('');
    expect(thought).toBe(reasoningWords);
  });
});
