import { computed, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { microUsdc } from '../../core/money.ts';
import type { MicroUsdc } from '../../core/money.ts';
import type { PanelChannel } from '../../protocol/panel.ts';
import type { PanelModel, PanelQuote } from '../../protocol/panelChat.ts';
import { estimate, estimateByModel, rateOf } from './estimate.ts';
import type { Rate, Usage } from './estimate.ts';

/** Which model answers, and with it which gateway is paid. */
export interface ModelChoice {
  readonly models: ReadonlySignal<readonly PanelModel[]>;
  /** Undefined: the default gateway's own. */
  readonly chosen: ReadonlySignal<PanelModel | undefined>;
  readonly choose: (model: PanelModel) => void;
  /** About what this costs with a model; undefined where nothing is known of its price. */
  readonly priceOf: (usage: Usage, model?: PanelModel) => MicroUsdc | undefined;
  /** A quote teaches the price of its model. */
  readonly learn: (quote: PanelQuote, sent: Usage) => void;
  /** Lists what is known already: asks nobody. */
  readonly recall: () => Promise<void>;
  /** Asks the gateways for their models. */
  readonly find: () => Promise<void>;
}

/** Builds one over the background's knowledge. */
export function createModelChoice(channel: PanelChannel): ModelChoice {
  const models = signal<readonly PanelModel[]>([]);
  const chosenKey = signal<string | undefined>(undefined);
  const rates = signal<ReadonlyMap<string, Rate>>(new Map());
  const chosen = computed(
    () => models.value.find((model) => keyOf(model) === chosenKey.value) ?? models.value[0],
  );
  return {
    models,
    chosen,
    choose: (model) => void (chosenKey.value = keyOf(model)),
    priceOf(usage, model = chosen.value) {
      const rate = model && rates.value.get(keyOf(model));
      if (rate !== undefined) return estimate(usage, rate);
      return model === undefined ? estimate(usage, undefined) : estimateByModel(usage, model);
    },
    learn(quote, sent) {
      const rate = rateOf(quote, sent);
      const model = chosen.value;
      if (rate !== undefined && model !== undefined) {
        rates.value = new Map(rates.value).set(keyOf(model), rate);
      }
    },
    async recall() {
      models.value = await channel.call('panel.knownModels', {});
    },
    async find() {
      models.value = await channel.call('panel.models', {});
    },
  };
}

/** Names a model among those of all gateways. */
export function keyOf({ gateway, id }: PanelModel): string {
  return `${gateway} ${id}`;
}

/** What Send has agreed to where no figure stands beside it. */
export const nothingAgreed = microUsdc(0n);
