import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const root = fileURLToPath(new URL('..', import.meta.url));

/** Content scripts of all builds: the page's script first, which has to be listening when the bridge comes. */
const topFramesOfHttpsAndThisMachine = [
  'http://*.localhost/*',
  'http://127.0.0.1/*',
  'http://[::1]/*',
  'http://localhost/*',
  'https://*/*',
];

const common = {
  manifest_version: 3,
  name: '__MSG_extensionName__',
  description: '__MSG_extensionDescription__',
  default_locale: 'en',
  version: packageJson.version,
  icons: { 16: 'icon/16.png', 32: 'icon/32.png', 48: 'icon/48.png', 128: 'icon/128.png' },
  action: { default_title: 'PaidChat', default_popup: 'popup.html' },
  permissions: ['storage', 'unlimitedStorage', 'activeTab', 'scripting', 'alarms'],
  host_permissions: [
    'https://jumpgate.ambient.xyz/*',
    'https://api.ambient.xyz/*',
    'https://api.rungate.ai/*',
    'https://mainnet.base.org/*',
    'https://base-rpc.publicnode.com/*',
    'https://solana-rpc.publicnode.com/*',
    'https://solana.api.onfinality.io/*',
    'https://rpc.solanatracker.io/*',
  ],
  optional_host_permissions: [
    'https://*/*',
    'http://localhost/*',
    'http://*.localhost/*',
    'http://127.0.0.1/*',
  ],
  options_ui: { page: 'options.html', open_in_tab: true },
  content_security_policy: {
    extension_pages: [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "connect-src 'self' https: http://localhost:* http://*.localhost:* http://127.0.0.1:*",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types paidchat-page-text',
    ].join('; '),
  },
  incognito: 'not_allowed',
  content_scripts: [
    {
      matches: topFramesOfHttpsAndThisMachine,
      js: ['content-scripts/inpage.js'],
      run_at: 'document_start',
      world: 'MAIN',
    },
    { matches: topFramesOfHttpsAndThisMachine, js: ['bridge.js'], run_at: 'document_start' },
  ],
};

const chrome = {
  ...common,
  permissions: [...common.permissions, 'sidePanel'],
  side_panel: { default_path: 'sidepanel.html' },
  minimum_chrome_version: '130',
  externally_connectable: { ids: [], matches: [] },
  background: { service_worker: 'background.js' },
};

const firefox = {
  ...common,
  sidebar_action: { default_title: 'PaidChat', default_panel: 'sidepanel.html', open_at_install: false },
  background: { scripts: ['background.js'] },
  browser_specific_settings: {
    gecko: {
      id: 'extension@paidchat.invalid',
      strict_min_version: '142.0',
      data_collection_permissions: { required: ['websiteContent', 'financialAndPaymentInfo'] },
    },
  },
};

const rig = {
  ...chrome,
  host_permissions: [
    ...chrome.host_permissions,
    'http://localhost/*',
    'http://*.localhost/*',
    'http://127.0.0.1/*',
  ],
  optional_host_permissions: ['https://*/*'],
  key: expect.stringMatching(/^MIIB/),
};

describe('the manifest', () => {
  it.each([
    ['chrome-mv3', chrome],
    ['firefox-mv3', firefox],
    ['chrome-mv3-rig', rig],
  ])('of %s is this one, key by key', (build, expected) => {
    expect(manifestOf(build)).toEqual(expected);
  });

  it('asks for what the README explains, and for nothing else', () => {
    const { permissions, host_permissions, optional_host_permissions, content_scripts } =
      manifestOf('chrome-mv3');
    const asked = [...permissions, ...host_permissions, ...content_scripts.flatMap(({ matches }) => matches)];
    expect(optionalHostsInReadme()).toEqual(optional_host_permissions.toSorted());
    expect(permissionsInReadme()).toEqual([...new Set(asked)].toSorted());
  });
});

describe('the store builds', () => {
  it.each(['chrome-mv3', 'firefox-mv3'])('%s knows nothing of the rig', (build) => {
    expect(textOf(build, 'background.js')).not.toContain('jumpgate.localhost');
    expect(textOf('chrome-mv3-rig', 'background.js')).toContain('jumpgate.localhost');
  });
});

describe('what runs in every page', () => {
  it.each(['chrome-mv3', 'firefox-mv3', 'chrome-mv3-rig'])('is small in %s', (build) => {
    expect(sizeOf(build, 'content-scripts/inpage.js'), 'bytes of the MAIN script').toBeLessThanOrEqual(
      24_000,
    );
    expect(sizeOf(build, 'bridge.js'), 'bytes of the bridge').toBeLessThanOrEqual(6_000);
  });
});

interface Manifest {
  readonly permissions: readonly string[];
  readonly host_permissions: readonly string[];
  readonly optional_host_permissions: readonly string[];
  readonly content_scripts: readonly { readonly matches: readonly string[] }[];
}

/** With the order of matches, which has no meaning, put right. */
function manifestOf(build: string): Manifest {
  const manifest: Manifest = JSON.parse(textOf(build, 'manifest.json'));
  const content_scripts = manifest.content_scripts.map((script) => ({
    ...script,
    matches: script.matches.toSorted(),
  }));
  return { ...manifest, content_scripts };
}

function sizeOf(build: string, file: string): number {
  return Buffer.byteLength(textOf(build, file));
}

function textOf(build: string, file: string): string {
  return readFileSync(`${root}.output/${build}/${file}`, 'utf8');
}

/** The first column of the table under "Permissions". */
function permissionsInReadme(): string[] {
  const cells = permissionsSection()
    .split('\n')
    .flatMap((line) => /^\| (.*?) \|/.exec(line)?.[1] ?? []);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)).toSorted();
}

/** The hosts named in the paragraph on what is asked for later. */
function optionalHostsInReadme(): string[] {
  const paragraph = permissionsSection()
    .split('\n')
    .find((line) => line.startsWith('Asked for only when you'));
  return [...(paragraph ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name).toSorted();
}

function permissionsSection(): string {
  return /^## Permissions\n([\s\S]*?)^## /m.exec(readFileSync(`${root}README.md`, 'utf8'))?.[1] ?? '';
}
