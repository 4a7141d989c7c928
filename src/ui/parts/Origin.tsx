import { panelSite } from '../../core/site.ts';
import { siteName } from '../siteName.ts';
import { safeName } from '../safeText.ts';
import { useText } from '../text/useText.ts';

/** A site's whole origin, its registered part standing out; isolated, so that it cannot turn the text around it. */
export function Origin({ site }: { readonly site: string }) {
  const text = useText();
  if (site === panelSite) return <bdi class="origin">{text.panelSite}</bdi>;
  const name = siteName(site);
  if (name === undefined) {
    return (
      <bdi class="origin" dir="ltr">
        {safeName(site, 260)}
      </bdi>
    );
  }
  return (
    <>
      <bdi class="origin" dir="ltr">
        {name.scheme}
        {name.subdomain}
        <strong>{name.domain}</strong>
        {name.port}
      </bdi>
      {name.disguised && <span class="origin-note">{text.origin.disguised}</span>}
    </>
  );
}
