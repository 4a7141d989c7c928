import type { Clock } from '../../core/clock.ts';
import type { Paid } from '../../core/errorCodes.ts';
import { Failure } from '../../core/failure.ts';
import type { WireError } from '../../core/failure.ts';
import type { Reason } from '../../core/reasons.ts';
import { panelSite } from '../../core/site.ts';
import type { Site } from '../../core/site.ts';
import type { ChatChunk } from '../../protocol/page.ts';
import type { Changes } from '../changes.ts';
import type { RunCheckpoint } from './runCheckpoint.ts';
import type { AnswerForm, RunEnd, RunHead } from './runHead.ts';

/** Finished runs kept in memory to reread. */
const kept = 40;

/** Text is saved at most this often, so that a long answer costs few writes. */
const checkpointEveryMs = 250;

/** Gets the chunks of one read, then the end; never both at once, never anything after the end. */
export interface RunSink {
  chunks(offset: number, chunks: readonly ChatChunk[]): void;
  end(end: RunEnd): void;
}

/** A run while this background lives. */
export interface Run {
  readonly head: RunHead;
  readonly chunks: readonly ChatChunk[];
  readonly text: string;
  /** What the model thought: no part of the answer. */
  readonly reasoning: string;
  /** Aborts when the person presses Stop. */
  readonly stopped: AbortSignal;
  update(patch: Partial<Omit<RunHead, 'id' | 'end'>>): void;
  append(chunks: readonly ChatChunk[]): void;
  finish(end: RunEnd, patch: Partial<Omit<RunHead, 'id' | 'end'>>): void;
  /** Sends what there is from `offset` on, then what comes. @returns the undo */
  follow(offset: number, sink: RunSink): () => void;
  stop(): void;
}

/** All runs, live and lately finished. */
export interface Runs {
  begin(
    facts: Pick<RunHead, 'callId' | 'requestDigest' | 'site' | 'tabId' | 'question' | 'model' | 'gateway'> & {
      readonly form: AnswerForm;
    },
  ): Run;
  get(runId: string): Run | undefined;
  /** The run that a page's call pays for or repeats, also after a restart. */
  ofCall(site: Site, callId: string): Run | undefined;
  /** A failed run goes on, at the person's wish. Undefined where it is not known or not over. */
  reopen(runId: string): Run | undefined;
  /** Of its pages, newest first. */
  ofTab(tabId: number): readonly Run[];
  /** Newest first. */
  ofSite(site: Site): readonly Run[];
  /** Whether a run is still on its way in this background. */
  isLive(runId: string): boolean;
  /** Hears text and thoughts as they come. @returns the undo */
  onText(listener: TextListener): () => void;
  /** Brings back what an earlier background saved; runs it left unfinished are ended by `interrupted`. */
  restore(
    interrupted: (head: RunHead) => Promise<{ error: WireError; reason: Reason; paid: Paid }>,
  ): Promise<void>;
}

type TextListener = (run: Run, type: 'text' | 'reasoning', at: number, text: string) => void;

interface RunsDeps {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly changes: Changes;
  readonly checkpoint: RunCheckpoint;
}

/** The registry of runs. */
export function createRuns(deps: RunsDeps): Runs {
  const { clock, newId, changes, checkpoint } = deps;
  const runs = new Map<string, Run>();
  const reopens = new Map<string, () => void>();
  const textListeners = new Set<TextListener>();

  const add = (start: RunHead, startChunks: readonly ChatChunk[]): Run => {
    let head = start;
    const chunks: ChatChunk[] = [...startChunks];
    let text = chunks.map(textOf).join('');
    let reasoning = chunks.map(reasoningOf).join('');
    let saved = chunks.length;
    let saving = false;
    let stop = new AbortController();
    const sinks = new Set<RunSink>();

    const saveChunks = () => {
      saving = false;
      if (saved === chunks.length) return;
      const offset = saved;
      saved = chunks.length;
      // A checkpoint that fails costs a restarted page some text; never the run.
      checkpoint.saveChunks(head.id, offset, chunks.slice(offset)).catch(() => undefined);
    };
    const change = (patch: Partial<RunHead>) => {
      head = { ...head, ...patch };
      checkpoint.saveHead(head).catch(() => undefined);
      changes.notify();
    };

    const run: Run = {
      get head() {
        return head;
      },
      chunks,
      get text() {
        return text;
      },
      get reasoning() {
        return reasoning;
      },
      get stopped() {
        return stop.signal;
      },
      update: change,
      append(added) {
        const offset = chunks.length;
        chunks.push(...added);
        for (const sink of sinks) sink.chunks(offset, added);
        const thought = added.map(reasoningOf).join('');
        const said = added.map(textOf).join('');
        reasoning += thought;
        text += said;
        tell(run, 'reasoning', reasoning, thought);
        tell(run, 'text', text, said);
        if (saving) return;
        saving = true;
        clock.after(checkpointEveryMs, saveChunks);
      },
      finish(end, patch) {
        if (head.end) return;
        saveChunks();
        change({ ...patch, end });
        for (const sink of sinks) sink.end(end);
        sinks.clear();
      },
      follow(offset, sink) {
        if (offset < chunks.length) sink.chunks(offset, chunks.slice(offset));
        if (head.end) sink.end(head.end);
        else sinks.add(sink);
        return () => sinks.delete(sink);
      },
      stop: () => stop.abort(new Failure('stopped')),
    };
    runs.set(head.id, run);
    reopens.set(head.id, () => {
      const { end: _over, reason: _why, ...going } = head;
      head = going;
      stop = new AbortController();
      change({ stage: 'wallet' });
    });
    return run;
  };

  const tell = (run: Run, type: 'text' | 'reasoning', whole: string, added: string) => {
    if (added === '') return;
    for (const listener of textListeners) listener(run, type, whole.length - added.length, added);
  };

  const newestFirst = (isWanted: (run: Run) => boolean) =>
    [...runs.values()].filter(isWanted).sort((a, b) => b.head.startedAtMs - a.head.startedAtMs);

  return {
    begin({ form, ...facts }) {
      for (const [id, { head }] of runs) {
        if (runs.size < kept || !head.end) continue;
        runs.delete(id);
        reopens.delete(id);
        checkpoint.forget(id).catch(() => undefined);
      }
      const run = add(
        {
          ...facts,
          forms: { [facts.callId]: form },
          id: newId(),
          startedAtMs: clock.nowMs(),
          stage: 'quoting',
          incomplete: false,
          paid: 'no',
        },
        [],
      );
      run.update({});
      return run;
    },
    get: (runId) => runs.get(runId),
    ofCall: (site, callId) =>
      [...runs.values()].find(({ head }) => Object.hasOwn(head.forms, callId) && head.site === site),
    reopen(runId) {
      const run = runs.get(runId);
      if (run?.head.end === undefined) return undefined;
      reopens.get(runId)?.();
      return run;
    },
    ofTab: (tabId) => newestFirst(({ head }) => head.tabId === tabId && head.site !== panelSite),
    ofSite: (site) => newestFirst(({ head }) => head.site === site),
    isLive(runId) {
      const run = runs.get(runId);
      return run !== undefined && run.head.end === undefined;
    },
    onText(listener) {
      textListeners.add(listener);
      return () => textListeners.delete(listener);
    },
    async restore(interrupted) {
      for (const { head, chunks } of await checkpoint.load()) {
        if (runs.has(head.id)) continue;
        const run = add(head, chunks);
        if (head.end) continue;
        const { error, reason, paid } = await interrupted(head);
        run.finish({ error }, { stage: 'failed', reason, incomplete: chunks.length > 0, paid });
      }
    },
  };
}

function reasoningOf(chunk: ChatChunk): string {
  return chunk.choices[0]?.delta.reasoning ?? '';
}

function textOf(chunk: ChatChunk): string {
  return chunk.choices[0]?.delta.content ?? '';
}
