import type { ComponentChildren, Ref } from 'preact';
import { Notice } from '../parts/Notice.tsx';

/** A part of the options page: its name, what it is about, and why the last thing asked of it was not taken. */
export function Section(props: {
  readonly id: string;
  readonly title: string;
  readonly intro: string;
  readonly problem: string | undefined;
  /** Takes the focus where what had it has gone. */
  readonly headingRef?: Ref<HTMLHeadingElement>;
  readonly children: ComponentChildren;
}) {
  const { id, title, intro, problem, children } = props;
  return (
    <section class="panel options-section" id={id} aria-labelledby={`${id}-title`}>
      <h2 class="options-section-title" id={`${id}-title`} tabIndex={-1} ref={props.headingRef ?? null}>
        {title}
      </h2>
      <p class="calm-text options-intro">{intro}</p>
      {children}
      {problem !== undefined && (
        <Notice tone="alarm" role="alert">
          {problem}
        </Notice>
      )}
    </section>
  );
}
