import { Failure } from '../../src/core/failure.ts';
import { jumpGate, rungate } from '../../src/core/gateways.ts';
import { createHttp } from '../../src/gateway/http.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { checkGateway } from './checks.ts';
import type { Step } from './checks.ts';
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
  const results: CheckResult[] = [];
  const lost = new Set<string>();
  const gateways = {
    JumpGate: { ...jumpGate, baseUrl: options.jumpGate, catalogueUrl: options.jumpGateModels },
    Rungate: { ...rungate, baseUrl: options.rungate, catalogueUrl: `${options.rungate}/models` },
  };
  for (const [gateway, address] of Object.entries(gateways)) {
    const step: Step = async (check, run, words) => {
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
    await checkGateway(http, step, address).catch((error: unknown) => {
      if (!(error instanceof Ended)) throw error;
    });
  }
  const ok = results.every((result) => result.ok);
  if (!Object.keys(gateways).every((gateway) => lost.has(gateway))) return { ok, results };
  return {
    ok,
    unreachable:
      'No gateway can be reached from this machine: check its connection to the internet and try again.',
    results,
  };
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
