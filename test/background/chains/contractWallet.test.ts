import { concatHex, decodeFunctionData, hexToBytes, parseAbi, recoverAddress, toHex } from 'viem';
import type { Hex } from 'viem';
import { expect, it } from 'vitest';
import { verifiedAnswer } from '../../../src/background/paying/signable.ts';
import { baseUsdc } from '../../../src/core/assets.ts';
import type { EvmAuthorization } from '../../../src/core/ledger.ts';
import { createHttp } from '../../../src/gateway/http.ts';
import { typedDataOf } from '../../../src/x402/evmGate.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { contractOwner } from '../../fakes/wallet.ts';
import { seededRandom } from '../../simulate/random.ts';

const random = seededRandom(1, 1);
const clock = fakeClock();
const account = '0x00000000000000000000000000000000c0117ac7';
const to = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const abi = parseAbi(['function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)']);

/** A node whose every account is a contract that takes 32 zero bytes and then its owner's signature. */
const http = createHttp(
  async (_url, init) => {
    const { method, params } = JSON.parse(typeof init?.body === 'string' ? init.body : '') as {
      method: string;
      params: [{ data: Hex }];
    };
    if (method === 'eth_getCode') return Response.json({ jsonrpc: '2.0', id: 1, result: '0x6001' });
    const { args } = decodeFunctionData({ abi, data: params[0].data });
    const isValid = await takes(...args);
    const result = (isValid ? '0x1626ba7e' : '0xffffffff').padEnd(66, '0');
    return Response.json({ jsonrpc: '2.0', id: 1, result });
  },
  { clock, allowLocalhost: () => false },
);

async function takes(hash: Hex, signature: Hex): Promise<boolean> {
  if (signature.length !== 2 + 2 * 97 || !signature.startsWith(`0x${'00'.repeat(32)}`)) return false;
  const own: Hex = `0x${signature.slice(66)}`;
  const signer = await recoverAddress({ hash, signature: own }).catch(() => undefined);
  return signer === contractOwner.address;
}

function authorizationOf(value: number): EvmAuthorization {
  const nonce = toHex(random.int(1, 999_999), { size: 32 });
  return { from: account, to, value: String(value), validAfter: '0', validBefore: '1768478700', nonce };
}

async function honest(message: EvmAuthorization): Promise<Hex> {
  const { message: fields, ...rest } = typedDataOf(message, baseUsdc);
  const { value, validAfter, validBefore } = fields;
  const numbers = { value: BigInt(value), validAfter: BigInt(validAfter), validBefore: BigInt(validBefore) };
  const own = await contractOwner.signTypedData({ ...rest, message: { ...fields, ...numbers } });
  return concatHex([`0x${'00'.repeat(32)}`, own]);
}

const verify = (signature: unknown, message: EvmAuthorization) =>
  verifiedAnswer({ http, clock }, signature, message, { ...baseUsdc, rpcUrls: ['https://node.example/rpc'] });

it('refuses no honest signature of a contract wallet, and changes none', async () => {
  for (let made = 0; made < 30; made += 1) {
    const message = authorizationOf(random.int(1, 999_999));
    const signature = await honest(message);
    expect(await verify(signature, message)).toEqual({ verdict: 'valid', signature });
  }
});

it('takes none of 300 mutants of one, nor one of another message', { timeout: 30_000 }, async () => {
  const message = authorizationOf(4424);
  const signature = await honest(message);
  const verdicts = new Set<string>();
  for (let made = 0; made < 300; made += 1) {
    const bytes = hexToBytes(signature);
    // Not v, which is written in two ways.
    const at = random.int(0, 95);
    bytes[at] = ((bytes[at] ?? 0) + random.int(1, 255)) % 256;
    verdicts.add((await verify(toHex(bytes), message)).verdict);
  }
  verdicts.add((await verify(signature, authorizationOf(4425))).verdict);
  verdicts.add((await verify(signature.slice(0, -2), message)).verdict);
  verdicts.add((await verify(`${signature}00`, message)).verdict);
  expect([...verdicts]).toEqual(['mismatch']);
});
