import type { PaymentView } from '../../protocol/panel.ts';
import { calendarDay } from '../format.ts';
import { Button } from '../parts/Button.tsx';
import { safeName } from '../safeText.ts';
import { useText } from '../text/useText.ts';

/** The silent nodes that what is held waits for, chain by chain, and the way to where others can be put in their place. */
export function SilentNodesNote(props: {
  readonly held: readonly PaymentView[];
  readonly onOpenOptions: () => void;
}) {
  const { held: words, locale } = useText();
  const byNetwork = new Map(
    props.held.flatMap(({ networkName, waitsFor }) => (waitsFor ? [[networkName, waitsFor] as const] : [])),
  );
  return [...byNetwork].map(([networkName, nodes]) => {
    const network = safeName(networkName, 40);
    return (
      <div class="notice notice-watch held-nodes" key={networkName}>
        <p>
          {nodes
            .map(({ url, sinceMs }) => words.silentNode(new URL(url).host, calendarDay(sinceMs, locale)))
            .join(' ')}{' '}
          {words.silentMeans(network)}
        </p>
        <Button kind="small" label={words.seeNodesOf(network)} onPress={props.onOpenOptions}>
          {words.seeNodes}
        </Button>
      </div>
    );
  });
}
