import { parseArgs } from 'node:util';
import { jumpGate } from '../../src/core/gateways.ts';
import type { BlockTime } from './chain.ts';

/** A world of its own on this machine. */
export interface LocalStart {
  readonly kind: 'local';
  readonly blockTime: BlockTime;
  /** An OpenAI-compatible server that gives the answers. */
  readonly answersFrom: string | undefined;
  /** Where the demo page listens. */
  readonly port: number | undefined;
  readonly headless: boolean;
  /** Without windows: stay up after the first answer. */
  readonly keep: boolean;
}

/** The real gateway, with a person's own wallet. */
export interface RealStart {
  readonly kind: 'real';
  readonly gateway: string;
  /** Where the first page listens. */
  readonly port: number | undefined;
  /** `missing`: a window is needed and there can be none. `picture`: one of the first page is enough. */
  readonly display: 'window' | 'picture' | 'missing';
}

/** What a person can say after `npm start --`. */
export type StartOptions = LocalStart | RealStart;

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

npm start -- --gateway ${jumpGate.baseUrl}

Opens Chromium with the build for the stores instead: the real gateway, your own wallet and real money. The browser's
profile, with the wallet that you install in it, is kept in .rig/profile.

  --port NUMBER            port of the first page (default: 8080, or a free one)
  --headless               no window: only a picture of the first page
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
        'block-time': { type: 'string' },
        answers: { type: 'string' },
        gateway: { type: 'string' },
        port: { type: 'string' },
        headless: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return 'help';
    const port = values.port === undefined ? undefined : readPort(values.port);
    if (values.gateway === undefined) {
      return {
        kind: 'local',
        blockTime: readBlockTime(values['block-time'] ?? '2'),
        answersFrom: values.answers === undefined ? undefined : readUrl(values.answers),
        port,
        headless: values.headless || !hasDisplay,
        keep: values.keep,
      };
    }
    if (values['block-time'] !== undefined || values.answers !== undefined || values.keep) {
      throw new Error(
        'With --gateway there is no world on this machine: leave out --block-time, --answers and --keep.',
      );
    }
    const withoutWindow = values.headless ? 'picture' : 'missing';
    return {
      kind: 'real',
      gateway: readGateway(values.gateway),
      port,
      display: hasDisplay && !values.headless ? 'window' : withoutWindow,
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

/** The build for the stores may fetch from the gateways that it was built for, and from no other. */
function readGateway(text: string): string {
  if (URL.canParse(text) && new URL(text).href === new URL(jumpGate.baseUrl).href) return jumpGate.baseUrl;
  throw new Error(`--gateway is ${jumpGate.baseUrl}, the one that PaidChat is built for, not "${text}".`);
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`--port is a number from 1 to 65535, not "${text}".`);
}
