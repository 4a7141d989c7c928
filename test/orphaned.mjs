import { execFileSync } from 'node:child_process';

/**
 * Calls back once when the process that started us has gone without a word, as a killed npm does. npm puts a shell
 * between itself and us, which would wait on: so both are watched.
 * @param {() => void} callback
 */
export function whenOrphaned(callback) {
  const parents = [process.ppid, ...(process.env['npm_lifecycle_event'] ? parentOf(process.ppid) : [])];
  const timer = setInterval(() => {
    if (parents.every(isRunning)) return;
    clearInterval(timer);
    callback();
  }, 1_000);
  timer.unref();
}

/** @param {number} pid @returns {number[]} */
function parentOf(pid) {
  try {
    const parent = Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }));
    return parent > 1 ? [parent] : [];
  } catch {
    // A system without ps: the parent alone has to do.
    return [];
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
