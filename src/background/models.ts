import type { Clock } from '../core/clock.ts';
import type { Gateway } from '../core/gateways.ts';
import type { Http } from '../gateway/http.ts';
import { fallbackModels, fetchModels } from '../gateway/models.ts';
import type { Model } from '../protocol/page.ts';
import type { Configured } from './configured.ts';

/** A catalogue is asked for again after so long, in milliseconds. */
const freshMs = 10 * 60_000;

/** The models of all gateways; where a catalogue cannot be read, the one that the gateway documents. */
export interface Models {
  list(): Promise<readonly Model[]>;
}

interface ModelsDeps {
  readonly http: Http;
  readonly clock: Clock;
  readonly configured: Pick<Configured, 'gateways'>;
}

/** Remembers each catalogue for ten minutes, so that looking at models costs a gateway nothing. */
export function createModels({ http, clock, configured }: ModelsDeps): Models {
  const known = new Map<string, { readonly models: readonly Model[]; readonly atMs: number }>();
  const ofGateway = async (gateway: Gateway): Promise<readonly Model[]> => {
    // A gateway that was edited has another catalogue under the same id.
    const key = JSON.stringify(gateway);
    const cached = known.get(key);
    if (cached && clock.nowMs() - cached.atMs < freshMs) return cached.models;
    try {
      const models = await fetchModels(http, gateway);
      known.set(key, { models, atMs: clock.nowMs() });
      return models;
    } catch {
      return cached?.models ?? fallbackModels(gateway);
    }
  };
  return { list: async () => (await Promise.all(configured.gateways().map(ofGateway))).flat() };
}
