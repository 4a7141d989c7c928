import { defineConfig } from 'wxt';
import { pinnedAssets } from './src/core/assets.ts';
import { contentScriptMatches } from './src/platform/matches.ts';
import { rigEndpoints } from './test/rig/endpoints.ts';

/** Public half of a throwaway key: gives the rig build the same id (diinjhggdambgifnkdpialmkmhekconk) on every machine. Never in a store build. */
const rigKey =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAleSVNRvcss+dJLIp6qSUduxbujtua+KfnUvjvw4KGWUiGQxs8Th8MzBI+rp7ffpF4Me8oLgBm59N+KTqrLp6hzHDi+TCuMCxZTTTZ4H7iJIsnMVhAKnjMYv2jq7cQVNwQKriscqNjmR/WKGa0nvDUM9Z7QMORjDp/tPElq5LJnAeoGViCoZ4bPERdw84r1KfXXdxKHipfJ8QgV8Ohj0C4moRNQZWlJQT8JNxU52uGIReBIKNb280Fg0xGXkoMqXOlcu6QJR3lg/gUeSrC5PqHLaBLqihSYurBcY36d3IDOPn3fVnUvAjG6jgz9SAA/kWQEIvJb0XA/4iryq3nsTlCQIDAQAB';

const gatewayHosts = [
  'https://jumpgate.ambient.xyz/*',
  'https://api.ambient.xyz/*',
  'https://api.rungate.ai/*',
];
/** Asked what became of a payment: more than one of each chain, so that none is believed alone. */
const nodeHosts = pinnedAssets.flatMap(({ rpcUrls }) => rpcUrls.map((url) => `${new URL(url).origin}/*`));
const localHosts = ['http://localhost/*', 'http://*.localhost/*', 'http://127.0.0.1/*'];

/** No remote code, nothing framed, nothing injected; which https hosts may be fetched is for the host permissions to say. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' https: http://localhost:* http://*.localhost:* http://127.0.0.1:*",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  // For the side panel's reader of serialised pages, whose text alone it keeps.
  'trusted-types paidchat-page-text',
].join('; ');

// The store build and the rig build differ in what follows from `rig`, and in nothing else.
export default defineConfig({
  manifestVersion: 3,
  publicDir: 'assets',
  imports: false,
  manifest: ({ browser, mode }) => {
    const rig = mode === 'rig';
    return {
      name: '__MSG_extensionName__',
      description: '__MSG_extensionDescription__',
      default_locale: 'en',
      icons: { 16: 'icon/16.png', 32: 'icon/32.png', 48: 'icon/48.png', 128: 'icon/128.png' },
      action: { default_title: 'PaidChat' },
      permissions: ['storage', 'unlimitedStorage', 'activeTab', 'scripting', 'alarms'],
      host_permissions: [...gatewayHosts, ...nodeHosts, ...(rig ? localHosts : [])],
      // Asked for, one by one, when the person adds a gateway or node or switches developer mode on.
      optional_host_permissions: ['https://*/*', ...(rig ? [] : localHosts)],
      content_security_policy: { extension_pages: contentSecurityPolicy },
      incognito: 'not_allowed',
      ...(browser === 'firefox'
        ? {
            browser_specific_settings: {
              gecko: {
                id: 'extension@paidchat.invalid',
                strict_min_version: '142.0',
                data_collection_permissions: { required: ['websiteContent', 'financialAndPaymentInfo'] },
              },
            },
          }
        : { minimum_chrome_version: '130', externally_connectable: { ids: [], matches: [] } }),
      ...(rig && browser !== 'firefox' ? { key: rigKey } : {}),
    };
  },
  hooks: {
    // WXT's own isolated content scripts post a message that tells the page our id, so the bridge is listed by hand;
    // after MAIN, which has to be listening before the bridge hands it the channel.
    'build:manifestGenerated': (_wxt, manifest) => {
      manifest.content_scripts ??= [];
      manifest.content_scripts.push({
        matches: [...contentScriptMatches],
        js: ['bridge.js'],
        run_at: 'document_start',
      });
    },
  },
  vite: ({ mode }) => ({
    define: {
      __RIG_ENDPOINTS__: mode === 'rig' ? JSON.stringify(rigEndpoints) : 'undefined',
    },
    build: {
      target: 'es2023',
      // Bundled scripts are sloppy without it, and a page's function can then walk `caller` and `arguments` of ours.
      rollupOptions: { output: { intro: "'use strict';" } },
    },
  }),
});
