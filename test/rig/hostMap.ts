import { rigEndpoints } from './endpoints.ts';
import type { World } from './world.ts';

/**
 * Leads the names and ports that the rig build knows to where this world really listens, for `launchBrowser`. What
 * listens where the build expects it needs no entry: every *.localhost is this machine.
 */
export function hostMapOf(world: World): Record<string, string> {
  const real = [
    [rigEndpoints.gateway, world.gateway.port],
    [rigEndpoints.catalogue, world.gateway.port],
    [rigEndpoints.rungate, world.rungate.port],
    [rigEndpoints.rpc, world.chain.port],
    [rigEndpoints.pages, world.pages.port],
    ...rigEndpoints.solana.flatMap((url, index) => {
      const port = world.solana?.nodes[index]?.port;
      return port === undefined ? [] : [[url, port] as const];
    }),
  ] as const;
  return Object.fromEntries(
    real
      .map(([url, port]) => ({ expected: new URL(url), port }))
      .filter(({ expected, port }) => expected.port !== String(port))
      .map(({ expected, port }) => [expected.host, `127.0.0.1:${port}`]),
  );
}
