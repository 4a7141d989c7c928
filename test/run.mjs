// npm test: everything that says whether PaidChat is in order. Each check, each build and each test counts as one;
// the last line is the sum.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closingLine } from './counts.mjs';
import { whenOrphaned } from './orphaned.mjs';
import { findFirefox, SetupError, setUp } from './setup.mjs';

/**
 * @typedef {{ name: string, tool: string, args: readonly string[] }} Step
 * @typedef {import('./counts.mjs').Counts} Counts
 */

const root = fileURLToPath(new URL('..', import.meta.url));
/** A run takes a few minutes; one that hangs ends here. */
const longestRunMs = 20 * 60_000;

/** @type {readonly Step[]} */
const checks = [
  { name: 'format', tool: 'prettier', args: ['--check', '--log-level=warn', '.'] },
  { name: 'lint', tool: 'oxlint', args: ['--type-aware'] },
  { name: 'types', tool: 'typescript', args: ['--noEmit'] },
  { name: 'unused', tool: 'knip', args: [] },
];

/** @type {readonly Step[]} */
const builds = [
  { name: 'build for Chrome', tool: 'wxt', args: ['build'] },
  { name: 'build for Firefox', tool: 'wxt', args: ['build', '-b', 'firefox', '--mv3'] },
  { name: 'build for the rig in Chrome', tool: 'wxt', args: ['build', '--mode', 'rig'] },
  {
    name: 'build for the rig in Firefox',
    tool: 'wxt',
    args: ['build', '-b', 'firefox', '--mv3', '--mode', 'rig'],
  },
];

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
/** @type {Counts} */
const total = { passed: 0, failed: 0, skipped: 0 };

for (const [signal, code] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])) {
  process.once(signal, () => abandon(code));
}
whenOrphaned(() => abandon(1));
setTimeout(() => {
  say(`\nThe run was cut off: it took longer than ${longestRunMs / 60_000} minutes.`);
  total.failed += 1;
  killAll();
}, longestRunMs).unref();

const onlyChecks = process.argv[2] === 'check';
try {
  await setUp(onlyChecks ? {} : { browser: true, anvil: true, firefox: true });
  await Promise.all(checks.map(runStep));
  if (!onlyChecks) await buildAndTest();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  total.failed += 1;
}
say(`\n${closingLine(total)}`);
process.exit(total.failed === 0 ? 0 : 1);

async function buildAndTest() {
  let built = true;
  // One after the other: they share the folder of generated types.
  for (const build of builds) built = (await runStep(build)) && built;
  const inBrowsers = ['build', 'alone', 'e2e'];
  if (findFirefox() === undefined) total.skipped += 1;
  else inBrowsers.push('firefox');
  await runTests(['unit', 'rig', 'flow', ...(built ? inBrowsers : [])]);
  if (!built) say('\nThe tests of builds and in browsers did not run: there is no build to test.');
}

/**
 * Runs one step quietly; its output shows only when it fails.
 * @param {Step} step
 */
async function runStep(step) {
  const startedAt = performance.now();
  const child = start(step, 'pipe');
  let output = '';
  const collect = (/** @type {Buffer} */ data) => (output += data.toString());
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const ok = (await ended(child)) === 0;
  total[ok ? 'passed' : 'failed'] += 1;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  say(`${ok ? '✓' : '✗'} ${step.name} (${seconds} s)`);
  if (!ok) say(output.trimEnd());
  return ok;
}

/** @param {readonly string[]} projects */
async function runTests(projects) {
  const folder = join(root, '.rig');
  const countsFile = join(folder, 'testCounts.json');
  mkdirSync(folder, { recursive: true });
  rmSync(countsFile, { force: true });
  const args = ['run', ...projects.flatMap((name) => ['--project', name])];
  const code = await ended(
    start({ name: 'tests', tool: 'vitest', args }, 'inherit', { PAIDCHAT_TEST_COUNTS: countsFile }),
  );
  const counts = readCounts(countsFile);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  // A run that crashed, or found nothing to run, must not pass for a good one.
  if (counts.failed === 0 && (code !== 0 || counts.passed === 0)) {
    say(`\nvitest ended with code ${code} after ${counts.passed} passed tests.`);
    total.failed += 1;
  }
}

/** @param {string} file @returns {Counts} */
function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

/**
 * Starts a development dependency's program in a process group of its own, so that it can be ended with all it starts.
 * @param {Step} step
 * @param {'pipe' | 'inherit'} output
 * @param {Record<string, string>} env
 */
function start({ tool, args }, output, env = {}) {
  const colour = process.stdout.isTTY && output === 'pipe' ? { FORCE_COLOR: '1' } : {};
  const child = spawn(process.execPath, [program(tool), ...args], {
    cwd: root,
    stdio: ['ignore', output, output],
    detached: process.platform !== 'win32',
    env: { ...process.env, ...colour, ...env },
  });
  running.add(child);
  return child;
}

/** @param {import('node:child_process').ChildProcess} child @returns {Promise<number | null>} its exit code */
function ended(child) {
  return new Promise((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', (code) => {
      running.delete(child);
      resolve(code);
    });
  });
}

/** @param {number} code @returns {never} */
function abandon(code) {
  killAll();
  process.exit(code);
}

/** Browsers and chains end by themselves when the tests that hold them do. */
function killAll() {
  for (const child of running) {
    if (child.pid === undefined) continue;
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  }
}

/** @param {string} tool - a package; its program has its name, or is its only one */
function program(tool) {
  const folder = join(root, 'node_modules', tool);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof bin === 'string') return join(folder, bin);
  return join(folder, bin[tool === 'typescript' ? 'tsc' : tool]);
}

/** @param {string} line */
function say(line) {
  process.stdout.write(`${line}\n`);
}
