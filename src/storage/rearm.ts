import { Failure } from '../core/failure.ts';
import { defaultGlobalCaps, defaultSiteCaps } from '../core/limits.ts';
import type { GlobalCaps } from '../core/limits.ts';
import type { SitePolicy } from '../core/policy.ts';
import { allThatLimitsAllow, carriedMarginMs, missingFrom } from '../core/quarantine.ts';
import type { Loss } from '../core/quarantine.ts';
import { panelSite, parseSite } from '../core/site.ts';
import { putCarried, readCarried } from './carried.ts';
import { createConfigurationStore } from './configurationStore.ts';
import { asFailure, openPaidChatDb } from './db.ts';
import type { PaidChatDb, ReadTransaction, WriteTransaction } from './db.ts';
import { readFigures, readWitnessNow, spentOf } from './figures.ts';
import { putHead, putSeenMs, readHead, readSeenMs } from './head.ts';
import { findRecord } from './openRecord.ts';
import type { FoundRecord, RecordPlace } from './openRecord.ts';
import { decodePolicy, putGlobalCaps, putPolicy, readRules } from './policyRows.ts';
import { judge } from './standing.ts';
import { answerInTime, clearWitness, knownBy, readWitness, witnessKeyOf, writeWitness } from './witness.ts';

/** What the person has decided that outlives a lost record: limits and blocks, never a grant. */
interface Decisions {
  readonly policies: readonly SitePolicy[];
  readonly global: GlobalCaps;
  readonly paused: boolean;
}

const noDecisions: Decisions = { policies: [], global: defaultGlobalCaps, paused: false };

/**
 * Makes a record of payments that cannot be trusted usable again, on the person's click and on nothing else. What is
 * lost counts as spent for every site, grants are gone, and a new epoch tells older copies apart that come back later.
 * A database that is damaged or cannot be read is left as it is, and a new one begun beside it; a witness that cannot be
 * read is emptied.
 *
 * @param writer names this start of the background, for its witness
 * @throws Failure `ledgerUnavailable`, or `storageSilent` where the witness still cannot be read
 */
export async function rearm(place: RecordPlace, writer: string): Promise<void> {
  const found = await findRecord(place);
  const { sighting, generation, db } = found;
  const standing = db && (await judge(db, sighting, place.clock));
  if (standing?.kind === 'sound') {
    db?.close();
    return;
  }
  const loss: Loss = standing?.loss ?? { cause: 'unreadable', known: knownBy(sighting) };
  const isReadable = loss.cause !== 'damaged' && loss.cause !== 'unreadable';
  if (db && isReadable) {
    await goOn(place, writer, db, found, (tx) => carryMissing(tx, loss, place.clock.nowMs()));
    return;
  }
  const decisions =
    (await db?.read(['policies', 'settings'], readDecisions).catch(() => undefined)) ?? noDecisions;
  const fresh = await openPaidChatDb(place.factory, { clock: place.clock, generation: generation + 1 });
  const services =
    db &&
    (await createConfigurationStore(db)
      .read()
      .catch(() => undefined));
  if (services) await createConfigurationStore(fresh).change(() => services);
  await goOn(place, writer, fresh, found, async (tx) => {
    const known = loss.known ?? allThatLimitsAllow(decisions.global, place.clock.nowMs());
    // An earlier try may have ended half-way: nothing was paid over what it left.
    await putCarried(tx, [known]);
    await putSeenMs(tx, known.atMs);
    await putGlobalCaps(tx, decisions.global);
    await tx.objectStore('settings').put(decisions.paused, 'paused');
    for (const policy of decisions.policies) await putPolicy(tx, policy);
  });
  db?.close();
}

async function carryMissing(tx: WriteTransaction, loss: Loss, nowMs: number): Promise<void> {
  const { policies, global } = await readDecisions(tx);
  for (const policy of policies) await putPolicy(tx, policy);
  // The rows that can be read count as before; where there are none, nobody can tell what there was.
  const isOfWitness = loss.cause === 'witness-damaged' || loss.cause === 'witness-unreadable';
  if (isOfWitness && loss.known !== undefined) return;
  const known = loss.known ?? allThatLimitsAllow(global, nowMs);
  // A little later, so that nothing of the copy is taken for something that has left the windows since.
  const laterMs = known.atMs + 2 * carriedMarginMs;
  const inCopy = spentOf(await readFigures(tx, laterMs, laterMs));
  await putCarried(tx, [...(await readCarried(tx)), missingFrom(known, inCopy)]);
  await putSeenMs(tx, Math.max(known.atMs, (await readSeenMs(tx)) ?? 0));
}

/** Begins a new epoch with what `carry` writes, then the witness of it: nothing is paid before both are on disk. */
async function goOn(
  { witness, clock }: RecordPlace,
  writer: string,
  db: PaidChatDb,
  { sighting, db: old }: FoundRecord,
  carry: (tx: WriteTransaction) => Promise<void>,
): Promise<void> {
  const before = await old?.read(['settings'], readHead).catch(() => undefined);
  await db.write(['settings', 'policies', 'payments', 'counters'], async (tx) => {
    const head = await readHead(tx);
    await carry(tx);
    const epochs = [head.epoch, before?.epoch ?? 0, sighting.witness?.epoch ?? 0];
    await putHead(tx, { ...head, seq: head.seq + 1, epoch: Math.max(...epochs) + 1 });
  });
  const figures = await db.read(['settings', 'payments', 'counters'], (tx) =>
    readWitnessNow(tx, clock.nowMs()),
  );
  const outlived = sighting.keys.filter((key) => key !== witnessKeyOf(writer));
  const begin = async () => {
    // Not before the database stands for it: whatever ends this half-way must not find both empty.
    if (sighting.silent) await clearWitness(witness, clock);
    await answerInTime(clock, writeWitness(witness, writer, { ...figures, generation: db.generation }));
    // A damaged one that stays would stop everything again.
    await answerInTime(clock, witness.remove(outlived));
  };
  await begin().catch((error: unknown) => {
    throw sighting.silent ? new Failure('storageSilent', { cause: error }) : asFailure(error);
  });
  if (sighting.silent && (await readWitness(witness, clock)).silent) throw new Failure('storageSilent');
  db.close();
}

async function readDecisions(tx: ReadTransaction): Promise<Decisions> {
  const store = tx.objectStore('policies');
  const [rows, keys] = await Promise.all([store.getAll(), store.getAllKeys()]);
  const policies = rows.flatMap((row, at) => decided(row, keys[at]));
  const { global, paused } = await readRules(tx, panelSite).catch(() => noDecisions);
  return { policies, global, paused };
}

/** A grant becomes a question again; a decision that cannot be read could have been a block, and becomes one. */
function decided(row: unknown, key: string | undefined): readonly SitePolicy[] {
  try {
    const { grantedAtMs: _over, ...policy } = decodePolicy(row);
    return [{ ...policy, mode: policy.mode === 'auto' ? 'ask' : policy.mode }];
  } catch {
    const site = key === panelSite ? panelSite : parseSite(key ?? '');
    return site === undefined ? [] : [{ site, mode: 'blocked', caps: defaultSiteCaps }];
  }
}
