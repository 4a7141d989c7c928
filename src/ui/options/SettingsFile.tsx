import { useId, useState } from 'preact/hooks';
import { maxSettingsFile } from '../../core/settings.ts';
import type { SettingsReview } from '../../protocol/options.ts';
import type { PanelChannel } from '../../protocol/panel.ts';
import { Button } from '../parts/Button.tsx';
import { Notice } from '../parts/Notice.tsx';
import { useText } from '../text/useText.ts';
import type { HostAccess } from './hostAccess.ts';
import { Section } from './Section.tsx';
import { changeText } from './changeText.ts';
import { useAsk } from './useAsk.ts';

const fileName = 'paidchat-settings.json';

/** A file that was chosen, and what it would change. */
interface Chosen {
  readonly text: string;
  readonly review: SettingsReview;
}

/** The settings as a file: out at once, in only after what it changes was read and agreed to. */
export function SettingsFile(props: {
  readonly channel: PanelChannel;
  readonly access: HostAccess;
  readonly onDownload: (name: string, text: string) => void;
}) {
  const { channel, access, onDownload } = props;
  const words = useText().options.file;
  const id = useId();
  const { ask, problem, say } = useAsk(channel);
  const [chosen, setChosen] = useState<Chosen>();
  const [done, setDone] = useState<string>();

  const exportFile = async () => {
    const exported = await ask('settings.export', {});
    if (exported !== undefined) onDownload(fileName, exported.text);
  };
  const choose = async (file: File) => {
    setChosen(undefined);
    setDone(undefined);
    if (file.size > maxSettingsFile) return say(words.tooLarge);
    const text = await file.text().catch(() => undefined);
    if (text === undefined) return say(words.unreadable);
    const review = await ask('settings.review', { text });
    if (review === undefined) return undefined;
    if (review.changes.length === 0) return setDone(words.nothing);
    return setChosen({ text, review });
  };
  const apply = async ({ text, review }: Chosen) => {
    // In the click: the browser is asked before anything else is waited for.
    if (review.urls.length > 0 && !(await access.request(review.urls))) return say(words.refused);
    const taken = await ask('settings.import', { text, digest: review.digest });
    setChosen(undefined);
    return taken === undefined ? undefined : setDone(words.imported);
  };
  return (
    <Section id="file" title={words.title} intro={words.intro} problem={problem}>
      <div class="options-buttons">
        <Button kind="plain" onPress={() => void exportFile()}>
          {words.export}
        </Button>
        <span class="file-choice">
          <input
            id={id}
            type="file"
            accept=".json,application/json"
            onChange={({ currentTarget: input }) => {
              const [file] = input.files ?? [];
              // Emptied, so that the same file may be chosen again.
              if (file !== undefined) void choose(file).finally(() => (input.value = ''));
            }}
          />
          <label class="button button-plain" for={id}>
            {words.import}
          </label>
        </span>
      </div>
      {done !== undefined && (
        <Notice tone="calm" role="status">
          {done}
        </Notice>
      )}
      {chosen !== undefined && (
        <Review
          review={chosen.review}
          onApply={() => void apply(chosen)}
          onCancel={() => setChosen(undefined)}
        />
      )}
    </Section>
  );
}

function Review(props: {
  readonly review: SettingsReview;
  readonly onApply: () => void;
  readonly onCancel: () => void;
}) {
  const text = useText();
  const words = text.options.file;
  const { changes } = props.review;
  const lists = [
    { title: words.loosens, of: changes.filter(({ loosens }) => loosens), tone: 'options-loosens' },
    { title: words.others, of: changes.filter(({ loosens }) => !loosens), tone: '' },
  ];
  return (
    <div class="options-form" role="group" aria-label={words.reviewTitle}>
      <h3 class="options-subtitle">{words.reviewTitle}</h3>
      {lists
        .filter((list) => list.of.length > 0)
        .map((list) => (
          <div key={list.title} class={list.tone}>
            <p class="field-label">{list.title}</p>
            <ul class="options-changes">
              {list.of.map((change) => (
                <li key={JSON.stringify(change)}>{changeText(change, text)}</li>
              ))}
            </ul>
          </div>
        ))}
      <div class="confirm-row">
        <Button kind="small" className="button-strong" onPress={props.onApply}>
          {words.apply(changes.length)}
        </Button>
        <Button kind="small" onPress={props.onCancel}>
          {text.cancel}
        </Button>
      </div>
    </div>
  );
}
