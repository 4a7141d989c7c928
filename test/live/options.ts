import { parseArgs } from 'node:util';
import { isLocalHost } from '../../src/core/site.ts';
import { solanaUsdc } from '../../src/core/assets.ts';
import { jumpGate, rungate } from '../../src/core/gateways.ts';

/** What a person can say after `npm run check:live --`. */
export interface LiveOptions {
  readonly json: boolean;
  /** Base URL of a gateway that speaks JumpGate. */
  readonly jumpGate: string;
  /** Its list of models. */
  readonly jumpGateModels: string;
  /** Base URL of a gateway that speaks OpenAI, with its /v1. */
  readonly rungate: string;
  /** Nodes of Solana. */
  readonly solanaNodes: readonly string[];
}

/** What `--help` shows. */
export const help = `npm run check:live -- [options]

Asks the public gateways for their models, a price and a challenge, and says what PaidChat's gates make of it.
Asks the nodes of Solana that come with PaidChat what every payment on Solana asks them.
It has no wallet and pays nothing. Ends with code 1 where something is not as PaidChat expects it.

  --json            one JSON object as the last line
  --jumpgate URL    another gateway than ${jumpGate.baseUrl}; its models are at URL/v1/models
  --rungate URL     another gateway than ${rungate.baseUrl}
  --solana-node URL another node of Solana than PaidChat's own; may be given several times
  --help            this text
`;

/**
 * Reads the command line.
 * @returns a sentence where it cannot be understood, 'help' where help is wanted
 */
export function readLiveOptions(
  args: readonly string[],
): LiveOptions | 'help' | { readonly mistake: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        jumpgate: { type: 'string' },
        rungate: { type: 'string' },
        'solana-node': { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return 'help';
    const other = values.jumpgate === undefined ? undefined : readUrl('--jumpgate', values.jumpgate);
    return {
      json: values.json,
      jumpGate: other ?? jumpGate.baseUrl,
      jumpGateModels: other === undefined ? jumpGate.catalogueUrl : `${other}/v1/models`,
      rungate: values.rungate === undefined ? rungate.baseUrl : readUrl('--rungate', values.rungate),
      solanaNodes: values['solana-node']?.map((url) => readUrl('--solana-node', url)) ?? solanaUsdc.rpcUrls,
    };
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
}

function readUrl(option: string, text: string): string {
  const { protocol, hostname } = URL.canParse(text) ? new URL(text) : { protocol: '', hostname: '' };
  if (protocol === 'https:' || (protocol === 'http:' && isLocalHost(hostname)))
    return text.replace(/\/$/, '');
  throw new Error(`${option} is an https address, or an http one on this machine, not "${text}".`);
}
