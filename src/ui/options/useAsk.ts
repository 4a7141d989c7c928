import { useState } from 'preact/hooks';
import type { PanelCalls, PanelChannel } from '../../protocol/panel.ts';
import { safeLine } from '../safeText.ts';
import { useText } from '../text/useText.ts';

/** Asks the background, and says why it did not take something. */
export interface Asker {
  /** @returns undefined where it was not taken; `problem` then says why */
  readonly ask: <M extends keyof PanelCalls>(
    method: M,
    params: PanelCalls[M]['params'],
  ) => Promise<PanelCalls[M]['result'] | undefined>;
  readonly problem: string | undefined;
  readonly say: (problem: string | undefined) => void;
}

/** One part of the page that asks for things. */
export function useAsk(channel: PanelChannel): Asker {
  const { failed } = useText().options;
  const [problem, say] = useState<string>();
  return {
    problem,
    say,
    async ask(method, params) {
      say(undefined);
      try {
        return await channel.call(method, params);
      } catch (error) {
        say(error instanceof Error ? safeLine(error.message, 400) : failed);
        return undefined;
      }
    },
  };
}
