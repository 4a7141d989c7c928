import { checkLive } from './checkLive.ts';
import { help, readLiveOptions } from './options.ts';
import { table } from './table.ts';

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readLiveOptions(process.argv.slice(2));
  if (options === 'help') {
    say(help);
    return 0;
  }
  if ('mistake' in options) {
    say(`${options.mistake}\n\n${help}`);
    return 1;
  }
  const report = await checkLive(options);
  const rows = report.results.map(({ gateway, check, ok, result, ms }) => [
    gateway,
    check,
    ms,
    `${ok ? '✓' : '✗'} ${result}`,
  ]);
  say(table([['gateway', 'check', 'ms', 'result'], ...rows]));
  say(
    `\n${report.unreachable ?? (report.ok ? 'All is as PaidChat expects it.' : 'Not all is as PaidChat expects it.')} Nothing was paid.`,
  );
  if (options.json) say(JSON.stringify(report));
  return report.ok ? 0 : 1;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
