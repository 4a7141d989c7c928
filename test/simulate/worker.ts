import { parentPort } from 'node:worker_threads';
import { playJob } from './tally.ts';
import type { Job } from './tally.ts';

parentPort?.on('message', (job: Job) => {
  void playJob(job).then((tally) => parentPort?.postMessage(tally));
});
