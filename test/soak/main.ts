import { parseArgs } from 'node:util';
import { whenOrphaned } from '../orphaned.mjs';
import { buildExtension } from '../rig/extension.ts';
import { soak } from './soak.ts';
import type { SoakOptions } from './story.ts';

const help = `npm run soak -- [options]

Kills PaidChat's background, and the whole browser, at random moments of live payments: real Chromium, real contracts on
local chains, gateways that fail and wallets that refuse, hang and steal. Then lets blocks pass and compares what was
charged, by the chains' own records, with the limits and with the ledger. Ends with code 1 where a promise was broken.

  --kills NUMBER           of the background (default: 20)
  --browser-kills NUMBER   of the browser, by SIGKILL (default: a tenth of them)
  --seed NUMBER            of everything that is drawn (default: a new one)
  --json                   one JSON object as the last line
  --help                   this text
`;

whenOrphaned(() => process.exit(1));
process.exit(await main());

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    say(help);
    return 0;
  }
  if ('mistake' in options) {
    say(`${options.mistake}\n\n${help}`);
    return 1;
  }
  const { workerKills, browserKills, seed } = options;
  process.stderr.write(
    `  seed ${seed}: ${workerKills} kills of the background, ${browserKills} of the browser\n`,
  );
  const extensionDir = await buildExtension('rig', new AbortController().signal);
  const report = await soak(extensionDir, options, (line) => process.stderr.write(`  ${line}\n`));
  say(
    report.ok
      ? `Every promise held: ${report.charged.Base.transfers} charges on Base and ${report.charged.Solana.transfers} on Solana, all within their limits and all in the ledger.`
      : `Promises were broken:\n${report.broken.map((line) => `  ${line}`).join('\n')}`,
  );
  say(options.json ? JSON.stringify(report) : JSON.stringify(report, undefined, 2));
  return report.ok ? 0 : 1;
}

function readOptions(
  args: readonly string[],
): (SoakOptions & { readonly json: boolean }) | 'help' | { readonly mistake: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        kills: { type: 'string', default: '20' },
        'browser-kills': { type: 'string' },
        seed: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return 'help';
    const workerKills = whole(values.kills, '--kills');
    const browserKills = whole(
      values['browser-kills'] ?? String(Math.ceil(workerKills / 10)),
      '--browser-kills',
    );
    const seed = whole(values.seed ?? String(Date.now() % 1_000_000), '--seed');
    return { json: values.json, workerKills, browserKills, seed };
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
}

function whole(text: string, name: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 1_000_000) return value;
  throw new Error(`${name} is a whole number up to 1000000, not "${text}".`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
