import type { SiteCaps } from '../../core/limits.ts';
import { siteCapsOf } from '../../core/policy.ts';
import { panelSite } from '../../core/site.ts';
import type { Site } from '../../core/site.ts';
import type { Exceeded, Rules } from '../../core/policy.ts';
import type { Usage } from '../../core/usage.ts';
import type { LimitUse, SiteCapsView } from '../../protocol/panel.ts';

/** A limit as screens get it: amounts as decimal text. */
export function limitUseOf({ limit, cap, used, held }: Exceeded): LimitUse {
  return { limit, cap: cap.toString(), used: used.toString(), held: held.toString() };
}

/** A site's limits as screens get them. */
export function capsView({ request, day, month }: SiteCaps): SiteCapsView {
  return { request: request.toString(), day: day.toString(), month: month.toString() };
}

/** The limits that a payment of the site meets, and what is used of each. */
export function limitUses(site: Site, rules: Rules, usage: Usage): readonly LimitUse[] {
  const { day, month } = siteCapsOf(rules);
  if (site === panelSite) {
    return [limitUseOf({ limit: 'panel-day', cap: rules.global.panelDay, ...usage.panelDay })];
  }
  return [
    limitUseOf({ limit: 'site-day', cap: day, ...usage.siteDay }),
    limitUseOf({ limit: 'site-month', cap: month, ...usage.siteMonth }),
    ...allLimitUses(rules, usage),
  ];
}

/** The limits over all websites together. */
export function allLimitUses({ global }: Rules, { allDay, allMonth }: Usage): readonly LimitUse[] {
  return [
    limitUseOf({ limit: 'all-day', cap: global.allDay, ...allDay }),
    limitUseOf({ limit: 'all-month', cap: global.allMonth, ...allMonth }),
  ];
}
