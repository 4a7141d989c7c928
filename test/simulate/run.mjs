import { setUpOrExit } from '../setup.mjs';

await setUpOrExit();
const { register } = await import('tsx/esm/api');
register();
await import('./main.ts');
