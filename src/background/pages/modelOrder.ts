import type { SitePolicy } from '../../core/policy.ts';
import type { Model } from '../../protocol/page.ts';

/** Models with the one that was chosen for a site first, then the others of its gateway. */
export function inOrderFor(
  choice: Pick<SitePolicy, 'gateway' | 'model'> | undefined,
  models: readonly Model[],
): readonly Model[] {
  const placeOf = ({ id, gateway }: Model) => (gateway !== choice?.gateway ? 2 : id === choice.model ? 0 : 1);
  return models.toSorted((a, b) => placeOf(a) - placeOf(b));
}
