import { parseMicroUsdc } from '../../core/money.ts';
import type { GatewayCheck } from '../../protocol/options.ts';
import { count, dollars } from '../format.ts';
import { safeLine, safeName } from '../safeText.ts';
import type { Text } from '../text/en.ts';
import { useText } from '../text/useText.ts';

/** What a gateway answered when it was asked without paying, in plain words. */
export function GatewayCheckView({ check }: { readonly check: GatewayCheck }) {
  const text = useText();
  const words = text.options.gateways.check;
  const { models, price } = check;
  const amount = 'problem' in price ? undefined : parseMicroUsdc(price.amount);
  return (
    <ul class="options-check" role="status">
      <Line ok={!('problem' in models)}>{modelsText(models, text)}</Line>
      {'problem' in price || amount === undefined ? (
        <Line ok={false}>{words.noPrice(safeLine('problem' in price ? price.problem : '', 300))}</Line>
      ) : (
        <>
          <Line ok>
            {words.price(
              dollars(amount),
              count(price.maxOutputTokens, text.locale),
              safeName(price.model, 60),
              safeName(price.networkName, 40),
            )}
          </Line>
          <Line ok>{words.payTo(safeName(price.payTo, 64))}</Line>
          {price.alsoOffered.length > 0 && (
            <Line ok>{words.alsoOffered(safeName(price.alsoOffered.join(', '), 80))}</Line>
          )}
        </>
      )}
      <li class="faint">{words.nothingPaid}</li>
    </ul>
  );
}

function modelsText(models: GatewayCheck['models'], { locale, options }: Text): string {
  const words = options.gateways.check;
  if ('problem' in models) return words.noModels(safeLine(models.problem, 300));
  if ('only' in models) return words.unlisted(safeName(models.only, 60));
  return words.models(count(models.count, locale), safeLine(models.names.join(', '), 120));
}

function Line({ ok, children }: { readonly ok: boolean; readonly children: string }) {
  return (
    <li class={ok ? 'options-check-line' : 'options-check-line options-check-bad'}>
      <span aria-hidden="true">{ok ? '✓' : '✗'}</span>
      <span>
        <bdi>{children}</bdi>
      </span>
    </li>
  );
}
