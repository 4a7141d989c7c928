import type { Ref } from 'preact';
import { useState } from 'preact/hooks';
import { missedNodes } from '../../core/silence.ts';
import { panelSite } from '../../core/site.ts';
import type { NetworkView } from '../../protocol/options.ts';
import { Button } from '../parts/Button.tsx';
import { TextField } from '../parts/TextField.tsx';
import { calendarDay } from '../format.ts';
import { safeName } from '../safeText.ts';
import type { Text } from '../text/en.ts';
import { useText } from '../text/useText.ts';
import { ChainRow } from './ChainRow.tsx';
import { useKept } from './hostAccess.ts';
import type { HostAccess } from './hostAccess.ts';
import { readNodes } from './networkDraft.ts';
import type { TypedNodes } from './networkDraft.ts';
import type { OptionsPart } from './optionsPart.ts';
import { Section } from './Section.tsx';
import { useAsk } from './useAsk.ts';
import { useReturnFocus } from './useReturnFocus.ts';

/** The nodes of each network that is paid on with real money. */
export function Networks({ channel, state, access }: OptionsPart & { readonly access: HostAccess }) {
  const { options, chain } = useText();
  const words = options.networks;
  const { ask, problem, say } = useAsk(channel);
  const [editing, setEditing] = useState<string>();
  const { opener } = useReturnFocus(editing);
  const kept = useKept(
    access,
    state.networks.flatMap(({ rpcUrls }) => rpcUrls),
  );

  const save = async ({ network }: NetworkView, rpcUrls: readonly string[]) => {
    if (rpcUrls.length > 0 && !(await access.request(rpcUrls))) return say(words.refused);
    const saved = await ask('network.setNodes', { network, rpcUrls });
    if (saved !== undefined) setEditing(undefined);
  };
  return (
    <Section id="networks" title={words.title} intro={words.intro} problem={problem}>
      <ul class="plain-list options-list">
        {state.networks.map((network) => (
          <li class="options-item" key={network.network}>
            {editing === network.network ? (
              <NodesForm
                network={network}
                allowsLocalhost={state.allowsLocalhost}
                onSave={(rpcUrls) => void save(network, rpcUrls)}
                onCancel={() => setEditing(undefined)}
              />
            ) : (
              <NetworkRow
                network={network}
                openerRef={opener(network.network)}
                kept={network.rpcUrls.filter((url) => kept.has(url))}
                onAllow={(urls) => void access.request(urls)}
                onEdit={() => setEditing(network.network)}
              />
            )}
          </li>
        ))}
      </ul>
      {state.networks.length > 1 && (
        <ChainRow
          label={chain.panelLabel}
          chosen={state.panelNetwork}
          networks={state.networks}
          onChoose={(network) => {
            const choice = network === undefined ? {} : { network };
            void ask('site.setNetwork', { site: panelSite, ...choice });
          }}
        />
      )}
    </Section>
  );
}

function NetworkRow(props: {
  readonly network: NetworkView;
  readonly openerRef: Ref<HTMLButtonElement>;
  readonly kept: readonly string[];
  readonly onAllow: (urls: readonly string[]) => void;
  readonly onEdit: () => void;
}) {
  const { network, kept } = props;
  const { networks: words, gateways } = useText().options;
  const name = safeName(network.name, 40);
  const hosts = safeName(kept.map((url) => new URL(url).host).join(', '), 120);
  return (
    <>
      <div class="options-row">
        <div class="options-about">
          <p class="options-name">
            {name}
            <span class="options-tag">{isPinned(network) ? words.pinnedNodes : words.ownNodes}</span>
          </p>
          {network.rpcUrls.map((url) => (
            <div key={url}>
              <p class="options-note options-address">
                <bdi>{url}</bdi>
              </p>
              <SilenceNote network={network} url={url} />
            </div>
          ))}
        </div>
        <Button
          kind="small"
          label={words.changeNamed(name)}
          elementRef={props.openerRef}
          onPress={props.onEdit}
        >
          {words.change}
        </Button>
      </div>
      {kept.length > 0 && (
        <div class="notice notice-watch options-row" role="status">
          <span>{gateways.notAllowed(hosts)}</span>
          <Button kind="small" label={gateways.allowNamed(hosts)} onPress={() => props.onAllow(kept)}>
            {gateways.allow}
          </Button>
        </div>
      )}
    </>
  );
}

/** Says that a node does not answer, and what that means for what is held. */
function SilenceNote({ network, url }: { readonly network: NetworkView; readonly url: string }) {
  const { options, locale } = useText();
  const { silentLeftOut, silentNeeded } = options.networks;
  const silence = network.silent.find((known) => known.url === url);
  if (silence === undefined) return null;
  const say = missedNodes(network.rpcUrls, network.silent).includes(silence) ? silentNeeded : silentLeftOut;
  return <p class="watch-text">{say(calendarDay(silence.sinceMs, locale))}</p>;
}

function NodesForm(props: {
  readonly network: NetworkView;
  readonly allowsLocalhost: boolean;
  /** None: those that come with PaidChat. */
  readonly onSave: (rpcUrls: readonly string[]) => void;
  readonly onCancel: () => void;
}) {
  const { network, allowsLocalhost } = props;
  const text = useText();
  const words = text.options.networks;
  const [typed, setTyped] = useState(network.rpcUrls.join('\n'));
  const [tried, setTried] = useState(false);
  const read = readNodes(typed, { allowsLocalhost });
  const save = () => {
    setTried(true);
    if ('rpcUrls' in read) props.onSave(read.rpcUrls);
  };
  const name = safeName(network.name, 40);
  return (
    <div class="options-form" role="group" aria-label={words.nodes(name)}>
      <TextField
        label={words.nodes(name)}
        typed={typed}
        hint={words.nodesHint}
        problem={tried ? problemText(read, text) : undefined}
        rows={3}
        plain
        takesFocus
        onType={setTyped}
      />
      <div class="confirm-row">
        <Button kind="small" className="button-strong" onPress={save}>
          {text.save}
        </Button>
        {!isPinned(network) && (
          <Button kind="small" onPress={() => props.onSave([])}>
            {words.reset}
          </Button>
        )}
        <Button kind="small" onPress={props.onCancel}>
          {text.cancel}
        </Button>
      </div>
    </div>
  );
}

function problemText(read: TypedNodes, { options }: Text): string | undefined {
  const { networks: words, address, gateways } = options;
  if ('rpcUrls' in read) return undefined;
  if ('line' in read) {
    const sentences = { ...address, needsDeveloper: gateways.needsDeveloper };
    return words.line(read.line, sentences[read.problem]);
  }
  return read.problem === 'none' ? words.noNodes : words.tooMany;
}

function isPinned({ rpcUrls, pinnedRpcUrls }: NetworkView): boolean {
  return rpcUrls.join('\n') === pinnedRpcUrls.join('\n');
}
