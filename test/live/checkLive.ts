import { Failure } from '../../src/core/failure.ts';
import { jumpGate, rungate } from '../../src/core/gateways.ts';
import { createHttp } from '../../src/gateway/http.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { checkGateway } from './checks.ts';
import type { Step } from './checks.ts';
import { checkSolanaNode } from './solanaNode.ts';
import type { LiveOptions } from './options.ts';

/** What one check came to. */
export interface CheckResult {
  readonly gateway: string;
  readonly check: string;
  readonly ok: boolean;
  /** What was found, or why it failed, in a sentence. */
  readonly result: string;
  readonly ms: number;
}

/** All checks of one run. */
export interface LiveReport {
  readonly ok: boolean;
  /** Why nothing could be checked at all. */
  readonly unreachable?: string;
  readonly results: readonly CheckResult[];
}

/** Runs the checks of both gateways; one that fails ends those of its gateway, which need what it found. */
export async function checkLive(options: LiveOptions): Promise<LiveReport> {
  // An address on this machine was asked for on the command line.
  const http = createHttp((url, init) => fetch(url, init), {
    clock: systemClock,
    allowLocalhost: () => true,
  });
  const httpOfExtension = createHttp(fetchAsExtension, { clock: systemClock, allowLocalhost: () => true });
  const results: CheckResult[] = [];
  const lost = new Set<string>();
  const gateways = {
    JumpGate: { ...jumpGate, baseUrl: options.jumpGate, catalogueUrl: options.jumpGateModels },
    Rungate: { ...rungate, baseUrl: options.rungate, catalogueUrl: `${options.rungate}/models` },
  };
  const stepOf =
    (gateway: string): Step =>
    async (check, run, words) => {
      const startedAt = performance.now();
      const note = (ok: boolean, result: string) => {
        results.push({ gateway, check, ok, result, ms: Math.round(performance.now() - startedAt) });
      };
      try {
        const found = await run();
        note(true, words(found));
        return found;
      } catch (error) {
        const code = networkCode(error);
        if (code !== undefined) lost.add(gateway);
        note(false, code === undefined ? sentence(error) : `cannot be reached from here (${code})`);
        throw new Ended('ended', { cause: error });
      }
    };
  for (const [gateway, address] of Object.entries(gateways)) {
    await checkGateway(http, stepOf(gateway), address).catch(unlessEnded);
  }
  for (const url of options.solanaNodes)
    await checkSolanaNode(httpOfExtension, stepOf('Solana'), url).catch(unlessEnded);
  const ok = results.every((result) => result.ok);
  if (!Object.keys(gateways).every((gateway) => lost.has(gateway))) return { ok, results };
  return {
    ok,
    unreachable:
      'No gateway can be reached from this machine: check its connection to the internet and try again.',
    results,
  };
}

/** Nodes there are refuse what comes from browsers, which they know by this header. */
function fetchAsExtension(url: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('origin', 'chrome-extension://abcdefghijklmnopabcdefghijklmnop');
  return fetch(url, { ...init, headers });
}

function unlessEnded(error: unknown): void {
  if (!(error instanceof Ended)) throw error;
}

/** The checks of a gateway have ended early; what failed is in the results. */
class Ended extends Error {}

/** What the network said where nothing answered at all: ENOTFOUND, ECONNREFUSED … */
function networkCode(error: unknown): string | undefined {
  if (!(error instanceof Failure) || error.reason !== 'gatewayDown' || error.cause === undefined)
    return undefined;
  const { name, code, cause }: { name?: unknown; code?: unknown; cause?: { code?: unknown } } = Object(
    error.cause,
  );
  return String(cause?.code ?? code ?? name);
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
