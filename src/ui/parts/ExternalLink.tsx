import type { ComponentChildren } from 'preact';

/** A link into the web, in a new tab that learns nothing of us. */
export function ExternalLink(props: {
  readonly href: string;
  readonly label?: string;
  readonly children: ComponentChildren;
}) {
  return (
    <a class="link" href={props.href} target="_blank" rel="noreferrer" aria-label={props.label}>
      {props.children}
      <svg class="icon" width="12" height="12" viewBox="0 0 16 16" aria-hidden="true">
        <path d="M6 3.5h6.5V10M12.2 3.8 3.8 12.2" />
      </svg>
    </a>
  );
}
