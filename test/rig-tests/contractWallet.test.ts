import { getAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { TypedDataDefinition } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifiedAnswer } from '../../src/background/paying/signable.ts';
import { baseUsdc } from '../../src/core/assets.ts';
import type { EvmAuthorization } from '../../src/core/ledger.ts';
import { createHttp } from '../../src/gateway/http.ts';
import { typedDataOf } from '../../src/x402/evmGate.ts';
import { startChain } from '../rig/chain.ts';
import type { Chain } from '../rig/chain.ts';
import { deployContractWallet } from '../rig/contractWallet.ts';
import { createFacilitator } from '../rig/facilitator.ts';
import { keys, people, strangerAddress } from '../rig/keys.ts';

/* A contract wallet on the real token contract, paid through the official facilitator. */

const account = getAddress('0x00000000000000000000000000000000c0117ac7');
const clock = { nowMs: () => Date.now(), after: () => () => undefined };
const http = createHttp(globalThis.fetch, { clock, allowLocalhost: () => true });
let chain: Chain;
let authorization: EvmAuthorization;

beforeAll(async () => {
  chain = await startChain({ blockTime: 'instant' });
  await deployContractWallet(chain.rpcUrl, account, people.payer);
  await chain.mint(account, 20_000_000n);
  authorization = {
    from: account,
    to: people.payee,
    value: '4424',
    validAfter: '0',
    validBefore: String(Math.floor(Date.now() / 1000) + 300),
    nonce: `0x${'5e'.repeat(32)}`,
  };
});
afterAll(() => chain.stop());

function signedWith(key: `0x${string}`, message = authorization): Promise<`0x${string}`> {
  const typedData: TypedDataDefinition = typedDataOf(message, baseUsdc);
  return privateKeyToAccount(key).signTypedData(typedData);
}

function verify(signature: unknown, message = authorization) {
  return verifiedAnswer({ http, clock }, signature, message, { ...baseUsdc, rpcUrls: [chain.rpcUrl] });
}

it('takes no signature that the contract does not take', async () => {
  expect(await verify(await signedWith(keys.owner))).toEqual({ verdict: 'mismatch' });
  expect(await verify(await signedWith(keys.payer, { ...authorization, value: '4425' }))).toEqual({
    verdict: 'mismatch',
  });
  expect(await verify(`0x${'00'.repeat(65)}`)).toEqual({ verdict: 'mismatch' });
});

it('takes none of another account’s, be it without a contract or one that does not know the call', async () => {
  const signature = await signedWith(keys.payer);
  expect(await verify(signature, { ...authorization, from: strangerAddress })).toEqual({
    verdict: 'mismatch',
  });
  expect(await verify(signature, { ...authorization, from: baseUsdc.asset })).toEqual({
    verdict: 'mismatch',
  });
});

it('pays the amount out of a contract wallet', async () => {
  const checked = await verify(await signedWith(keys.payer));
  if (checked.verdict !== 'valid') throw new Error(`It was not taken: ${checked.verdict}`);
  const requirements = {
    scheme: 'exact',
    network: 'eip155:8453' as const,
    asset: baseUsdc.asset,
    amount: '4424',
    payTo: people.payee,
    maxTimeoutSeconds: 300,
    extra: { name: baseUsdc.domainName, version: baseUsdc.domainVersion },
  };
  const payload = {
    x402Version: 2,
    accepted: requirements,
    payload: { authorization: { ...authorization }, signature: checked.signature },
  };
  const before = await chain.blockNumber();
  expect(await createFacilitator(chain.rpcUrl).settle(payload, requirements)).toMatchObject({
    success: true,
  });
  expect(await chain.transfersSince(before)).toMatchObject([
    { from: account, to: people.payee, value: 4424n, nonce: authorization.nonce },
  ]);
});
