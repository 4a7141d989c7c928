import { parentPort, Worker } from 'node:worker_threads';
import { playJob } from './tally.ts';
import type { Job, Tally } from './tally.ts';

/**
 * Plays jobs on several threads that run this file; calls back with each result as it comes.
 *
 * @param isNeeded asked before each job: one that is not is left out
 * @throws what a thread dies of
 */
export async function playJobs(
  file: string,
  jobs: readonly Job[],
  threads: number,
  isNeeded: (job: Job) => boolean,
  onTally: (job: Job, tally: Tally) => void,
): Promise<void> {
  const left = jobs.values();
  const work = async () => {
    const worker = new Worker(new URL(file), {
      // Much is made and forgotten: a small nursery costs a tenth of the time. So do threads that collect each other's
      // garbage, which on two cores only wait for one another: package.json starts Node without them.
      resourceLimits: { maxYoungGenerationSizeMb: 64 },
    });
    try {
      for (const job of left) if (isNeeded(job)) onTally(job, await play(worker, job));
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
}

/** Plays the jobs that come, in a thread of `playJobs`. */
export function serveJobs(): void {
  // Nobody reads the stacks of thousands of failures; who plays a schedule again sees them.
  Error.stackTraceLimit = 0;
  parentPort?.on('message', (job: Job) => {
    void playJob(job).then((tally) => parentPort?.postMessage(tally));
  });
}

function play(worker: Worker, job: Job): Promise<Tally> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (tally: Tally) => {
      worker.off('error', reject);
      resolve(tally);
    });
    worker.postMessage(job);
  });
}
