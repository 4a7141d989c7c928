// Run by chain.test.ts in a process of its own, which is killed without warning.
import { startAnvil } from '../rig/anvil.ts';

const anvil = await startAnvil();
process.stdout.write(`${anvil.pid}\n`);
setInterval(() => undefined, 1000);
