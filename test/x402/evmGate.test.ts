import { isDeepStrictEqual } from 'node:util';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import * as fc from 'fast-check';
import { hashTypedData } from 'viem';
import type { TypedDataDefinition } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { beforeAll, describe, expect, it } from 'vitest';
import { baseUsdc } from '../../src/core/assets.ts';
import { Failure } from '../../src/core/failure.ts';
import { isJsonObject } from '../../src/core/json.ts';
import type { EvmAuthorization } from '../../src/core/ledger.ts';
import {
  checkSignature,
  isContractSignature,
  isOfUndeployed,
  readTypedData,
  typedDataJson,
  typedDataOf,
} from '../../src/x402/evmGate.ts';
import { honestOffer, payee, payer, stranger } from './challenges.ts';

interface Message {
  domain: Record<string, unknown>;
  types: Record<string, unknown>;
  primaryType: string;
  message: Record<string, unknown>;
}

/** What the official client hands to a signer for the honest offer. */
async function officialMessage(offer = honestOffer(), address = payer.address): Promise<Message> {
  let seen: Message | undefined;
  const scheme = new ExactEvmScheme({
    address,
    signTypedData: async (message) => {
      seen = message;
      return '0x';
    },
  });
  await scheme.createPaymentPayload(2, offer.accepted);
  if (!seen) throw new Error('The official client signed nothing.');
  return seen;
}

const offer = honestOffer();
let honest: Message;
let nowMs: number;

beforeAll(async () => {
  honest = await officialMessage();
  nowMs = (Number(honest.message['validBefore']) - offer.maxTimeoutSeconds) * 1000;
});

function read(message: unknown): EvmAuthorization {
  return readTypedData(message, { account: payer.address, offer, nowMs });
}

/** The field for which a message is refused. */
function refusedFor(message: unknown): string | undefined {
  try {
    read(message);
  } catch (error) {
    if (!(error instanceof Failure) || error.reason !== 'unsafeOffer') throw error;
    expect(error.phase).toBe('sign');
    return /\((.*)\)$/.exec(error.message)?.[1];
  }
  return undefined;
}

describe('the message of the official client', () => {
  it('is accepted and read into an authorization of our own values', () => {
    expect(read(honest)).toEqual({
      from: payer.address,
      to: payee,
      value: '4424',
      validAfter: '0',
      validBefore: String(nowMs / 1000 + 300),
      nonce: honest.message['nonce'],
    });
  });

  it('is accepted for every honest offer, account and moment', async () => {
    const honestCase = fc.record({
      amount: fc.bigInt({ min: 1n, max: 4474n }).map(String),
      maxTimeoutSeconds: fc.integer({ min: 60, max: 600 }),
      lateMs: fc.integer({ min: 0, max: 14_000 }),
      key: fc.constantFrom(payer, stranger),
      lowerCase: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(honestCase, async ({ amount, maxTimeoutSeconds, lateMs, key, lowerCase }) => {
        const made = honestOffer({ amount, maxTimeoutSeconds });
        const beforeMs = Date.now();
        const message = await officialMessage(made, key.address);
        const account = lowerCase ? lower(key.address) : key.address;
        const authorization = readTypedData(message, { account, offer: made, nowMs: beforeMs + lateMs });
        expect(authorization).toMatchObject({ from: key.address, value: amount });
        expect(hashTypedData(signable(authorization))).toBe(digestOf(message));
      }),
      { numRuns: 200 },
    );
  });

  it('may have 45 s left at least and 600 s at most', () => {
    const at = (ms: number) => readTypedData(honest, { account: payer.address, offer, nowMs: ms });
    expect(at(nowMs + 255_000).validBefore).toBe(at(nowMs - 300_000).validBefore);
    expect(() => at(nowMs + 255_001)).toThrow('validBefore');
    expect(() => at(nowMs - 300_001)).toThrow('validBefore');
  });
});

describe('an altered message', () => {
  it.each<[string, (message: Message) => unknown, string]>([
    ['another primary type', (m) => ({ ...m, primaryType: 'ReceiveWithAuthorization' }), 'primaryType'],
    ['a permit', (m) => ({ ...m, primaryType: 'Permit', types: { Permit: [] } }), 'primaryType'],
    ['one type more', (m) => ({ ...m, types: { ...m.types, Permit: [] } }), 'types'],
    ['fields in another order', (m) => withFields(m, (fields) => fields.toReversed()), 'types'],
    ['one field less', (m) => withFields(m, (fields) => fields.slice(1)), 'types'],
    ['one field more', (m) => withFields(m, (fields) => [...fields, { name: 'x', type: 'bool' }]), 'types'],
    ['types that are no list', (m) => ({ ...m, types: { TransferWithAuthorization: {} } }), 'types'],
    ['another chain', (m) => withDomain(m, { chainId: 1 }), 'domain.chainId'],
    ['the chain as text', (m) => withDomain(m, { chainId: '8453' }), 'domain.chainId'],
    ['another token', (m) => withDomain(m, { verifyingContract: payee }), 'domain.verifyingContract'],
    ['another name', (m) => withDomain(m, { name: 'USDC' }), 'domain.name'],
    ['another version', (m) => withDomain(m, { version: '1' }), 'domain.version'],
    ['a salt', (m) => withDomain(m, { salt: `0x${'0'.repeat(64)}` }), 'domain'],
    ['another payer', (m) => withMessage(m, { from: stranger.address }), 'from'],
    ['another payee', (m) => withMessage(m, { to: stranger.address }), 'to'],
    ['one millionth more', (m) => withMessage(m, { value: 4425n }), 'value'],
    ['the value as text', (m) => withMessage(m, { value: '4424' }), 'value'],
    ['a start in the past', (m) => withMessage(m, { validAfter: 1n }), 'validAfter'],
    ['ten years', (m) => withMessage(m, { validBefore: BigInt(nowMs / 1000) + 315_360_000n }), 'validBefore'],
    ['an end in the past', (m) => withMessage(m, { validBefore: 0n }), 'validBefore'],
    ['the end as text', (m) => withMessage(m, { validBefore: String(nowMs / 1000 + 300) }), 'validBefore'],
    ['a short nonce', (m) => withMessage(m, { nonce: '0x01' }), 'nonce'],
    ['a nonce in capitals', (m) => withMessage(m, { nonce: `0x${'AB'.repeat(32)}` }), 'nonce'],
    ['a nonce of bytes', (m) => withMessage(m, { nonce: new Uint8Array(32) }), 'nonce'],
    ['a field more', (m) => withMessage(m, { memo: '' }), 'message'],
    ['a symbol more', (m) => ({ ...m, [Symbol('x')]: 1 }), 'typed data'],
    ['no domain', ({ types, primaryType, message }) => ({ types, primaryType, message }), 'typed data'],
    ['a list', (m) => [m], 'typed data'],
    ['nothing', () => undefined, 'typed data'],
  ])('is refused: %s', (_, alter, field) => {
    expect(refusedFor(alter(honest))).toBe(field);
  });

  it('is refused 10,000 times of 10,000', () => {
    const paths = pathsOf(honest);
    const near = fc.constantFrom<unknown>(
      null,
      undefined,
      0,
      0n,
      1,
      1n,
      '',
      '0',
      '4424',
      4424,
      4425n,
      -4424n,
      8453n,
      84532,
      true,
      [],
      {},
      'USD Coin ',
      'usd coin',
      '2 ',
      2,
      payee.toLowerCase(),
      stranger.address,
      payer.address,
      'uint160',
      'bytes',
      'EIP712Domain',
      `0x${'0'.repeat(63)}`,
      2n ** 256n,
    );
    const mutant = fc.record({
      path: fc.constantFrom(...paths),
      value: fc.oneof(near, fc.anything({ withBigInt: true }), fc.string(), fc.bigInt()),
      how: fc.constantFrom('set', 'delete', 'add', 'rename'),
      key: fc.string({ minLength: 1 }),
    });
    let tried = 0;
    fc.assert(
      fc.property(mutant, ({ path, value, how, key }) => {
        const altered = mutate(honest, path, how, key, value);
        fc.pre(!isHonest(altered));
        tried += 1;
        expect(refusedFor(altered)).toBeTypeOf('string');
      }),
      { numRuns: 10_000 },
    );
    expect(tried).toBeGreaterThanOrEqual(10_000);
  });
});

describe('the message for the wallet', () => {
  it('has the digest that the official client would have had signed', () => {
    expect(hashTypedData(signable(read(honest)))).toBe(digestOf(honest));
  });

  it('is text with the type of the domain, as wallets want it', () => {
    const authorization = read(honest);
    const json: unknown = JSON.parse(typedDataJson(authorization, baseUsdc));
    expect(json).toEqual({
      domain: {
        name: 'USD Coin',
        version: '2',
        chainId: 8453,
        verifyingContract: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
      },
      types: {
        EIP712Domain: [
          { name: 'name', type: 'string' },
          { name: 'version', type: 'string' },
          { name: 'chainId', type: 'uint256' },
          { name: 'verifyingContract', type: 'address' },
        ],
        ...honest.types,
      },
      primaryType: 'TransferWithAuthorization',
      message: { ...authorization },
    });
    expect(digestOf(json)).toBe(digestOf(honest));
  });
});

describe("a wallet's signature", () => {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  let authorization: EvmAuthorization;
  let signature: `0x${string}`;
  const withV = (v: string): string => `${signature.slice(0, 130)}${v}`;
  const v = () => signature.slice(130);

  beforeAll(async () => {
    authorization = read(honest);
    signature = await payer.signTypedData(signable(authorization));
  });

  it('is valid when it is of the account and of this message', async () => {
    expect(await checkSignature(signature, authorization, baseUsdc)).toEqual({ verdict: 'valid', signature });
  });

  it('has v brought to 27 or 28 and its digits to lower case', async () => {
    const written = `${withV(v() === '1b' ? '00' : '01').slice(0, 2)}${withV(v() === '1b' ? '00' : '01')
      .slice(2)
      .toUpperCase()}`;
    expect(await checkSignature(written, authorization, baseUsdc)).toEqual({ verdict: 'valid', signature });
  });

  it('is another account when somebody else signed, or another message was signed', async () => {
    const foreign = await stranger.signTypedData(signable(authorization));
    expect(await checkSignature(foreign, authorization, baseUsdc)).toEqual({ verdict: 'other-account' });
    const dearer = await payer.signTypedData(signable({ ...authorization, value: '4425' }));
    expect(await checkSignature(dearer, authorization, baseUsdc)).toEqual({ verdict: 'other-account' });
    const flipped = withV(v() === '1b' ? '1c' : '1b');
    expect((await checkSignature(flipped, authorization, baseUsdc)).verdict).not.toBe('valid');
  });

  it('is malformed with a high s, though it would recover', async () => {
    const s = order - BigInt(`0x${signature.slice(66, 130)}`);
    const malleated = `${signature.slice(0, 66)}${s.toString(16).padStart(64, '0')}${v() === '1b' ? '1c' : '1b'}`;
    expect(await checkSignature(malleated, authorization, baseUsdc)).toEqual({ verdict: 'malformed' });
  });

  it.each<[string, () => unknown]>([
    ['nothing', () => undefined],
    ['an object', () => ({ r: '0x', s: '0x', v: 27 })],
    ['an empty text', () => ''],
    ['no prefix', () => signature.slice(2)],
    ['64 bytes', () => signature.slice(0, 130)],
    ['66 bytes', () => `${signature}00`],
    ['a v of 29', () => withV('1d')],
    ['a v that is no digit', () => withV('zz')],
    ['zeros', () => `0x${'0'.repeat(128)}1b`],
    ['an r beyond the curve', () => `0x${'f'.repeat(64)}${signature.slice(66)}`],
    ['a contract wallet’s long signature', () => `0x${'ab'.repeat(200)}`],
  ])('is malformed: %s', async (_, make) => {
    expect(await checkSignature(make(), authorization, baseUsdc)).toEqual({ verdict: 'malformed' });
  });

  it('is never valid for a foreign key, whoever it is', async () => {
    for (let i = 0; i < 50; i += 1) {
      const foreign = await privateKeyToAccount(generatePrivateKey()).signTypedData(signable(authorization));
      expect(await checkSignature(foreign, authorization, baseUsdc)).toEqual({ verdict: 'other-account' });
    }
  });
});

function lower(address: `0x${string}`): `0x${string}` {
  return `0x${address.slice(2).toLowerCase()}`;
}

/** Our own rebuilding, with numbers as viem wants them. */
function signable(authorization: EvmAuthorization) {
  const { message, ...rest } = typedDataOf(authorization, baseUsdc);
  return {
    ...rest,
    message: {
      ...message,
      value: BigInt(message.value),
      validAfter: BigInt(message.validAfter),
      validBefore: BigInt(message.validBefore),
    },
  };
}

/** The digest of a message that is not known to be one. */
function digestOf(message: unknown): string {
  if (!isDefinition(message)) throw new Error('Not typed data.');
  return hashTypedData(message);
}

function isDefinition(value: unknown): value is TypedDataDefinition {
  return isJsonObject(value) && typeof value['primaryType'] === 'string' && isJsonObject(value['types']);
}

function withDomain(message: Message, change: Record<string, unknown>): Message {
  return { ...message, domain: { ...message.domain, ...change } };
}

function withMessage(message: Message, change: Record<string, unknown>): Message {
  return { ...message, message: { ...message.message, ...change } };
}

function withFields(message: Message, change: (fields: unknown[]) => unknown[]): Message {
  const fields = message.types['TransferWithAuthorization'];
  return { ...message, types: { TransferWithAuthorization: change(Array.isArray(fields) ? fields : []) } };
}

type Path = readonly string[];

/** Every place in the message, from the whole down to single values. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

function mutate(whole: unknown, [key, ...rest]: Path, how: string, name: string, value: unknown): unknown {
  if (key !== undefined && typeof whole === 'object' && whole !== null) {
    // A list has no names to give: it becomes an object first ("length" would set the list's own).
    const asList = Array.isArray(whole) && how !== 'rename';
    const copy: Record<string, unknown> | unknown[] = asList ? [...whole] : { ...whole };
    const inner: unknown = Reflect.get(copy, key);
    if (rest.length === 0 && how === 'delete') Reflect.deleteProperty(copy, key);
    else if (rest.length === 0 && how === 'rename') {
      Reflect.deleteProperty(copy, key);
      Reflect.set(copy, name, inner);
    } else Reflect.set(copy, key, mutate(inner, rest, how, name, value));
    return copy;
  }
  if (how === 'add' && typeof whole === 'object' && whole !== null) {
    return Array.isArray(whole) ? [...whole, value] : { ...whole, [name]: value };
  }
  return value;
}

/** Whether a mutation left the message as it was, or only moved its end within what is allowed, or its nonce. */
function isHonest(altered: unknown): boolean {
  if (!isJsonObject(altered) || !isJsonObject(altered['message'])) return false;
  const { validBefore, nonce } = altered['message'];
  if (!isAllowedEnd(validBefore) || typeof nonce !== 'string' || !/^0x[0-9a-f]{64}$/.test(nonce))
    return false;
  const restored = { validBefore: honest.message['validBefore'], nonce: honest.message['nonce'] };
  return isDeepStrictEqual({ ...altered, message: { ...altered['message'], ...restored } }, honest);
}

function isAllowedEnd(value: unknown): boolean {
  if (typeof value !== 'bigint') return false;
  const leftMs = Number(value) * 1000 - nowMs;
  return leftMs >= 45_000 && leftMs <= 600_000;
}

describe('a signature that may be of a contract wallet', () => {
  const undeployedMark = '6492'.repeat(16);

  it.each(['0x00', `0x${'aB'.repeat(97)}`, `0x${'00'.repeat(4096)}`])(
    'is whole bytes up to 4 KiB: %#',
    (given) => {
      expect(isContractSignature(given)).toBe(true);
    },
  );

  it.each([undefined, 7, ['0x00'], '', '0x', '00', '0x0', '0x0g', '0x00\n', `0x${'00'.repeat(4097)}`])(
    'is nothing else: %#',
    (given) => {
      expect(isContractSignature(given)).toBe(false);
    },
  );

  it('is of an account that is not deployed where it ends with the mark of ERC-6492, and has something before', () => {
    expect(isOfUndeployed(`0x00${undeployedMark}`)).toBe(true);
    expect(isOfUndeployed(`0x${undeployedMark}`)).toBe(false);
    expect(isOfUndeployed(`0x${undeployedMark}00`)).toBe(false);
  });
});
