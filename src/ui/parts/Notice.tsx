import type { ComponentChildren } from 'preact';

/** Something that has to be read before going on. */
export function Notice(props: {
  readonly tone: 'calm' | 'watch' | 'alarm';
  readonly role?: 'alert' | 'status';
  readonly children: ComponentChildren;
}) {
  return (
    <div class={`notice notice-${props.tone}`} role={props.role}>
      {props.children}
    </div>
  );
}
