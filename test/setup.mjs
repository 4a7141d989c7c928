// Installs what is missing before anything else runs, so it imports nothing but Node itself.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Something that only the person at the keyboard can do; its message is the sentence to show. */
export class SetupError extends Error {}

/**
 * Makes the machine ready; silent and quick when it is already.
 * @param {{ browser?: boolean, anvil?: boolean, firefox?: boolean }} needs - beyond the packages: a Chromium, a local
 * chain, and a Firefox where one can be had
 */
export async function setUp(needs = {}) {
  checkNode();
  if (!packagesAreCurrent()) await installPackages();
  if (needs.anvil && findAnvil() === undefined) {
    throw new SetupError(
      `The local chain needs anvil, which npm does not have for ${process.platform}-${process.arch}: install Foundry (https://getfoundry.sh) and try again.`,
    );
  }
  if (needs.browser && findChromium() === undefined) await installChromium();
  if (needs.firefox && findFirefox() === undefined) await installFirefox();
}

/** @returns {string | undefined} the path of a Chromium, Chrome or Edge: CHROME_PATH, else the usual places */
export function findChromium() {
  return (
    namedBy('CHROME_PATH') ??
    onPath(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']) ??
    chromiumPlaces().find(isProgram)
  );
}

/** @returns {string | undefined} the path of a Firefox: FIREFOX_PATH, else the usual places */
export function findFirefox() {
  return (
    namedBy('FIREFOX_PATH') ??
    [...allOnPath(['firefox', 'firefox-esr', 'firefox-developer-edition']), ...firefoxPlaces()].find(
      (path) => isProgram(path) && !isSnap(path),
    )
  );
}

/** @returns {string | undefined} the path of anvil: from its npm package, else from PATH */
export function findAnvil() {
  const file = process.platform === 'win32' ? 'anvil.exe' : 'anvil';
  const packaged = join(root, 'node_modules', anvilPackage(), 'bin', file);
  return isProgram(packaged) ? packaged : onPath(['anvil']);
}

function anvilPackage() {
  return `@foundry-rs/anvil-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetupError(
    `PaidChat needs Node 20.19 or newer and this is ${process.versions.node}: install a newer one from https://nodejs.org and try again.`,
  );
}

/** npm leaves a list of what it installed, as its last act: an interrupted or older installation has another one. */
function packagesAreCurrent() {
  const installed = readLock('node_modules/.package-lock.json');
  const wanted = readLock('package-lock.json') ?? {};
  if (installed === undefined) return false;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
}

/**
 * @typedef {{ version?: string, optional?: boolean, optionalDependencies?: Record<string, string> }} Locked
 * @param {string} file
 * @returns {Record<string, Locked> | undefined}
 */
function readLock(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

async function installPackages() {
  say('Installing the packages (only the first time, and when they change) …');
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];
  // npm ci is exact but refuses a lock file that lacks any platform's package: its reasons are of no use here,
  // and what else is wrong shows again in the second attempt.
  const installed =
    (await npm(['ci', ...quiet, '--loglevel=silent'])) === 0 ||
    (await npm(['install', '--no-save', ...quiet, '--loglevel=error'])) === 0;
  if (!installed) {
    throw new SetupError('npm could not install the packages: see above, check the network and try again.');
  }
  if (findAnvil() === undefined)
    await npm(['install', '--no-save', ...quiet, '--loglevel=silent', anvilSpec()]);
}

/** The registry that the lock file was made with has anvil for Linux on x64 only, so it names no other. */
function anvilSpec() {
  const listed = Object.entries(readLock('package-lock.json')?.['']?.optionalDependencies ?? {});
  const version = listed.find(([name]) => name.startsWith('@foundry-rs/anvil-'))?.[1] ?? 'latest';
  return `${anvilPackage()}@${version}`;
}

async function installChromium() {
  const isRoot = process.getuid?.() === 0;
  const install = [
    {
      program: 'apt-get',
      command: 'apt-get update && apt-get install -y --no-install-recommends chromium fonts-liberation',
    },
    { program: 'dnf', command: 'dnf install -y chromium liberation-fonts' },
    { program: 'apk', command: 'apk add chromium font-liberation' },
  ].find(({ program }) => onPath([program]) !== undefined);
  if (isRoot && install !== undefined) {
    say('Installing Chromium with the system’s package manager (only the first time) …');
    await runQuietly(install.command);
    if (findChromium() !== undefined) return;
  }
  const how = install === undefined ? '' : ` (here: sudo sh -c '${install.command}')`;
  throw new SetupError(
    `Chromium is missing: install Chromium or Chrome${how}, or set CHROME_PATH to one, and try again.`,
  );
}

/**
 * Package managers say much that is of no use; what goes wrong still shows.
 * @param {string} command
 */
function runQuietly(command) {
  return runToEnd('sh', ['-c', `(${command}) >/dev/null`], { DEBIAN_FRONTEND: 'noninteractive' });
}

/** Without Firefox its tests do not run, and all else does: it is no reason to end. */
async function installFirefox() {
  const command = 'apt-get update && apt-get install -y --no-install-recommends firefox-esr';
  const isDebian = onPath(['apt-get']) !== undefined;
  if (process.getuid?.() === 0 && isDebian) {
    say('Installing Firefox with the system’s package manager (only the first time) …');
    await runQuietly(command);
    if (findFirefox() !== undefined) return;
  }
  const how = isDebian ? ` (here: sudo sh -c '${command}')` : '';
  say(`Firefox is missing, so its tests do not run: install it${how}, or set FIREFOX_PATH to one.`);
}

/**
 * Ubuntu's Firefox is a snap, started by a link or a short script: it cannot read the profile that the tests give it.
 * @param {string} path
 */
function isSnap(path) {
  const real = realpathSync(path);
  return (
    /\bsnap\b/.test(real) || (statSync(real).size < 10_000 && readFileSync(real, 'utf8').includes('/snap/'))
  );
}

function firefoxPlaces() {
  if (process.platform === 'darwin') {
    return ['Firefox', 'Firefox Developer Edition', 'Firefox Nightly'].flatMap((app) =>
      ['/Applications', join(process.env['HOME'] ?? '', 'Applications')].map((folder) =>
        join(folder, `${app}.app`, 'Contents', 'MacOS', 'firefox'),
      ),
    );
  }
  if (process.platform === 'win32') {
    return ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].map((name) =>
      join(process.env[name] ?? '', 'Mozilla Firefox', 'firefox.exe'),
    );
  }
  return ['/usr/lib/firefox-esr/firefox-esr', '/usr/lib/firefox/firefox', '/opt/firefox/firefox'];
}

function chromiumPlaces() {
  if (process.platform === 'darwin') {
    const apps = ['Chromium', 'Google Chrome', 'Google Chrome for Testing', 'Microsoft Edge'];
    return apps.flatMap((app) =>
      ['/Applications', join(process.env['HOME'] ?? '', 'Applications')].map((folder) =>
        join(folder, `${app}.app`, 'Contents', 'MacOS', app),
      ),
    );
  }
  if (process.platform === 'win32') {
    const folders = ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].map((name) => process.env[name]);
    const programs = [
      'Chromium/Application/chrome.exe',
      'Google/Chrome/Application/chrome.exe',
      'Microsoft/Edge/Application/msedge.exe',
    ];
    return folders.flatMap((folder) => programs.map((program) => join(folder ?? '', program)));
  }
  return ['/usr/lib/chromium/chromium', '/opt/google/chrome/chrome'];
}

/** @param {string} variable - of the environment @returns {string | undefined} the program that it names */
function namedBy(variable) {
  const named = process.env[variable];
  if (named === undefined || named === '') return undefined;
  if (isProgram(named)) return named;
  throw new SetupError(`${variable} is "${named}", and there is no program: correct it or leave it out.`);
}

/** @param {readonly string[]} names */
function onPath(names) {
  return allOnPath(names).find(isProgram);
}

/** @param {readonly string[]} names @returns where they would be, whether they are there or not */
function allOnPath(names) {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return names.flatMap((name) => folders.map((folder) => join(folder, name + suffix)));
}

/** @param {string} path */
function isProgram(path) {
  if (!existsSync(path)) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {readonly string[]} args */
function npm(args) {
  // npm tells the scripts it runs where it lives; on Windows it cannot be spawned by name.
  const cli = process.env['npm_execpath'];
  return cli?.endsWith('.js') ? runToEnd(process.execPath, [cli, ...args]) : runToEnd('npm', args);
}

/**
 * Its output goes to the error stream: standard output is for results.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Record<string, string>} env
 * @returns {Promise<number>} its exit code
 */
function runToEnd(program, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, ...env },
    });
    const stop = () => {
      child.kill();
      process.exit(1);
    };
    process.once('SIGINT', stop).once('SIGTERM', stop);
    child.once('error', () => resolve(1));
    child.once('close', (code) => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve(code ?? 1);
    });
  });
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs {@link setUp} as a program's first step: says what is wrong in one sentence and ends with code 1.
 * @param {{ browser?: boolean, anvil?: boolean, firefox?: boolean }} needs
 */
export async function setUpOrExit(needs = {}) {
  try {
    await setUp(needs);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exit(1);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const asked = (/** @type {string} */ name) => process.argv.includes(`--${name}`);
  await setUpOrExit({ browser: asked('browser'), anvil: asked('anvil'), firefox: asked('firefox') });
}
