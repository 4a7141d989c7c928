import { useEffect, useMemo } from 'preact/hooks';
import type { PanelChannel } from '../../protocol/panel.ts';
import { useText } from '../text/useText.ts';
import { createChat } from './chat.ts';
import { Composer } from './Composer.tsx';
import { Conversation } from './Conversation.tsx';
import { PanelHeader } from './PanelHeader.tsx';
import { createTabView } from './tabView.ts';
import type { ActiveTab } from './tabView.ts';

/** Props of the side panel. */
export interface PanelScreenProps {
  readonly channel: PanelChannel;
  readonly tab: ActiveTab;
  /** Makes text of a serialised page. */
  readonly textOf: (html: string) => string;
  readonly onOpenOptions: () => void;
}

/** The side panel: one chat about the page in front, paid with the wallet in it. */
export function PanelScreen({ channel, tab, textOf, onOpenOptions }: PanelScreenProps) {
  const text = useText();
  const { view, chat } = useMemo(() => {
    const view = createTabView({ channel, tab, textOf });
    return { view, chat: createChat(channel, view) };
  }, [channel, tab, textOf]);

  useEffect(() => {
    document.title = text.panel.title;
  }, [text]);
  useEffect(() => {
    const undos = [chat.start(), view.start()];
    // A selection is made in the page, a wallet is unlocked elsewhere: both are over when the person comes back.
    window.addEventListener('focus', view.look);
    return () => {
      window.removeEventListener('focus', view.look);
      for (const undo of undos) undo();
    };
  }, [chat, view]);

  return (
    <div class="chat">
      <PanelHeader chat={chat} onOpenOptions={onOpenOptions} />
      <Conversation chat={chat} />
      <Composer chat={chat} view={view} />
    </div>
  );
}
