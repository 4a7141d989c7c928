import {
  decodePaymentResponseHeader,
  decodePaymentSignatureHeader,
  encodePaymentSignatureHeader,
} from '@x402/core/http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld } from '../rig/world.ts';
import type { World } from '../rig/world.ts';
import { contentOf, unguardedClient } from './unguardedClient.ts';

let world: World;
let client: ReturnType<typeof unguardedClient>;

beforeAll(async () => {
  world = await startWorld({ blockTime: 'instant', tokenDelayMs: 0, identifiers: 'optional' });
  client = unguardedClient(world.gateway, world.payer.privateKey);
});
afterAll(() => world.stop());
beforeEach(() => world.gateway.faults.clear());

const paid = () => world.chain.balanceOf(world.payee.address);

/** The bytes of the last payment. */
function lastPayment(): string {
  const last = world.gateway.requests.findLast(({ headers }) => headers['payment-signature'] !== undefined);
  return last?.headers['payment-signature'] ?? '';
}

/** The last payment under a name, before it ever arrived. */
async function named(id: string): Promise<string> {
  world.gateway.faults.next('dropBeforeSettle');
  await client.pay().catch(() => undefined);
  const payload = decodePaymentSignatureHeader(lastPayment());
  const extensions = { 'payment-identifier': { info: { required: false, id } } };
  return encodePaymentSignatureHeader({ ...payload, extensions });
}

async function send(payment: string): Promise<Response> {
  const { headers } = await client.quote();
  return client.ask({ ...headers, 'payment-signature': payment });
}

describe('a gateway that lets payments name themselves', () => {
  it('offers it as the specification of the extension has it', async () => {
    const response = await client.ask();
    const header = JSON.parse(atob(response.headers.get('payment-required') ?? '')) as {
      extensions: Record<string, unknown>;
    };
    expect(header.extensions).toMatchObject({
      'payment-identifier': { info: { required: false }, schema: { required: ['required'] } },
    });
  });

  it('sends the whole answer again for one charge, with its receipt, however often it was lost', async () => {
    const payment = await named('pay_7d5d747be160e280504c099d984bcfe0');
    const before = await paid();
    world.gateway.faults.next('dropAfterSettle');
    await expect(send(payment)).rejects.toThrow();
    const [second, third] = [await send(payment), await send(payment)];
    const text = contentOf(await second.text());
    expect(text).toContain('Verifiable inference means');
    expect(contentOf(await third.text())).toBe(text);
    expect(decodePaymentResponseHeader(second.headers.get('payment-response') ?? '').success).toBe(true);
    expect((await paid()) - before).toBe(4424n);
  });

  it('gives the answer to no other payment under the same name', async () => {
    const id = 'pay_11111111111111111111111111111111';
    const payment = await named(id);
    await (await send(payment)).text();
    const other = await send(await named(id));
    expect(other.status).toBe(409);
  });

  it('answers a payment without a name once, as ever', async () => {
    await (await client.pay()).text();
    expect((await client.resend()).status).toBe(402);
  });
});

it('refuses a payment without a name where names are required', async () => {
  const strict = await startWorld({ blockTime: 'instant', tokenDelayMs: 0, identifiers: 'required' });
  try {
    const response = await unguardedClient(strict.gateway, strict.payer.privateKey).pay();
    expect(response.status).toBe(400);
    expect(await strict.chain.balanceOf(strict.payee.address)).toBe(0n);
  } finally {
    await strict.stop();
  }
});
