import { Worker } from 'node:worker_threads';
import type { Job, Tally } from './tally.ts';

/** Plays jobs on several threads; calls back with each result as it comes. @throws what a thread dies of */
export async function playJobs(
  jobs: readonly Job[],
  threads: number,
  onTally: (job: Job, tally: Tally) => void,
): Promise<void> {
  const left = [...jobs];
  await Promise.all(Array.from({ length: threads }, () => work(left, onTally)));
}

async function work(left: Job[], onTally: (job: Job, tally: Tally) => void): Promise<void> {
  const worker = new Worker(new URL('worker.mjs', import.meta.url), {
    // Much is made and forgotten: a small nursery costs a tenth of the time.
    resourceLimits: { maxYoungGenerationSizeMb: 64 },
  });
  try {
    for (let job = left.shift(); job; job = left.shift()) onTally(job, await play(worker, job));
  } finally {
    await worker.terminate();
  }
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
