import { expect, it } from 'vitest';
import { createLanes } from '../../../src/background/runs/lanes.ts';
import { Failure } from '../../../src/core/failure.ts';
import { turns } from '../../fakes/eventually.ts';
import { news, shop } from '../../fakes/payments.ts';

const never = () => new AbortController().signal;

/** Enters so many times. @returns how far each has come */
function entrants(count: number, enter: () => Promise<() => void>) {
  return Array.from({ length: count }, () => {
    const entrant = { leave: undefined as (() => void) | undefined, failed: undefined as unknown };
    enter().then(
      (leave) => (entrant.leave = leave),
      (error: unknown) => (entrant.failed = error),
    );
    return entrant;
  });
}

it('lets four in, keeps 28 waiting and refuses the rest', async () => {
  const lanes = createLanes();
  const all = entrants(34, () => lanes.enter(shop, never()));
  await turns(1);
  expect(all.filter(({ leave }) => leave)).toHaveLength(4);
  expect(all.slice(32).map(({ failed }) => (failed as Failure).reason)).toEqual([
    'tooManyCalls',
    'tooManyCalls',
  ]);
  expect(all.slice(0, 32).every(({ failed }) => failed === undefined)).toBe(true);
});

it('gives a place to who has waited longest, once for each that leaves', async () => {
  const lanes = createLanes();
  const all = entrants(7, () => lanes.enter(shop, never()));
  await turns(1);
  all[1]?.leave?.();
  all[1]?.leave?.();
  await turns(1);
  expect(all.map(({ leave }) => leave !== undefined)).toEqual([true, true, true, true, true, false, false]);
});

it('counts each site by itself', async () => {
  const lanes = createLanes();
  entrants(32, () => lanes.enter(shop, never()));
  const [other] = entrants(1, () => lanes.enter(news, never()));
  await turns(1);
  expect(other?.leave).toBeDefined();
});

it('takes who gives up out of the row, with its reason', async () => {
  const lanes = createLanes();
  const first = entrants(4, () => lanes.enter(shop, never()));
  const gone = new AbortController();
  const [left] = entrants(1, () => lanes.enter(shop, gone.signal));
  const [next] = entrants(1, () => lanes.enter(shop, never()));
  await turns(1);
  gone.abort(new Failure('pageGone'));
  first[0]?.leave?.();
  await turns(1);
  expect(left?.failed).toMatchObject({ reason: 'pageGone' });
  expect(next?.leave).toBeDefined();
});

it('starts anew when all have left', async () => {
  const lanes = createLanes();
  const all = entrants(4, () => lanes.enter(shop, never()));
  await turns(1);
  for (const { leave } of all) leave?.();
  const again = entrants(5, () => lanes.enter(shop, never()));
  await turns(1);
  expect(again.filter(({ leave }) => leave)).toHaveLength(4);
});

it('keeps nobody waiting who has given up before', async () => {
  const lanes = createLanes();
  entrants(4, () => lanes.enter(shop, never()));
  const [late] = entrants(1, () => lanes.enter(shop, AbortSignal.abort(new Failure('aborted'))));
  await turns(1);
  expect(late?.failed).toMatchObject({ reason: 'aborted' });
});
