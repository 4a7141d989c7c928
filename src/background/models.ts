import type { Clock } from '../core/clock.ts';
import type { Gateway } from '../core/gateways.ts';
import type { Http } from '../gateway/http.ts';
import { fallbackModels, fetchModels } from '../gateway/models.ts';
import type { ListedModel } from '../gateway/models.ts';
import type { Configured } from './configured.ts';

/** A catalogue is asked for again after so long, in milliseconds. */
const freshMs = 10 * 60_000;

/** The models of all gateways; where a catalogue cannot be read, the one that the gateway documents. */
export interface Models {
  list(): Promise<readonly ListedModel[]>;
  /** What is known of them without asking anybody: a catalogue seen before, or the documented model. */
  known(): readonly ListedModel[];
  /** Whether the gateway's catalogue leaves this model out; false where nobody can tell. */
  lacks(gateway: Gateway, model: string): Promise<boolean>;
  /** Which built-in gateway has this model; the preferred one where it has it or nobody does. */
  sellerOf(model: string | undefined, preferred: Gateway): Promise<Gateway>;
}

interface ModelsDeps {
  readonly http: Http;
  readonly clock: Clock;
  readonly configured: Pick<Configured, 'gateways' | 'builtIn'>;
}

/** Remembers each catalogue for ten minutes, so that looking at models costs a gateway nothing. */
export function createModels({ http, clock, configured }: ModelsDeps): Models {
  const known = new Map<string, { readonly models: readonly ListedModel[]; readonly atMs: number }>();
  /** Undefined where it cannot be read and has not been. */
  const catalogueOf = async (gateway: Gateway): Promise<readonly ListedModel[] | undefined> => {
    // A gateway that was edited has another catalogue under the same id.
    const key = JSON.stringify(gateway);
    const cached = known.get(key);
    if (cached && clock.nowMs() - cached.atMs < freshMs) return cached.models;
    try {
      const models = await fetchModels(http, gateway);
      known.set(key, { models, atMs: clock.nowMs() });
      return models;
    } catch {
      return cached?.models;
    }
  };
  const ofGateway = async (gateway: Gateway) => (await catalogueOf(gateway)) ?? fallbackModels(gateway);
  const sells = async (gateway: Gateway, model: string) =>
    model === gateway.defaultModel || (await ofGateway(gateway)).some(({ id }) => id === model);
  return {
    list: async () => (await Promise.all(configured.gateways().map(ofGateway))).flat(),
    known: () =>
      configured
        .gateways()
        .flatMap((gateway) => known.get(JSON.stringify(gateway))?.models ?? fallbackModels(gateway)),
    async lacks(gateway, model) {
      // Without a catalogue its default model is known, and no more than that.
      if (gateway.catalogueUrl === undefined || model === gateway.defaultModel) return false;
      const models = await catalogueOf(gateway);
      return models !== undefined && !models.some(({ id }) => id === model);
    },
    async sellerOf(model, preferred) {
      // A gateway that the person has added gets what it is chosen for, and no page finds out by a model that it is there.
      const builtIn = new Set(configured.builtIn.map(({ id }) => id));
      if (!builtIn.has(preferred.id)) return preferred;
      const others = configured.gateways().filter(({ id }) => id !== preferred.id && builtIn.has(id));
      if (model === undefined || others.length === 0 || (await sells(preferred, model))) return preferred;
      for (const other of others) if (await sells(other, model)) return other;
      return preferred;
    },
  };
}
