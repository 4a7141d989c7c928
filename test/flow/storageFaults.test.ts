import { expect, it } from 'vitest';
import { answerWords } from '../fakes/answerStream.ts';
import type { PopupState } from '../../src/protocol/panel.ts';
import { brokenFactory, copyOf, freshFactory } from '../fakes/database.ts';
import { eventually } from '../fakes/eventually.ts';
import { reasons } from '../../src/core/reasons.ts';
import { silenceDisk } from '../fakes/observedDatabase.ts';
import { PanelRefusal } from '../fakes/screens.ts';
import { startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow, errorOf, resultOf, statesOf, usedToday } from './steps.ts';

const unavailable = { type: 'ledger_unavailable', paid: 'no', retryable: false };

async function paidOnce(): Promise<World> {
  const world = await startWorld();
  await allow(world);
  await resultOf(world.openPage({ tabId: 9 }).chat());
  await world.quiet();
  return world;
}

it.each([
  ['came back empty', (world: World) => void (world.profile = freshFactory())],
  ['cannot be opened', (world: World) => void (world.profile = unreadable)],
])('pays nothing over a database that %s after something was paid', async (_how, damage) => {
  const world = await paidOnce();
  world.kill();
  damage(world);
  world.restart();
  const page = world.openPage();
  for (const call of [page.chat(), page.call('permission'), page.call('receipts.list')]) {
    expect(await errorOf(call)).toMatchObject(unavailable);
  }
  expect((await world.screens.popup(1)).ledgerReady).toBe(false);
  await expect(world.screens.call('pause.set', { paused: false })).rejects.toThrow(PanelRefusal);
  expect(world.gateway.of('paid')).toHaveLength(1);
  expect(page.wallet.asked).toEqual([]);
});

it.each([
  ['came back empty', (world: World): void => void (world.profile = freshFactory()), 'empty'],
  ['cannot be opened', (world: World): void => void (world.profile = brokenFactory('fails')), 'unreadable'],
] as const)(
  'over a database that %s it goes on only when the person says so',
  async (_how, damage, cause) => {
    const world = await paidOnce();
    world.kill();
    damage(world);
    world.restart();
    const known = { day: '4424', month: '4424', held: '0', atMs: world.clock.nowMs() };
    // Opened before the click, it shows what has become of it.
    const states: PopupState[] = [];
    world.screens.watch('popup.watch', { tabId: 1 }, (event) => {
      if (event.type === 'state') states.push(event.state);
    });
    const page = world.openPage();
    await eventually('the loss', () => states.at(-1)?.loss);
    expect(states.at(-1)).toMatchObject({ ledgerReady: false, loss: { cause, known }, payments: [] });
    expect(await errorOf(page.chat())).toMatchObject(unavailable);

    await world.screens.call('ledger.rearm', {});
    await eventually('the figures', () => states.at(-1)?.carried);
    expect(states.at(-1)).toMatchObject({
      ledgerReady: true,
      carried: { day: '4424', month: '4424', held: '0' },
      site: { mode: 'ask', use: [{ used: '4424', held: '0' }, { used: '4424' }] },
    });
    // The page that was open all the time pays, with a card: the grant is gone.
    const chat = page.chat();
    await world.screens.payOnce();
    await resultOf(chat);
    expect(await usedToday(world)).toBe(8848n);
    world.restart();
    expect(await usedToday(world)).toBe(8848n);
  },
);

it('tells a copy of before the click from the record that it has gone on with', async () => {
  const world = await paidOnce();
  const before = await copyOf(world.profile);
  world.kill();
  world.profile = freshFactory();
  world.restart();
  await world.screens.call('ledger.rearm', {});
  world.kill();
  world.profile = before;
  world.restart();
  expect((await world.screens.popup(1)).loss).toMatchObject({ cause: 'behind' });
});

it('goes on with nothing while nothing is wrong: grants stay', async () => {
  const world = await paidOnce();
  world.gateway.faults.set('holdStream');
  const chat = world.openPage().chat({ active: false });
  await eventually('two words', () => chat.text === 'Base is ');
  await world.screens.call('ledger.rearm', {});
  world.gateway.release();
  expect((await resultOf(chat)).receipt.status).toBe('settled');
  expect(await usedToday(world)).toBe(8848n);
});

it('says on the click that it could not be written, and pays nothing', async () => {
  const world = await paidOnce();
  world.kill();
  world.profile = freshFactory();
  world.restart();
  await world.quiet();
  world.disk.isFull = true;
  await expect(world.screens.call('ledger.rearm', {})).rejects.toThrow(PanelRefusal);
  world.disk.isFull = false;
  expect(await errorOf(world.openPage().chat())).toMatchObject(unavailable);
  await world.screens.call('ledger.rearm', {});
  expect((await world.screens.popup(1)).ledgerReady).toBe(true);
});

it('stops everything when a row turns out to be damaged while it is used, also after a restart', async () => {
  const world = await paidOnce();
  const page = world.openPage();
  await damageRows(world.profile);
  expect(await errorOf(page.call('receipts.list'))).toMatchObject(unavailable);
  expect((await world.screens.popup(1)).loss).toMatchObject({ cause: 'damaged', known: { day: '4424' } });
  expect(await errorOf(page.chat())).toMatchObject(unavailable);
  world.restart();
  expect(await errorOf(page.chat())).toMatchObject(unavailable);
  expect(page.wallet.asked).toEqual([]);
  await world.screens.call('ledger.rearm', {});
  expect((await world.screens.popup(1)).carried).toMatchObject({ day: '4424' });
});

it('compares the whole record once in each run of the browser, and stops where a sum is too small', async () => {
  const world = await paidOnce();
  await world.pass(3_000);
  await damageSums(world.profile);
  // A restart within the same run does not read everything again.
  world.restart();
  await world.pass(3_000);
  expect((await world.screens.popup(1)).ledgerReady).toBe(true);
  world.kill();
  await world.session.remove([...world.session.values.keys()]);
  world.restart();
  await world.quiet();
  // The sums that it has are counted; what is wrong is found a moment later.
  expect((await world.screens.popup(1)).ledgerReady).toBe(true);
  await world.pass(3_000);
  expect((await world.screens.popup(1)).loss).toMatchObject({ cause: 'damaged', known: { day: '4424' } });
  expect(await errorOf(world.openPage().chat())).toMatchObject(unavailable);
});

it('says what is wrong while the browser’s storage for the session hangs, and nothing of the popup hangs', async () => {
  const world = await paidOnce();
  world.kill();
  world.session.entries = () => new Promise(() => undefined);
  world.session.get = () => new Promise(() => undefined);
  world.restart();
  const page = world.openPage({ origin: 'https://news.example' });
  const chat = page.chat();
  const popup = world.screens.popup(9);
  for (let second = 0; second < 20; second += 1) await world.pass(1_000);
  expect(await popup).toMatchObject({ ledgerReady: true, payments: [{ status: 'settled' }] });
  expect(await errorOf(chat)).toMatchObject(unavailable);
});

it('voids the window of a card that was open before the ledger failed', async () => {
  const world = await paidOnce();
  world.openPage({ origin: 'https://news.example' }).chat();
  const card = await world.screens.card();
  world.kill();
  world.profile = unreadable;
  world.restart();
  await eventually('the void', () => world.screens.view(card.id)?.state === 'void');
  expect(world.screens.view(card.id)).toEqual({ state: 'void', reason: 'restarted' });
});

it('pays nothing when the witness is damaged', async () => {
  const world = await paidOnce();
  for (const key of world.local.values.keys()) await world.local.set(key, { epoch: 1, seq: 'many' });
  world.restart();
  expect(await errorOf(world.openPage().chat())).toMatchObject(unavailable);
});

it('pays nothing when the witness cannot be read in time, until the person goes on and the storage answers', async () => {
  const world = await paidOnce();
  world.kill();
  const entries = world.local.entries.bind(world.local);
  const clear = world.local.clear.bind(world.local);
  world.local.entries = () => new Promise(() => undefined);
  world.local.clear = () => new Promise(() => undefined);
  world.restart();
  const chat = world.openPage().chat();
  // It is waited for when the record is found, and when it is checked.
  for (let second = 0; second < 12; second += 1) await world.pass(1_000);
  expect(await errorOf(chat)).toMatchObject(unavailable);
  const loss = { cause: 'witness-unreadable', known: { day: '4424', held: '0' } };
  expect(await world.screens.popup(1)).toMatchObject({ ledgerReady: false, loss });

  const refused = world.screens.call('ledger.rearm', {}).catch((error: unknown) => error);
  for (let second = 0; second < 12; second += 1) await world.pass(1_000);
  expect(await refused).toMatchObject({ message: reasons.storageSilent.text });
  expect(await world.screens.popup(1)).toMatchObject({ ledgerReady: false, loss });

  world.local.clear = async () => {
    await clear();
    world.local.entries = entries;
  };
  const wentOn = world.screens.call('ledger.rearm', {});
  for (let second = 0; second < 12; second += 1) await world.pass(1_000);
  await wentOn;
  expect(await usedToday(world)).toBe(4424n);
  // The grant is gone.
  world.openPage().chat();
  await world.screens.card();
});

it('goes on with its payments when only the witness is lost', async () => {
  const world = await paidOnce();
  world.kill();
  await world.local.remove([...world.local.values.keys()]);
  world.restart();
  await resultOf(world.openPage().chat());
  expect(await usedToday(world)).toBe(8848n);
});

it('reserves nothing on a full disk, and asks no wallet', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const chat = page.chat();
  await world.screens.card();
  await world.quiet();
  world.disk.isFull = true;
  await world.screens.payOnce();
  expect(await errorOf(chat)).toMatchObject(unavailable);
  expect(await world.rows()).toEqual([]);
  // Which wallets there are and what they already show: neither opens a window of a wallet.
  expect(page.wallet.asked.map(({ type }) => type)).toEqual(['list', 'accounts']);
});

it('asks for no signature on a disk that has become full', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  page.wallet.connecting = 'hang';
  const chat = page.chat();
  await page.asked('connect');
  await world.quiet();
  world.disk.isFull = true;
  await page.wallet.goOn();
  expect(await errorOf(chat)).toMatchObject(unavailable);
  expect(page.wallet.asked.map(({ type }) => type)).not.toContain('signTypedData');
  world.disk.isFull = false;
  world.restart();
  await world.reaches('released');
});

it('sends nothing on a disk that has become full after the signature', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  page.wallet.signing = 'hang';
  const chat = page.chat();
  await page.asked('signTypedData');
  world.disk.isFull = true;
  await page.wallet.goOn();
  expect(await errorOf(chat)).toMatchObject({ type: 'ledger_unavailable', paid: 'unknown' });
  expect(world.gateway.of('paid')).toEqual([]);
  expect(await statesOf(world)).toEqual(['signing']);
});

it('tries again to write a settlement that the disk did not take, and holds the answer until then', async () => {
  const world = await startWorld();
  await allow(world);
  world.onAction = (action) => {
    if (action === 'fetch paid') world.disk.isFull = true;
  };
  const chat = world.openPage().chat();
  await eventually('the charge', () => world.gateway.charges[0]);
  await world.quiet();
  expect(chat.text).toBe('');
  world.disk.isFull = false;
  await world.pass(1_000);
  expect((await resultOf(chat)).receipt.status).toBe('settled');
  expect(chat.text).toBe(answerWords.join(''));
  expect(await statesOf(world)).toEqual(['settled']);
});

it('gives the answer that was paid also when the disk takes no settlement at all', async () => {
  const world = await startWorld();
  await allow(world);
  world.onAction = (action) => {
    if (action === 'fetch paid') world.disk.isFull = true;
  };
  const chat = world.openPage().chat();
  await eventually('the charge', () => world.gateway.charges[0]);
  for (let second = 0; second < 6; second += 1) await world.pass(1_000);
  expect((await resultOf(chat)).receipt.status).toBe('pending');
  expect(chat.text).toBe(answerWords.join(''));
  expect(await statesOf(world)).toEqual(['sent']);
  world.disk.isFull = false;
  expect(await usedToday(world)).toBe(4424n);
});

it('writes the settlement after the answer where the disk had no room before it', async () => {
  const world = await startWorld();
  await allow(world);
  world.gateway.faults.set('holdStream');
  world.onAction = (action) => {
    if (action === 'fetch paid') world.disk.isFull = true;
  };
  const chat = world.openPage().chat();
  await eventually('the charge', () => world.gateway.charges[0]);
  for (let second = 0; second < 3; second += 1) await world.pass(1_000);
  await eventually('two words', () => chat.text === 'Base is ');
  world.disk.isFull = false;
  world.gateway.release();
  expect((await resultOf(chat)).receipt.status).toBe('settled');
  expect(await statesOf(world)).toEqual(['settled']);
});

it('gives up a disk that is silent for five seconds, and says so', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  page.wallet.signing = 'hang';
  const chat = page.chat();
  await page.asked('signTypedData');
  const goOn = await silenceDisk(world.profile);
  await page.wallet.goOn();
  for (let second = 0; second < 16; second += 1) await world.pass(1_000);
  // Nothing can be read either: what has gone to the wallet counts as possibly paid.
  expect(await errorOf(chat)).toMatchObject({ type: 'ledger_unavailable', paid: 'unknown' });
  goOn();
  await world.quiet();
  expect(world.gateway.of('paid')).toEqual([]);
});

it('still pays and answers when nothing can be kept for the session', async () => {
  const world = await startWorld();
  world.session.mode = 'fail';
  const page = world.openPage();
  const refused = page.chat();
  await world.screens.click({ choice: 'deny' });
  expect(await errorOf(refused)).toMatchObject({ type: 'user_rejected', paid: 'no' });
  const chat = page.chat();
  await world.screens.payOnce();
  await resultOf(chat);
  expect(chat.text).toBe(answerWords.join(''));
});

/** Flips a sign in every payment, as a damaged disk does. */
function damageRows(profile: IDBFactory): Promise<void> {
  return rewrite(profile, 'payments', (row) => ({ ...row, amount: '-4424' }));
}

/** Makes every sum a little less, in a way that can be read. */
function damageSums(profile: IDBFactory): Promise<void> {
  return rewrite(profile, 'counters', (row) => ({ ...row, sum: '4423' }));
}

function rewrite(profile: IDBFactory, store: string, change: (row: object) => object): Promise<void> {
  return new Promise((resolve) => {
    const request = profile.open('paidchat');
    request.addEventListener('success', () => {
      const transaction = request.result.transaction(store, 'readwrite');
      const rows = transaction.objectStore(store).openCursor();
      rows.addEventListener('success', () => {
        rows.result?.update(change(rows.result.value as object));
        rows.result?.continue();
      });
      transaction.addEventListener('complete', () => {
        request.result.close();
        resolve();
      });
    });
  });
}

const unreadable = {
  open() {
    const request = new EventTarget();
    setImmediate(() => request.dispatchEvent(new Event('error')));
    return request;
  },
} as unknown as IDBFactory;
