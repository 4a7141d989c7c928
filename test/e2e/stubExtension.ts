import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'puppeteer-core';
import type { Frame } from '../../src/protocol/wire.ts';
import type { RigBrowser } from '../rig/browser.ts';
import { bundleScript } from '../rig/bundle.ts';

const built = fileURLToPath(new URL('../../.output/chrome-mv3-rig', import.meta.url));

/** What the stub background has seen, of all its lives. */
export interface StubLog {
  /** How often it was started. */
  readonly starts: number;
  /** How many pages have connected. */
  readonly ports: number;
  /** What pages have sent. */
  readonly frames: readonly Frame[];
}

/** The built scripts of every page over a background that only plays and writes down; in a folder of its own. */
export async function makeStubExtension({ bridgeFirst = false, firefox = false } = {}): Promise<{
  readonly dir: string;
  remove(): Promise<void>;
}> {
  const dir = await mkdtemp(join(tmpdir(), 'paidchat-stub-'));
  const { content_scripts: scripts, key } = JSON.parse(
    await readFile(join(built, 'manifest.json'), 'utf8'),
  ) as { content_scripts: { js: string[]; world?: string }[]; key: string };
  for (const file of scripts.flatMap(({ js }) => js)) await cp(join(built, file), join(dir, file));
  await writeFile(join(dir, 'stub.js'), await bundleScript('../e2e/stubBackground.ts', 'stub'));
  await writeFile(join(dir, 'log.html'), '<!doctype html><title>Log</title>');
  const manifest = {
    manifest_version: 3,
    name: 'PaidChat over a stub',
    version: '1',
    permissions: ['storage', 'scripting'],
    host_permissions: ['http://localhost/*'],
    ...(firefox
      ? {
          background: { scripts: ['stub.js'] },
          browser_specific_settings: { gecko: { id: 'stub@paidchat.invalid', strict_min_version: '142.0' } },
        }
      : { background: { service_worker: 'stub.js' }, key }),
    content_scripts: bridgeFirst ? scripts.toReversed() : scripts,
  };
  await writeFile(join(dir, 'manifest.json'), JSON.stringify(manifest));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

/** Sizes of the scripts that every page loads, in bytes. */
export async function scriptSizes(): Promise<{ main: number; bridge: number }> {
  const size = async (file: string) => (await readFile(join(built, file))).byteLength;
  return { main: await size('content-scripts/inpage.js'), bridge: await size('bridge.js') };
}

/** A page of the stub itself, from which a test reads what the background wrote down. */
export async function openLog({ browser, extensionId }: RigBrowser): Promise<{
  readonly page: Page;
  read(): Promise<StubLog>;
}> {
  const page = await browser.newPage();
  await page.goto(`chrome-extension://${extensionId}/log.html`);
  return {
    page,
    read: async () => {
      const {
        starts = 0,
        ports = 0,
        frames = [],
      } = (await page.evaluate(
        'chrome.runtime.sendMessage(null).then(() => chrome.storage.session.get())',
      )) as Partial<StubLog>;
      return { starts, ports, frames };
    },
  };
}
