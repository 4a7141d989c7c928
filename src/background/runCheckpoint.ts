import type { Json } from '../core/json.ts';
import type { ChatChunk } from '../protocol/page.ts';
import type { KeyValue } from '../platform/keyValue.ts';
import type { RunHead } from './runHead.ts';

/** Runs kept for rereading; older ones go. */
const kept = 20;

/** What is known of runs after the background died and came back. */
export interface RunCheckpoint {
  saveHead(head: RunHead): Promise<void>;
  /** Adds the chunks from `offset` on; what was saved before is not written again. */
  saveChunks(runId: string, offset: number, chunks: readonly ChatChunk[]): Promise<void>;
  load(): Promise<readonly { readonly head: RunHead; readonly chunks: readonly ChatChunk[] }[]>;
}

/** Checkpoints live in session storage: they survive the background and end with the browser. */
export function createRunCheckpoint(session: KeyValue): RunCheckpoint {
  const headKey = (runId: string) => `run:${runId}`;
  const chunksKey = (runId: string, offset: number) => `chunks:${runId}:${offset}`;
  const offsetOf = (key: string) => Number(key.slice(key.lastIndexOf(':') + 1));

  const forget = async (runId: string) => {
    const chunks = await session.entries(`chunks:${runId}:`);
    await session.remove([headKey(runId), ...chunks.map(([key]) => key)]);
  };

  return {
    saveHead: (head) => session.set(headKey(head.id), head as unknown as Json),
    saveChunks: (runId, offset, chunks) => session.set(chunksKey(runId, offset), chunks as unknown as Json),
    async load() {
      const heads = (await session.entries('run:'))
        .map(([, value]) => value as unknown as RunHead)
        .sort((a, b) => b.startedAtMs - a.startedAtMs);
      for (const { id } of heads.slice(kept)) await forget(id);
      return Promise.all(
        heads.slice(0, kept).map(async (head) => {
          const parts = await session.entries(`chunks:${head.id}:`);
          const sorted = [...parts].sort(([a], [b]) => offsetOf(a) - offsetOf(b));
          return { head, chunks: sorted.flatMap(([, value]) => value as unknown as ChatChunk[]) };
        }),
      );
    },
  };
}
