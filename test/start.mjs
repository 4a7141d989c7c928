import { setUpOrExit } from './setup.mjs';

// One process for set-up and rig: a signal that npm passes on reaches the rig and not a shell in between.
await setUpOrExit({ browser: true, anvil: true });
const { register } = await import('tsx/esm/api');
register();
await import('./rig/start.ts');
