import { parseMicroUsdc } from '../../core/money.ts';
import type { LimitName, SiteCapsView } from '../../protocol/panel.ts';
import { dollars } from '../format.ts';
import { readLimits } from '../limitModel.ts';
import { LimitRow } from '../parts/LimitRow.tsx';
import { useText } from '../text/useText.ts';
import type { OptionsPart } from './optionsPart.ts';
import { Section } from './Section.tsx';
import { useAsk } from './useAsk.ts';

const caps = ['request', 'day', 'month'] as const satisfies readonly (keyof SiteCapsView)[];

/** The limits over all sites, of the side panel, and of any site. */
export function Limits({ channel, state }: OptionsPart) {
  const text = useText();
  const words = text.options.limits;
  const { ask, problem } = useAsk(channel);
  const limits = readLimits(state.limits);
  const wall = (limit: LimitName, key: 'allDay' | 'allMonth' | 'panelDay', label: string) => {
    const use = limits.find((known) => known.limit === limit);
    return (
      use !== undefined && (
        <LimitRow
          label={label}
          name={words.names[key]}
          cap={use.cap}
          use={use}
          about=""
          onSet={(cap) => void ask('limits.set', { [key]: cap.toString() })}
        />
      )
    );
  };
  const about = {
    request: text.popup.asksAbove,
    day: (cap: string) => words.atMost(cap, words.anyDay),
    month: (cap: string) => words.atMost(cap, words.anyMonth),
  };
  return (
    <Section id="limits" title={words.title} intro={words.intro} problem={problem}>
      <div class="options-columns">
        <div class="options-group">
          <h3 class="options-subtitle">{words.all}</h3>
          {wall('all-day', 'allDay', words.allDay)}
          {wall('all-month', 'allMonth', words.allMonth)}
        </div>
        <div class="options-group">
          <h3 class="options-subtitle">{words.panel}</h3>
          {wall('panel-day', 'panelDay', words.allDay)}
          <p class="faint">{words.panelText}</p>
        </div>
      </div>
      <div class="options-group">
        <h3 class="options-subtitle">{words.any}</h3>
        {caps.map((name) => {
          const cap = parseMicroUsdc(state.siteDefaults[name]);
          return (
            cap !== undefined && (
              <LimitRow
                key={name}
                label={text.popup.siteLimits[name]}
                name={words.names[name]}
                cap={cap}
                use={undefined}
                about={about[name](dollars(cap))}
                onSet={(next) => void ask('limits.set', { site: { [name]: next.toString() } })}
              />
            )
          );
        })}
      </div>
    </Section>
  );
}
