import { baseUsdc, pinnedAssets } from '../../src/core/assets.ts';
import type { EvmAuthorization } from '../../src/core/ledger.ts';
import { checkSignature, readTypedData, typedDataOf } from '../../src/x402/evmGate.ts';
import { waysToPay, readChallenge } from '../../src/x402/offer.ts';
import { payOverX402 } from '../../src/x402/payload.ts';
import type { FrozenRequest, X402Payment } from '../../src/x402/payload.ts';
import { honestChallenge, headerOf, payer, requestUrl, wishes } from './challenges.ts';

/** The request that the fixtures pay for. */
export const request: FrozenRequest = {
  url: requestUrl,
  headers: { 'x402-input-tokens': '17', 'content-type': 'application/json' },
  body: '{"model":"ambient/large","messages":[{"role":"user","content":"Grüße 🙂"}]}',
};

/** A payment under way, and what it has done so far. */
export interface Paying {
  readonly response: Promise<Response>;
  readonly sent: readonly FrozenRequest[];
  readonly asked: readonly unknown[];
}

/** Pays as the background does: gate, wallet, verified signature; the gateway answers 200. */
export function pay(
  change: Partial<Pick<X402Payment, 'account' | 'sign' | 'send'>> = {},
  header = headerOf(honestChallenge),
  identifier?: string,
): Paying {
  const challenge = readChallenge(header, pinnedAssets);
  const maxAmount = challenge.offers.find(({ kind }) => kind === 'evm')?.amount ?? wishes.maxAmount;
  const [offer] = waysToPay(challenge, { ...wishes, maxAmount });
  const sent: FrozenRequest[] = [];
  const asked: unknown[] = [];
  const response = payOverX402({
    offer,
    challenge,
    account: change.account ?? payer.address,
    request,
    ...(identifier === undefined ? {} : { identifier }),
    async sign(typedData) {
      asked.push(typedData);
      if (change.sign) return change.sign(typedData);
      const expect = { account: payer.address, offer, nowMs: Date.now() };
      return walletSignature(readTypedData(typedData, expect));
    },
    async send(paidRequest) {
      sent.push(paidRequest);
      return change.send ? change.send(paidRequest) : new Response('data: [DONE]\n\n');
    },
  });
  return { response, sent, asked };
}

/** A test wallet's signature of our own rebuilding of the message, checked. */
export async function walletSignature(
  authorization: EvmAuthorization,
  wallet = payer,
): Promise<`0x${string}`> {
  const { message, ...rest } = typedDataOf(authorization, baseUsdc);
  const signature = await wallet.signTypedData({
    ...rest,
    message: {
      ...message,
      value: BigInt(message.value),
      validAfter: BigInt(message.validAfter),
      validBefore: BigInt(message.validBefore),
    },
  });
  const checked = await checkSignature(signature, authorization, baseUsdc);
  if (checked.verdict !== 'valid') throw new Error(`The test wallet signed badly: ${checked.verdict}`);
  return checked.signature;
}
