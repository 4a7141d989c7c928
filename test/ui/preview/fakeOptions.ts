import type {
  GatewayCheck,
  OptionsCalls,
  OptionsState,
  OptionsStreams,
} from '../../../src/protocol/options.ts';
import type { SiteCapsChange } from '../../../src/protocol/panel.ts';
import { panelSite } from '../../../src/core/site.ts';
import { previewReview } from './optionsStates.ts';

type Handlers = {
  [M in keyof OptionsCalls]: (params: OptionsCalls[M]['params']) => OptionsCalls[M]['result'];
};
type Watcher = (event: OptionsStreams['options.watch']['event']) => void;

const goodCheck: GatewayCheck = {
  models: { count: 5, names: ['ambient/large', 'ambient/mini', 'ambient/next'] },
  price: {
    amount: '1334',
    model: 'ambient/large',
    maxOutputTokens: 300,
    networkName: 'Base',
    payTo: '0x12aB34Cd56eF7890aBcDeF1234567890AbCdEf89',
    alsoOffered: ['tempo'],
  },
};

const badCheck: GatewayCheck = {
  models: {
    problem: 'The gateway cannot be reached or is out of capacity: nothing was paid; try again later.',
  },
  price: {
    problem:
      'The gateway wants an API key and asked for no payment: nothing was paid; choose another gateway.',
  },
};

/** The part of the fake background behind the options page: its state changes by what is called. */
export function fakeOptions(start: OptionsState | undefined) {
  const watchers = new Set<Watcher>();
  let state = start;
  const become = (change: (known: OptionsState) => Partial<OptionsState>) => {
    if (state === undefined) return;
    state = { ...state, ...change(state) };
    for (const watcher of watchers) watcher({ type: 'state', state });
  };
  const handlers: Handlers = {
    'gateway.save'({ id = 'new-gateway', gateway }) {
      become(({ gateways }) => {
        const view = { id, ...gateway, isBuiltIn: false, isDefault: false };
        const others = gateways.filter((known) => known.id !== id);
        return { gateways: [...others, view] };
      });
      return { id };
    },
    'gateway.remove'({ id }) {
      become(({ gateways }) => ({ gateways: gateways.filter((known) => known.id !== id) }));
      return null;
    },
    'gateway.check': ({ id }) => (id === 'jumpgate' ? goodCheck : badCheck),
    'gateway.setDefault'({ id }) {
      become(({ gateways }) => ({
        gateways: gateways.map((known) => ({ ...known, isDefault: known.id === id })),
      }));
      return null;
    },
    'network.setNodes'({ network, rpcUrls }) {
      become(({ networks }) => ({
        networks: networks.map((known) =>
          known.network === network
            ? { ...known, rpcUrls: rpcUrls.length > 0 ? rpcUrls : known.pinnedRpcUrls }
            : known,
        ),
      }));
      return null;
    },
    'developer.setMode'({ on }) {
      become(() => ({ developerMode: on, allowsLocalhost: on }));
      return null;
    },
    'developer.setTestNetwork'({ testNetwork }) {
      become(() => ({ testNetwork }));
      return null;
    },
    'developer.removeTestNetwork'() {
      if (state === undefined) return null;
      const { testNetwork: _gone, ...rest } = state;
      state = rest;
      become(() => ({}));
      return null;
    },
    'limits.set'({ site, allDay, allMonth, panelDay }) {
      const caps = { 'all-day': allDay, 'all-month': allMonth, 'panel-day': panelDay };
      become(({ limits, siteDefaults }) => ({
        limits: limits.map((known) => ({
          ...known,
          cap: caps[known.limit as keyof typeof caps] ?? known.cap,
        })),
        siteDefaults: { ...siteDefaults, ...site },
      }));
      return null;
    },
    'site.forget'({ site }) {
      become(({ sites }) => ({ sites: sites.filter(({ origin }) => origin !== site) }));
      return null;
    },
    'settings.export': () => ({ text: '{}' }),
    'settings.review': () => previewReview,
    'settings.import': () => null,
  };
  return {
    handlers,
    /** What a site's own calls change in the list. */
    changeSite(origin: string, change: Partial<OptionsState['sites'][number]>) {
      become(({ sites }) => ({
        sites: sites.map((known) => (known.origin === origin ? { ...known, ...change } : known)),
      }));
    },
    changeCaps(origin: string, change: SiteCapsChange) {
      become(({ sites }) => ({
        sites: sites.map((known) =>
          known.origin === origin
            ? { ...known, caps: { ...known.caps, ...change }, hasOwnCaps: true }
            : known,
        ),
      }));
    },
    chooseNetwork(origin: string, network: OptionsState['panelNetwork']) {
      const choice = network === undefined ? {} : { network };
      const chosen = <T extends { readonly network?: unknown }>({ network: _before, ...known }: T) => ({
        ...known,
        ...choice,
      });
      if (origin === panelSite && state !== undefined) {
        const { panelNetwork: _before, ...rest } = state;
        state = { ...rest, ...(network === undefined ? {} : { panelNetwork: network }) };
      }
      become(({ sites }) => ({
        sites: sites.map((known) => (known.origin === origin ? chosen(known) : known)),
      }));
    },
    watch(watcher: Watcher): () => void {
      watchers.add(watcher);
      if (state !== undefined) watcher({ type: 'state', state });
      return () => watchers.delete(watcher);
    },
  };
}
