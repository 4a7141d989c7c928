import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { PanelChannel, TabWallet } from '../../protocol/panel.ts';
import { noteOf } from './pageNote.ts';
import type { PageNote } from './pageNote.ts';

/** The tab that the panel is about. */
export interface ActiveTab {
  id(): Promise<number | undefined>;
  /** Calls back when it may have changed, or shows another page. @returns the undo */
  onChange(listener: () => void): () => void;
}

/** What a view of the tab needs. */
export interface TabViewDeps {
  readonly channel: PanelChannel;
  readonly tab: ActiveTab;
  /** Makes text of a serialised page. */
  readonly textOf: (html: string) => string;
}

/** What is known of the tab in front: nothing of it leaves the machine by being looked at. */
export interface TabView {
  readonly id: ReadonlySignal<number | undefined>;
  /** Undefined: not known yet. */
  readonly wallet: ReadonlySignal<TabWallet | undefined>;
  /** Its text, or what is selected; undefined where there is none or it cannot be read. */
  readonly page: ReadonlySignal<PageNote | undefined>;
  readonly look: () => void;
  /** Follows the tab until the undo is called. */
  readonly start: () => () => void;
}

/** Builds the view; a look that is overtaken by a later one says nothing. */
export function createTabView({ channel, tab, textOf }: TabViewDeps): TabView {
  const id = signal<number | undefined>(undefined);
  const wallet = signal<TabWallet | undefined>(undefined);
  const page = signal<PageNote | undefined>(undefined);
  let looks = 0;

  const look = async () => {
    looks += 1;
    const mine = looks;
    const tabId = await tab.id();
    if (mine !== looks) return;
    if (tabId !== id.value) {
      id.value = tabId;
      page.value = undefined;
      wallet.value = undefined;
    }
    const [content, found] = await Promise.allSettled([
      tabId === undefined ? null : channel.call('panel.readPage', { tabId }),
      tabId === undefined ? undefined : channel.call('panel.wallet', { tabId }),
    ]);
    if (mine !== looks) return;
    const read = content.status === 'fulfilled' ? content.value : null;
    page.value = read === null ? undefined : noteOf(read, textOf);
    wallet.value = (found.status === 'fulfilled' ? found.value : undefined) ?? 'unreachable';
  };

  return {
    id,
    wallet,
    page,
    look: () => void look(),
    start() {
      const stopFollowing = tab.onChange(() => void look());
      void look();
      return () => {
        looks += 1;
        stopFollowing();
      };
    },
  };
}
