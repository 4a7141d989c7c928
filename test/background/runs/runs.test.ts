import { expect, it } from 'vitest';
import { createChanges } from '../../../src/background/changes.ts';
import { createRunCheckpoint } from '../../../src/background/runs/runCheckpoint.ts';
import type { RunEnd } from '../../../src/background/runs/runHead.ts';
import { createRuns } from '../../../src/background/runs/runs.ts';
import type { Runs, RunSink } from '../../../src/background/runs/runs.ts';
import { panelSite } from '../../../src/core/site.ts';
import type { ChatChunk } from '../../../src/protocol/page.ts';
import { fakeClock } from '../../fakes/clock.ts';
import type { FakeClock } from '../../fakes/clock.ts';
import { turns } from '../../fakes/eventually.ts';
import { fakeKeyValue } from '../../fakes/keyValues.ts';
import type { FakeKeyValue } from '../../fakes/keyValues.ts';
import { news, shop } from '../../fakes/payments.ts';

const facts = {
  callId: 'call-0001',
  form: 'stream',
  requestDigest: 'd',
  site: shop,
  tabId: 1,
  question: 'Why?',
  model: 'm',
  gateway: 'g',
} as const;
const interrupted = async () => ({
  reason: 'restartedAfterPaying' as const,
  error: {
    type: 'disconnected',
    message: 'Restarted.',
    phase: 'stream',
    paid: 'yes',
    retryable: false,
  } as const,
  paid: 'yes' as const,
});

interface Rig {
  readonly runs: Runs;
  readonly clock: FakeClock;
  readonly session: FakeKeyValue;
}

function rig(left: Partial<Rig> = {}): Rig {
  const { clock = fakeClock(), session = fakeKeyValue() } = left;
  let made = session.values.size;
  const newId = () => `run-${(made += 1)}`;
  const runs = createRuns({
    clock,
    newId,
    changes: createChanges(),
    checkpoint: createRunCheckpoint(session),
  });
  return { runs, clock, session };
}

function chunk(content: string): ChatChunk {
  const choices = [{ index: 0, delta: { content }, finish_reason: null }];
  return { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices };
}

function listener(): RunSink & { readonly heard: unknown[] } {
  const heard: unknown[] = [];
  return {
    heard,
    chunks: (offset, chunks) => heard.push([offset, chunks.map(({ choices }) => choices[0]?.delta.content)]),
    end: (end: RunEnd) => heard.push(end),
  };
}

const done = { result: null };

it('gives a follower what there is from its offset on, then what comes, then the end', () => {
  const { runs } = rig();
  const run = runs.begin(facts);
  run.append([chunk('a'), chunk('b')]);
  const [whole, late] = [listener(), listener()];
  run.follow(0, whole);
  run.follow(1, late);
  run.append([chunk('c')]);
  run.finish(done, { stage: 'done' });
  expect(whole.heard).toEqual([[0, ['a', 'b']], [2, ['c']], done]);
  expect(late.heard).toEqual([[1, ['b']], [2, ['c']], done]);
  expect(run.text).toBe('abc');
});

it('tells a follower that comes after the end the rest and the end', () => {
  const { runs } = rig();
  const run = runs.begin(facts);
  run.append([chunk('a')]);
  run.finish(done, { stage: 'done' });
  const late = listener();
  run.follow(1, late);
  expect(late.heard).toEqual([done]);
});

it('ends once', () => {
  const { runs } = rig();
  const run = runs.begin(facts);
  const sink = listener();
  run.follow(0, sink);
  run.finish(done, { stage: 'done' });
  run.finish({ result: 'again' }, { stage: 'failed' });
  expect(sink.heard).toEqual([done]);
  expect(run.head).toMatchObject({ stage: 'done', end: done });
});

it('says nothing more to who has stopped following', () => {
  const { runs } = rig();
  const run = runs.begin(facts);
  const sink = listener();
  run.follow(0, sink)();
  run.append([chunk('a')]);
  expect(sink.heard).toEqual([]);
});

it('tells text as it comes, with its place, and nothing of chunks without text', () => {
  const { runs } = rig();
  const heard: unknown[] = [];
  const undo = runs.onText((run, type, at, text) => heard.push([run.head.id, type, at, text]));
  const run = runs.begin(facts);
  run.append([chunk('ab'), chunk('c')]);
  run.append([{ ...chunk(''), choices: [] }]);
  run.append([chunk('d')]);
  undo();
  run.append([chunk('e')]);
  expect(heard).toEqual([
    [run.head.id, 'text', 0, 'abc'],
    [run.head.id, 'text', 3, 'd'],
  ]);
});

it('finds a run by the call of its own site only, and lists a tab without the panel, newest first', () => {
  const { runs, clock } = rig();
  const first = runs.begin(facts);
  clock.advance(1);
  const second = runs.begin({ ...facts, callId: 'call-0002' });
  const panel = runs.begin({ ...facts, callId: 'call-0003', site: panelSite });
  expect(runs.ofCall(shop, 'call-0001')).toBe(first);
  expect(runs.ofCall(news, 'call-0001')).toBeUndefined();
  expect(runs.ofTab(1)).toEqual([second, first]);
  expect(runs.ofTab(2)).toEqual([]);
  expect(runs.ofSite(panelSite)).toEqual([panel]);
  expect(runs.get(second.head.id)).toBe(second);
});

it('saves text four times a second at most, and the rest with the end', async () => {
  const { runs, clock, session } = rig();
  const run = runs.begin(facts);
  const saved = () => [...session.values.keys()].filter((key) => key.startsWith('chunks:'));
  for (const letter of 'abcdef') run.append([chunk(letter)]);
  await turns(2);
  expect(saved()).toEqual([]);
  clock.advance(250);
  run.append([chunk('g')]);
  await turns(2);
  expect(saved()).toHaveLength(1);
  run.finish(done, { stage: 'done' });
  await turns(2);
  expect(saved()).toHaveLength(2);
  clock.advance(1_000);
  await turns(2);
  expect(saved()).toHaveLength(2);
});

it('brings back what was saved, and ends what was under way as interrupted', async () => {
  const before = rig();
  const finished = before.runs.begin(facts);
  finished.append([chunk('all')]);
  finished.finish(done, { stage: 'done' });
  const live = before.runs.begin({ ...facts, callId: 'call-0002' });
  live.append([chunk('par')]);
  before.clock.advance(250);
  live.append([chunk('tial')]);
  await turns(3);

  const { runs } = rig(before);
  await runs.restore(interrupted);
  expect(runs.ofCall(shop, 'call-0001')).toMatchObject({ text: 'all', head: { stage: 'done', end: done } });
  const restored = runs.ofCall(shop, 'call-0002');
  expect(restored).toMatchObject({ text: 'par', head: { stage: 'failed', incomplete: true, paid: 'yes' } });
  const sink = listener();
  restored?.follow(0, sink);
  expect(sink.heard).toEqual([[0, ['par']], { error: (await interrupted()).error }]);
  expect(restored && runs.isLive(restored.head.id)).toBe(false);
});

it('brings back the text up to a part that could not be saved', async () => {
  const before = rig();
  const run = before.runs.begin(facts);
  for (const [text, mode] of [
    ['one ', 'keep'],
    ['lost ', 'fail'],
    ['three', 'keep'],
  ] as const) {
    before.session.mode = mode;
    run.append([chunk(text)]);
    before.clock.advance(250);
    await turns(3);
  }
  const { runs } = rig(before);
  await runs.restore(interrupted);
  expect(runs.ofCall(shop, 'call-0001')?.text).toBe('one ');
});

it('keeps the 20 latest runs over a restart and clears the rest away', async () => {
  const before = rig();
  for (let count = 1; count <= 25; count += 1) {
    const run = before.runs.begin({ ...facts, callId: `call-${count}` });
    run.append([chunk(`${count}`)]);
    run.finish(done, { stage: 'done' });
    before.clock.advance(1);
  }
  await turns(3);
  const { runs, session } = rig(before);
  await runs.restore(interrupted);
  await turns(3);
  expect(runs.ofTab(1)).toHaveLength(20);
  expect(runs.ofCall(shop, 'call-5')).toBeUndefined();
  expect(runs.ofCall(shop, 'call-6')?.text).toBe('6');
  expect([...session.values.keys()]).toHaveLength(40);
});

it('keeps 40 runs while it lives, the live ones always, and what it drops also from the session', async () => {
  const { runs, session } = rig();
  const live = runs.begin(facts);
  for (let count = 1; count <= 45; count += 1) {
    runs.begin({ ...facts, callId: `call-more-${count}` }).finish(done, { stage: 'done' });
  }
  await turns(3);
  expect(runs.get(live.head.id)).toBe(live);
  expect(runs.ofTab(1)).toHaveLength(40);
  expect([...session.values.keys()]).toHaveLength(40);
});

it('stops a run for the person', () => {
  const { runs } = rig();
  const run = runs.begin(facts);
  run.stop();
  expect(run.stopped.reason).toMatchObject({ reason: 'stopped' });
});
