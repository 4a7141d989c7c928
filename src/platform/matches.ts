/** Where our content scripts run: every https page and http on this machine, top frame only. */
export const contentScriptMatches = [
  'https://*/*',
  'http://localhost/*',
  'http://*.localhost/*',
  'http://127.0.0.1/*',
  'http://[::1]/*',
] as const;
