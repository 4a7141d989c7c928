import { rigEndpoints } from './endpoints.ts';
import type { World } from './world.ts';

/** Leads the names and ports that the rig build knows to where this world really listens: for `launchBrowser`. */
export function hostMapOf(world: World): Record<string, string> {
  const real = [
    [rigEndpoints.gateway, world.gateway.port],
    [rigEndpoints.catalogue, world.gateway.port],
    [rigEndpoints.rpc, world.chain.port],
    [rigEndpoints.pages, world.pages.port],
  ] as const;
  return Object.fromEntries(real.map(([url, port]) => [new URL(url).host, `127.0.0.1:${port}`]));
}
