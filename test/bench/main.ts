import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { whenOrphaned } from '../orphaned.mjs';
import { table } from '../live/table.ts';
import { buildExtension } from '../rig/extension.ts';
import { measure } from './drive.ts';
import { measureLedger } from './driveLedger.ts';
import { answerRowsOf, ledgerRowsOf, reportOf } from './report.ts';

const help = `npm run bench -- [options]

Measures what window.paidChat adds to the client of JumpGate's documentation, in one Chromium on one local gateway:
each question is asked both ways, one right after the other. Then what the ledger costs with 1,000 and with 100,000
payments stored. Ends with code 1 where a goal of test/bench/goals.ts is missed. Other work on the machine shows in the
figures.

  --pairs NUMBER   questions asked both ways, for each cadence (10 to 100; default: 10)
  --json           one JSON object as the last line
  --help           this text
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
  const loadBefore = load();
  const extensionDir = await buildExtension('rig', new AbortController().signal);
  const measured = await measure(extensionDir, options.pairs, (done) => {
    process.stderr.write(`  ${done} of ${options.pairs} pairs at each cadence\n`);
  });
  const times = await measureLedger(extensionDir, (what) => process.stderr.write(`  ${what}\n`));
  const report = reportOf(measured, times);
  const machine = { cpus: availableParallelism(), loadBefore, loadAfter: load() };
  say(table([['median', 'paidChat', 'unguarded', 'compared', 'goal', 'at best'], ...answerRowsOf(report)]));
  say('');
  say(table([['the ledger', 'measured', 'median', 'goal'], ...ledgerRowsOf(report)]));
  say(
    `\n${report.pairs} pairs at each cadence; ${machine.cpus} processors with a load of ${loadBefore} before and ${machine.loadAfter} after.`,
  );
  if (Math.max(machine.loadBefore, machine.loadAfter) > machine.cpus)
    say(
      'Other work wanted the processors too: on a quiet machine the times are shorter, so run it there again.',
    );
  if (options.json) say(JSON.stringify({ ...report, machine }));
  return report.ok ? 0 : 1;
}

function readOptions(
  args: readonly string[],
): { readonly json: boolean; readonly pairs: number } | 'help' | { readonly mistake: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        pairs: { type: 'string', default: '10' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return 'help';
    const pairs = Number(values.pairs);
    if (Number.isInteger(pairs) && pairs >= 10 && pairs <= 100) return { json: values.json, pairs };
    return { mistake: `--pairs is a number from 10 to 100, not "${values.pairs}".` };
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
}

function load(): number {
  return Number((loadavg()[0] ?? 0).toFixed(2));
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
