import { effectiveMode, grantEndsAtMs } from '../../core/policy.ts';
import type { Site } from '../../core/site.ts';
import type { Permission } from '../../protocol/page.ts';
import type { Deps } from '../deps.ts';

/** What the person has allowed a site, in the words of `window.paidChat`. */
export async function permissionOf(
  { policies, clock }: Pick<Deps, 'policies' | 'clock'>,
  site: Site,
): Promise<Permission> {
  const policy = await policies.get(site);
  const mode = effectiveMode(policy, clock.nowMs());
  const expiresAt = mode === 'auto' ? grantEndsAtMs(policy) : undefined;
  return {
    state: mode === 'auto' ? 'granted' : mode === 'ask' ? 'prompt' : 'denied',
    autoApprove: mode === 'auto',
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}
