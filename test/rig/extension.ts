import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** `store`: as it is published. `rig`: knows the rig's addresses. */
export type BuildMode = 'store' | 'rig';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Builds the extension for Chromium.
 * @param signal - ends the build
 * @returns the folder to load
 * @throws with what the build said
 */
export async function buildExtension(mode: BuildMode, signal: AbortSignal): Promise<string> {
  const wxt = fileURLToPath(new URL('../../node_modules/wxt/bin/wxt.mjs', import.meta.url));
  const args = [wxt, 'build', ...(mode === 'rig' ? ['--mode', 'rig'] : [])];
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'pipe', signal });
  let output = '';
  child.stdout.on('data', (data) => (output += String(data)));
  child.stderr.on('data', (data) => (output += String(data)));
  const [code]: unknown[] = await once(child, 'close');
  if (code !== 0) throw new Error(`The extension could not be built:\n\n${output.trim()}`);
  return `${root}.output/chrome-mv3${mode === 'rig' ? '-rig' : ''}`;
}
