import { getAddress, isAddress } from 'viem';
import { networkOf } from '../../core/configuration.ts';
import type { TestNetwork } from '../../core/configuration.ts';
import { Failure } from '../../core/failure.ts';
import type { Deps } from '../deps.ts';

/**
 * The test network with its token's address in its one spelling.
 *
 * @throws {Failure} badToken, testNetworkPinned, testNetworkBusy
 */
export async function checkTestNetwork(
  deps: Pick<Deps, 'configured' | 'ledger'>,
  testNetwork: TestNetwork,
): Promise<TestNetwork> {
  if (!isAddress(testNetwork.asset)) throw new Failure('badToken');
  const network = networkOf(testNetwork);
  if (deps.configured.pinned.some((usdc) => usdc.network === network)) throw new Failure('testNetworkPinned');
  const checked = { ...testNetwork, asset: getAddress(testNetwork.asset) };
  await refuseBusyTestNetwork(deps, checked);
  return checked;
}

/**
 * The node and token of a held payment are needed to prove its end: they stay until nothing is held.
 *
 * @param next what takes its place
 * @throws {Failure} testNetworkBusy
 */
export async function refuseBusyTestNetwork(
  { configured, ledger }: Pick<Deps, 'configured' | 'ledger'>,
  next: TestNetwork | undefined,
): Promise<void> {
  const { testNetwork } = configured.get();
  if (testNetwork === undefined) return;
  if (next?.chainId === testNetwork.chainId && next.asset === testNetwork.asset) return;
  const network = networkOf(testNetwork);
  const isHeld = (await ledger.open()).some((payment) => payment.network === network);
  if (isHeld) throw new Failure('testNetworkBusy');
}
