import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { WalletOptions } from './wallet/options.ts';

/**
 * Bundles a browser entry of the rig into one self-contained script.
 * @param entry - relative to this folder
 * @param name - the global that holds its exports
 */
export async function bundleScript(entry: string, name: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: fileURLToPath(new URL(entry, import.meta.url)), formats: ['iife'], name },
    },
  });
  const [output] = [result].flat();
  if (output === undefined || !('output' in output)) throw new Error(`${entry} was not bundled.`);
  return output.output[0].code;
}

let walletCode: Promise<string> | undefined;

/**
 * The test wallet as one script: for puppeteer's `evaluateOnNewDocument`, and for a script element. It needs
 * neither eval nor the network, so every content security policy lets an injected one work.
 */
export async function bundleWallet(options: WalletOptions): Promise<string> {
  walletCode ??= bundleScript('wallet/install.ts', 'rigWallet');
  return `(() => {\n${await walletCode}\nrigWallet.installWallet(${JSON.stringify(options)});\n})();\n`;
}
