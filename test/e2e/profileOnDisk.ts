import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'puppeteer-core';
import { launchBrowser } from '../rig/browser.ts';
import type { RigBrowser } from '../rig/browser.ts';
import type { World } from '../rig/world.ts';
import { installAsking } from './asking.ts';

/** What lies on the disk for the extension: the database, and beside it `storage.local` with the witness. */
export type Stored = 'database' | 'witness';

/** A browser's profile that outlives its browsers. */
export interface ProfileOnDisk {
  /** Starts a browser on it, with the extension that was in it. */
  start(): Promise<RigBrowser>;
  /** Opens a page of one of the rig's sites. */
  open(rig: RigBrowser, host: string): Promise<Page>;
  /** Keeps a copy of what lies there, while no browser runs. @returns what puts it back */
  backUp(what: Stored): Promise<() => Promise<void>>;
  remove(what: Stored): Promise<void>;
  /** Changes every file with data in it. */
  damage(what: Stored, change: (bytes: Buffer) => Buffer): Promise<void>;
  delete(): Promise<void>;
}

const built = fileURLToPath(new URL('../../.output/chrome-mv3-rig', import.meta.url));

/** Makes an empty profile for a world. */
export async function profileOnDisk(world: World): Promise<ProfileOnDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'paidchat-profile-'));
  const extensionDir = join(folder, 'extension');
  const userDataDir = join(folder, 'profile');
  await cp(built, extensionDir, { recursive: true });
  const at = (port: number) => `127.0.0.1:${port}`;
  let id = '';
  const placeOf = (what: Stored) =>
    what === 'database'
      ? join(userDataDir, 'Default', 'IndexedDB')
      : join(userDataDir, 'Default', 'Local Extension Settings', id);

  return {
    async start() {
      const rig = await launchBrowser({
        extensionDir,
        userDataDir,
        hostMap: {
          'jumpgate.localhost:8402': at(world.gateway.port),
          '*.localhost:8080': at(world.pages.port),
        },
      });
      id = rig.extensionId;
      return rig;
    },
    async open({ browser }, host) {
      const page = await browser.newPage();
      await installAsking(page);
      await page.goto(`http://${host}.localhost:8080/`);
      return page;
    },
    async backUp(what) {
      const copy = join(folder, `copy-of-${what}`);
      await cp(placeOf(what), copy, { recursive: true });
      return async () => {
        await rm(placeOf(what), { recursive: true });
        await cp(copy, placeOf(what), { recursive: true });
      };
    },
    remove: (what) => rm(placeOf(what), { recursive: true }),
    async damage(what, change) {
      let changed = 0;
      for (const file of await filesIn(placeOf(what))) {
        if (!/\.(log|ldb|sqlite|db)$|^\d+$/.test(file)) continue;
        const bytes = await readFile(file);
        if (bytes.length === 0) continue;
        await writeFile(file, change(bytes));
        changed += 1;
      }
      if (changed === 0) throw new Error(`Nothing of the ${what} lies on the disk.`);
    },
    delete: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
