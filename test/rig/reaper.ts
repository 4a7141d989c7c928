import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';

/** Sees to it that a browser does not outlive us. */
export interface Reaper {
  /** Which process to end. */
  watch(pid: number | undefined): void;
  /** Ends what is left of it and removes the profile. */
  reap(): Promise<void>;
}

/**
 * A process apart that holds the other end of a pipe. When ours ends in any way, SIGKILL included, the pipe closes,
 * and what is left of the browser and its profile goes.
 */
const reaperScript = `
const { rmSync } = require('node:fs');
const [profile] = process.argv.slice(1);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
let pid = '';
process.stdin.on('data', (data) => { pid += data; });
process.stdin.on('close', () => {
  if (pid !== '') {
    try { process.kill(process.platform === 'win32' ? Number(pid) : -pid, 'SIGKILL'); } catch {}
  }
  if (profile) rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});
`;

/** @param profile - a folder to remove; '' for none */
export function startReaper(profile: string): Reaper {
  const child = spawn(process.execPath, ['-e', reaperScript, '--', profile], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Out of our process group: what ends the group must not end it.
    detached: true,
  });
  const gone = once(child, 'close');
  // A browser that nobody closed does not keep our process alive.
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  return {
    watch: (pid) => void child.stdin.write(String(pid ?? '')),
    async reap() {
      child.ref();
      child.stdin.end();
      await gone;
    },
  };
}
