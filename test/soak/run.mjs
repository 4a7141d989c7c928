import { setUpOrExit } from '../setup.mjs';

await setUpOrExit({ browser: true, anvil: true });
const { register } = await import('tsx/esm/api');
register();
await import('./main.ts');
