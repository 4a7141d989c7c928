import { parseArgs } from 'node:util';
import type { BlockTime } from './chain.ts';

/** What a person can say after `npm start --`. */
export interface StartOptions {
  readonly blockTime: BlockTime;
  /** An OpenAI-compatible server that gives the answers. */
  readonly answersFrom: string | undefined;
  /** Where the demo page listens. */
  readonly port: number | undefined;
  readonly headless: boolean;
  /** Without windows: stay up after the first answer. */
  readonly keep: boolean;
}

/** What `--help` shows. */
export const help = `npm start -- [options]

Opens Chromium with PaidChat on a demo page, with a gateway, a local Base with real USDC contracts and a funded
test wallet, all on this machine. Without a display it asks and pays one question by itself and ends.

  --block-time instant|2   a block for each transaction, or every 2 seconds as on Base (default)
  --answers URL            answers from an OpenAI-compatible server, such as http://localhost:11434/v1
  --port NUMBER            port of the demo page (default: 8080, or a free one)
  --headless               as without a display
  --keep                   with --headless: stay up after the first answer, until Ctrl-C
  --help                   this text
`;

/**
 * Reads the command line.
 * @returns a sentence where it cannot be understood, 'help' where help is wanted
 */
export function readStartOptions(
  args: readonly string[],
  hasDisplay: boolean,
): StartOptions | 'help' | { readonly mistake: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'block-time': { type: 'string', default: '2' },
        answers: { type: 'string' },
        port: { type: 'string' },
        headless: { type: 'boolean', default: !hasDisplay },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return 'help';
    return {
      blockTime: readBlockTime(values['block-time']),
      answersFrom: values.answers === undefined ? undefined : readUrl(values.answers),
      port: values.port === undefined ? undefined : readPort(values.port),
      headless: values.headless,
      keep: values.keep,
    };
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
}

function readBlockTime(text: string): BlockTime {
  if (text === 'instant') return 'instant';
  if (text === '2') return 2;
  throw new Error(`--block-time is "instant" or "2", not "${text}".`);
}

function readUrl(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  if (protocol === 'http:' || protocol === 'https:') return text.replace(/\/$/, '');
  throw new Error(`--answers is the address of a server, such as http://localhost:11434/v1, not "${text}".`);
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`--port is a number from 1 to 65535, not "${text}".`);
}
