import type { Json } from '../../core/json.ts';
import type { ChatChunk } from '../../protocol/page.ts';
import type { KeyValue } from '../../platform/keyValue.ts';
import type { RunHead } from './runHead.ts';

/** Runs kept for rereading; older ones go. */
const kept = 20;

/** What is known of runs after the background died and came back. */
export interface RunCheckpoint {
  saveHead(head: RunHead): Promise<void>;
  /** Adds the chunks from `offset` on; what was saved before is not written again. */
  saveChunks(runId: string, offset: number, chunks: readonly ChatChunk[]): Promise<void>;
  forget(runId: string): Promise<void>;
  load(): Promise<readonly { readonly head: RunHead; readonly chunks: readonly ChatChunk[] }[]>;
}

type Part = readonly [key: string, value: Json];

/** Checkpoints live in session storage: they survive the background and end with the browser. */
export function createRunCheckpoint(session: KeyValue): RunCheckpoint {
  return {
    saveHead: (head) => session.set(headKey(head.id), head as unknown as Json),
    saveChunks: (runId, offset, chunks) =>
      session.set(`${chunksPrefix(runId)}${offset}`, chunks as unknown as Json),
    async forget(runId) {
      const parts = await session.entries(chunksPrefix(runId));
      await session.remove([headKey(runId), ...parts.map(([key]) => key)]);
    },
    async load() {
      const heads = (await session.entries('run:'))
        .map(([, value]) => value as unknown as RunHead)
        .sort((a, b) => b.startedAtMs - a.startedAtMs);
      // One read for all: each reads the whole storage.
      const parts = await session.entries('chunks:');
      const partsOf = ({ id }: RunHead) => parts.filter(([key]) => key.startsWith(chunksPrefix(id)));
      const old = heads.slice(kept);
      if (old.length > 0) {
        await session.remove([
          ...old.map(({ id }) => headKey(id)),
          ...old.flatMap(partsOf).map(([key]) => key),
        ]);
      }
      return heads.slice(0, kept).map((head) => ({ head, chunks: joined(partsOf(head)) }));
    },
  };
}

function joined(parts: readonly Part[]): readonly ChatChunk[] {
  const chunks: ChatChunk[] = [];
  for (const [key, value] of [...parts].sort(([a], [b]) => offsetOf(a) - offsetOf(b))) {
    // A part that was not saved leaves a gap: what came after it has no place.
    if (offsetOf(key) !== chunks.length) break;
    chunks.push(...(value as unknown as readonly ChatChunk[]));
  }
  return chunks;
}

function headKey(runId: string): string {
  return `run:${runId}`;
}

function chunksPrefix(runId: string): string {
  return `chunks:${runId}:`;
}

function offsetOf(key: string): number {
  return Number(key.slice(key.lastIndexOf(':') + 1));
}
