import { privateKeyToAccount } from 'viem/accounts';
import { beforeAll, expect, it } from 'vitest';
import { baseUsdc } from '../../src/core/assets.ts';
import type { EvmAuthorization } from '../../src/core/ledger.ts';
import { checkSignature, typedDataOf } from '../../src/x402/evmGate.ts';
import { seededRandom } from '../simulate/random.ts';
import { payee, payer, stranger } from './challenges.ts';

const authorization: EvmAuthorization = {
  from: payer.address,
  to: payee,
  value: '4424',
  validAfter: '0',
  validBefore: '1768478700',
  nonce: `0x${'5e'.repeat(32)}`,
};
const random = seededRandom(1, 1);
let honest: `0x${string}`;

beforeAll(async () => {
  honest = await signatureOf(authorization);
});

it('accepts none of 2,300 mutants of a signature', { timeout: 60_000 }, async () => {
  const mutants = [
    ...everyBitFlipped(),
    ...everyOtherLastByte(),
    ...Array.from({ length: 500 }, severalBytesChanged),
    ...Array.from({ length: 300 }, randomBytes),
    ...otherLengths(),
    swapped(),
    ...(await ofOtherMessages()),
    ...(await ofOtherKeys()),
  ];
  expect(mutants.length).toBeGreaterThanOrEqual(2_300);
  let accepted = 0;
  for (const mutant of mutants)
    if ((await checkSignature(mutant, authorization, baseUsdc)).verdict === 'valid') accepted += 1;
  expect(accepted).toBe(0);
});

it('refuses no honest signature, whatever its key, its message and its way to write v', async () => {
  for (let made = 0; made < 100; made += 1) {
    const key = privateKeyToAccount(`0x${randomHex(32)}`);
    const message: EvmAuthorization = {
      ...authorization,
      from: key.address,
      value: String(random.int(1, 999_999)),
      validBefore: String(random.int(1_700_000_000, 1_900_000_000)),
      nonce: `0x${randomHex(32)}`,
    };
    const signature = await signatureOf(message, key);
    const v = signature.slice(130);
    const written = random.chance(0.5) ? signature : `${signature.slice(0, 130)}${v === '1b' ? '00' : '01'}`;
    expect(await checkSignature(written, message, baseUsdc)).toEqual({ verdict: 'valid', signature });
  }
});

function signatureOf(message: EvmAuthorization, key = payer): Promise<`0x${string}`> {
  const { message: fields, ...rest } = typedDataOf(message, baseUsdc);
  const { value, validAfter, validBefore } = fields;
  const numbers = { value: BigInt(value), validAfter: BigInt(validAfter), validBefore: BigInt(validBefore) };
  return key.signTypedData({ ...rest, message: { ...fields, ...numbers } });
}

function bytes(): number[] {
  return [...Buffer.from(honest.slice(2), 'hex')];
}

function hexOf(values: readonly number[]): string {
  return `0x${Buffer.from(values).toString('hex')}`;
}

function everyBitFlipped(): string[] {
  return bytes().flatMap((_, index) =>
    Array.from({ length: 8 }, (_bit, bit) =>
      hexOf(bytes().map((value, at) => (at === index ? value ^ (1 << bit) : value))),
    ),
  );
}

/** But 27 and 28 written as 0 and 1, which some wallets do. */
function everyOtherLastByte(): string[] {
  const v = bytes()[64] ?? 0;
  return Array.from({ length: 256 }, (_, value) => value)
    .filter((value) => value !== v && value !== v - 27)
    .map((value) => hexOf([...bytes().slice(0, 64), value]));
}

function severalBytesChanged(): string {
  const changed = bytes();
  for (let times = random.int(1, 6); times > 0; times -= 1) {
    const at = random.int(0, 63);
    changed[at] = ((changed[at] ?? 0) + random.int(1, 255)) % 256;
  }
  return hexOf(changed);
}

function randomBytes(): string {
  return `0x${randomHex(64)}${random.pick(['1b', '1c'])}`;
}

function otherLengths(): string[] {
  return Array.from({ length: 200 }, (_, length) => length)
    .filter((length) => length !== 65)
    .map((length) => hexOf([...bytes(), ...bytes(), ...bytes(), ...bytes()].slice(0, length)));
}

function swapped(): string {
  const [r, s] = [honest.slice(2, 66), honest.slice(66, 130)];
  return `0x${s}${r}${honest.slice(130)}`;
}

/** Signed by the right key, but it moves something else. */
function ofOtherMessages(): Promise<readonly string[]> {
  const changes: readonly ((turn: number) => Partial<EvmAuthorization>)[] = [
    (turn) => ({ value: String(4425 + turn) }),
    () => ({ to: `0x${randomHex(20)}` }),
    (turn) => ({ validBefore: String(1768478701 + turn) }),
    (turn) => ({ validAfter: String(1 + turn) }),
    () => ({ nonce: `0x${randomHex(32)}` }),
    () => ({ from: stranger.address }),
  ];
  const messages = Array.from({ length: 60 }, (_, turn) =>
    changes.map((change) => ({ ...authorization, ...change(turn) })),
  ).flat();
  return Promise.all(messages.map((message) => signatureOf(message)));
}

function ofOtherKeys(): Promise<readonly string[]> {
  return Promise.all(
    Array.from({ length: 200 }, () => signatureOf(authorization, privateKeyToAccount(`0x${randomHex(32)}`))),
  );
}

function randomHex(length: number): string {
  return Array.from({ length }, () => random.int(0, 255).toString(16).padStart(2, '0')).join('');
}
