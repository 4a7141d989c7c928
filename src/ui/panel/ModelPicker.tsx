import { dollars } from '../format.ts';
import { safeName } from '../safeText.ts';
import { useText } from '../text/useText.ts';
import type { Chat } from './chat.ts';
import { keyOf } from './modelChoice.ts';

const moreKey = 'more models';

/** Chooses who answers: the models by their gateways, each with about what the next answer costs. */
export function ModelPicker({ chat }: { readonly chat: Chat }) {
  const words = useText().panel;
  const { models, chosen, choose } = chat.choice;
  const all = models.value;
  const current = chosen.value;
  if (current === undefined) return null;
  const gateways = [...new Set(all.map(({ gateway }) => gateway))];
  return (
    <select
      class="composer-select composer-model"
      aria-label={words.model}
      value={keyOf(current)}
      onChange={(event) => {
        const select = event.currentTarget;
        const model = all.find((one) => keyOf(one) === select.value);
        if (model) return choose(model);
        select.value = keyOf(current);
        chat.findModels();
      }}
    >
      {gateways.map((gateway) => {
        const own = all.filter((model) => model.gateway === gateway);
        return (
          <optgroup key={gateway} label={safeName(own[0]?.gatewayName ?? gateway, 40)}>
            {own.map((model) => {
              const price = chat.priceWith(model);
              const name = safeName(model.id, 60);
              return (
                <option key={model.id} value={keyOf(model)}>
                  {price === undefined ? name : words.modelOption(name, dollars(price))}
                </option>
              );
            })}
          </optgroup>
        );
      })}
      <option value={moreKey}>{words.moreModels}</option>
    </select>
  );
}
