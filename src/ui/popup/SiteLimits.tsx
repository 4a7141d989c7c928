import { parseMicroUsdc } from '../../core/money.ts';
import type { MicroUsdc } from '../../core/money.ts';
import type { PopupState, SiteCapsView } from '../../protocol/panel.ts';
import { readLimits } from '../limitModel.ts';
import type { Limit } from '../limitModel.ts';
import { useText } from '../text/useText.ts';
import { dollars } from '../format.ts';
import { LimitRow } from '../parts/LimitRow.tsx';
import type { Ask } from '../ask.ts';

const names = ['request', 'day', 'month'] as const satisfies readonly (keyof SiteCapsView)[];
const filling = { request: undefined, day: 'site-day', month: 'site-month' } as const;

/** The site's three limits, each edited in its place. */
export function SiteLimits(props: { readonly site: NonNullable<PopupState['site']>; readonly ask: Ask }) {
  const { site, ask } = props;
  const text = useText();
  const uses = readLimits(site.use);
  const useOf = (name: keyof SiteCapsView, cap: MicroUsdc): Limit | undefined => {
    const use = uses.find(({ limit }) => limit === filling[name]);
    return use === undefined ? undefined : { ...use, cap };
  };
  return (
    <div class="site-limits">
      <h3 class="unseen">{text.popup.limitsTitle}</h3>
      {names.map((name) => {
        const cap = parseMicroUsdc(site.caps[name]);
        return (
          cap !== undefined && (
            <LimitRow
              key={name}
              label={text.popup.siteLimits[name]}
              name={text.popup.siteLimitsLong[name]}
              about={text.popup.asksAbove(dollars(cap))}
              cap={cap}
              use={useOf(name, cap)}
              onSet={(next) => ask('site.setCaps', { site: site.origin, caps: { [name]: next.toString() } })}
            />
          )
        );
      })}
    </div>
  );
}
