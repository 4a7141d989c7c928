import { baseUsdc } from '../../src/core/assets.ts';
import type { EvmUsdc } from '../../src/core/assets.ts';
import type { Clock } from '../../src/core/clock.ts';
import { jumpGate, rungate } from '../../src/core/gateways.ts';
import type { GatewayKind } from '../../src/core/gateways.ts';
import type { EvmAuthorization } from '../../src/core/ledger.ts';
import { answerStream, wholeAnswer } from './answerStream.ts';
import { createCashier } from './cashier.ts';
import type { Charge } from './cashier.ts';
import { turns } from './eventually.ts';
import type { FakeSolana } from './solanaChain.ts';
import { solanaOffer, solanaTransactionIn } from './solanaSale.ts';
import { gatewayFaults } from './gatewayFaults.ts';
import type { GatewayFaults } from './gatewayFaults.ts';

/** A request as the gateway, or whoever stands at its URL, received it. */
export interface SeenRequest {
  readonly kind: 'quote' | 'challenge' | 'paid' | 'catalogue' | 'elsewhere';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly init: RequestInit;
}

/** JumpGate and Rungate as one `fetch`: quote, 402, verified payment, answer. Both are paid at one address. */
export interface FakeGateway {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly requests: readonly SeenRequest[];
  /** The money that really moved. */
  readonly charges: readonly Charge[];
  /** Somebody else than the gateway charges a signed authorization. */
  charge(authorization: EvmAuthorization): void;
  readonly faults: GatewayFaults;
  /** Where it speaks as JumpGate: there, unless a test moves it. */
  baseUrl: string;
  /** Where it is paid on Solana too, which it offers first, as JumpGate does. */
  solana?: FakeSolana;
  /** What its Solana offer says beside its fee payer. */
  solanaExtra: Readonly<Record<string, string>>;
  /** What Rungate's list names. */
  rungateModels: readonly string[];
  /** Micro-USDC, more than on Base. */
  solanaDearerBy: bigint;
  /** What it takes. */
  money: Pick<EvmUsdc, 'network' | 'chainId' | 'asset' | 'domainName' | 'domainVersion'>;
  /** Micro-USDC for a request with so many output tokens; JumpGate's documented prices unless a test changes it. */
  priceOf: (maxOutputTokens: number) => bigint;
  /** A used authorization is answered in full in place of a 402, by itself. */
  answersRepeats: boolean;
  /** What stands in the challenge as the extension `payment-identifier`; a payment that names itself is answered again. */
  identifiers: unknown;
  /** Lets held answers and headers go on. */
  release(): void;
  of(kind: SeenRequest['kind']): readonly SeenRequest[];
}

/** Who is paid, and who is paid in the place of them. */
export const payee = '0x90F79bf6EB2c4f870365E785982E1f101E93b906';
export const otherPayee = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC';
const thirdPayee = '0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65';
const inputTokens = 17;
const rungateUrl = `${rungate.baseUrl}/chat/completions`;
/** What Rungate documents as the body of its 402: it looks like x402 v1 and is not. */
const misleadingBody = JSON.stringify({
  scheme: 'exact',
  network: 'eip155:8453',
  asset: 'USDC',
  maxAmountRequired: '1',
  resource: rungateUrl,
});
const mpp =
  'Payment id="a", realm="r", method="tempo", intent="charge", request="e30", Payment id="b", realm="r", method="evm", intent="charge", request="e30"';

/** Opens one. */
export function fakeGateway(clock: Clock): FakeGateway {
  const faults = gatewayFaults();
  const cashier = createCashier();
  const requests: SeenRequest[] = [];
  const offers: unknown[] = [];
  /** Payments by what they name themselves. */
  const named = new Map<string, string>();
  let holds: (() => void)[] = [];
  const released = () => new Promise<void>((resolve) => holds.push(resolve));
  const urlOf = (kind: GatewayKind) => (kind === 'openai' ? rungateUrl : `${gateway.baseUrl}/paid/chat/v2`);
  const silence = () => new Promise<Response>(() => undefined);

  const catalogue = (kind: GatewayKind) => {
    if (faults.take('catalogueDown')) return new Response('', { status: 503 });
    return kind === 'openai'
      ? Response.json({ object: 'list', data: gateway.rungateModels.map((id) => ({ id, object: 'model' })) })
      : Response.json({
          data: [
            {
              id: 'ambient/large',
              is_ready: true,
              context_length: 128_000,
              max_output_length: 8192,
              pricing: { prompt: '0.0000014', completion: '0.0000044' },
            },
            { id: 'ambient/asleep', is_ready: false },
          ],
        });
  };

  /** What can go wrong where a price is asked for: at JumpGate's quote, at Rungate's unpaid request. */
  const badPrice = (): Response | Promise<Response> | undefined => {
    if (faults.take('quoteUnreachable')) throw new TypeError('Failed to fetch');
    if (faults.take('quoteSilent')) return silence();
    if (faults.take('quote500')) return new Response('{"error":"down"}', { status: 503 });
    if (faults.take('quoteHtml')) return new Response('<!doctype html><h1>Hello</h1>');
    if (faults.take('quoteHuge')) return Response.json({ padding: 'x'.repeat(65_536) }, { status: 400 });
    if (faults.take('unknownModel')) return Response.json({ error: 'unknown model' }, { status: 400 });
    return undefined;
  };

  const quote = async (maxOutputTokens: number): Promise<Response> => {
    const bad = badPrice();
    if (bad) return bad;
    const amount = Number(gateway.priceOf(maxOutputTokens));
    const hostile = faults.take('quoteHostileHeaders') ? { authorization: 'Bearer 1', cookie: 'a=b' } : {};
    return Response.json({
      headers: { 'x402-input-tokens': String(inputTokens), 'x402-model-tier': 'standard', ...hostile },
      input_tokens: inputTokens,
      output_tokens: maxOutputTokens,
      amount_micro_usdc: amount,
      max_amount_micro_usdc: amount + 50,
    });
  };

  const payTo = () =>
    faults.take('otherPayee') ? otherPayee : faults.take('thirdPayee') ? thirdPayee : payee;

  const offerFor = (maxOutputTokens: number) => {
    const amount = gateway.priceOf(maxOutputTokens);
    return {
      scheme: 'exact',
      network: faults.take('otherNetwork') ? 'eip155:84532' : gateway.money.network,
      asset: faults.take('otherAsset') ? '0x50c5725949A6F0c72E6C4a641F24049A917DB0Cb' : gateway.money.asset,
      amount: String(faults.take('aboveQuote') ? amount + 51n : amount),
      payTo: payTo(),
      maxTimeoutSeconds: faults.take('longTimeout') ? 315_360_000 : 300,
      extra: {
        name: gateway.money.domainName,
        version: gateway.money.domainVersion,
        ...(faults.take('permit2') ? { assetTransferMethod: 'permit2' } : {}),
      },
    };
  };

  const challenge = (kind: GatewayKind, maxOutputTokens: number): Response => {
    if (faults.take('challengeUnreachable')) throw new TypeError('Failed to fetch');
    if (faults.take('noWorkers')) return new Response('No workers available', { status: 429 });
    if (faults.take('challengeFree')) return new Response('data: [DONE]\n\n');
    const offer = offerFor(maxOutputTokens);
    const { solanaDearerBy, solanaExtra } = gateway;
    const solanaAmount = String(BigInt(offer.amount) + solanaDearerBy);
    const onSolana = gateway.solana ? [solanaOffer(solanaAmount, solanaExtra)] : [];
    const accepts = [...onSolana, offer];
    offers.push(...accepts);
    const url = faults.take('otherResource') ? 'https://elsewhere.example/paid/chat/v2' : urlOf(kind);
    const { identifiers } = gateway;
    const extensions = identifiers === undefined ? {} : { extensions: { 'payment-identifier': identifiers } };
    const required = btoa(JSON.stringify({ x402Version: 2, resource: { url }, accepts, ...extensions }));
    const headers = new Headers({ date: new Date(clock.nowMs()).toUTCString() });
    if (faults.take('challengeMalformed')) headers.set('PAYMENT-REQUIRED', btoa('{"x402Version":2}'));
    else if (faults.take('challengeHuge')) headers.set('PAYMENT-REQUIRED', required.padEnd(20_480, 'A'));
    else if (!faults.take('challengeMissing')) headers.set('PAYMENT-REQUIRED', required);
    if (faults.take('mppBeside')) headers.set('WWW-Authenticate', mpp);
    const status = faults.take('challengeAs401') ? 401 : 402;
    return new Response(kind === 'openai' ? misleadingBody : '{}', { status, headers });
  };

  const sell = async (
    kind: GatewayKind,
    header: string,
    maxOutputTokens: number,
    init: RequestInit,
  ): Promise<Response> => {
    if (faults.take('resetBefore')) throw new TypeError('Failed to fetch');
    if (faults.take('redirect')) return redirected(init);
    if (faults.take('wantsKey401')) return Response.json({ error: 'no API key' }, { status: 401 });
    if (faults.take('refused400')) return Response.json({ error: 'bad signature' }, { status: 400 });
    const name = identifierIn(header);
    if (name !== undefined && (named.get(name) ?? header) !== header)
      return Response.json({ error: 'identifier in use' }, { status: 409 });
    if (name !== undefined) named.set(name, header);
    const transaction = solanaTransactionIn(header);
    const cash = () =>
      transaction === undefined
        ? cashier.cash(header, offers, gateway.money, clock.nowMs())
        : (gateway.solana?.cash(transaction) ?? 'invalid');
    const cashed = faults.take('falseReceipt') ? 'charged' : await cash();
    if (faults.take('resetAfterSettling')) throw new TypeError('Failed to fetch');
    if (faults.take('error500')) return new Response('', { status: 500 });
    const repeated = cashed === 'used before' && !gateway.answersRepeats && name === undefined;
    if (cashed === 'invalid' || repeated || faults.take('again402')) return challenge(kind, maxOutputTokens);
    if (faults.take('slowHeaders')) await released();
    const whole = faults.take('wholeAnswer');
    const headers = new Headers({ 'content-type': whole ? 'application/json' : 'text/event-stream' });
    if (!faults.take('noReceipt')) headers.set('PAYMENT-RESPONSE', receipt(header));
    if (whole) return new Response(wholeAnswer(faults), { headers });
    return new Response(answerStream(kind, faults, released, init.signal ?? undefined), { headers });
  };

  const transactionOf = (header: string): string | undefined => {
    const onSolana = solanaTransactionIn(header);
    return onSolana === undefined ? cashier.transactionOf(header) : gateway.solana?.signatureOf(onSolana);
  };

  const receipt = (header: string) => {
    if (faults.take('garbledReceipt')) return btoa('{"success":"yes"');
    const success = !faults.take('failedReceipt');
    return btoa(
      JSON.stringify({
        success,
        transaction: faults.take('repeatedReceipt') ? cashier.charges[0]?.transaction : transactionOf(header),
        network: gateway.money.network,
      }),
    );
  };

  /** A fetch that is not told to stop at a redirect takes signature and prompt along to wherever it leads. */
  const redirected = (init: RequestInit): Response => {
    if (init.redirect === 'error') throw new TypeError('Failed to fetch');
    requests.push(seen('elsewhere', 'https://elsewhere.example/', init));
    return new Response('', { status: 200 });
  };

  const answer = async (url: string, init: RequestInit): Promise<Response> => {
    const headers = headersOf(init);
    const payment = headers['PAYMENT-SIGNATURE'];
    const listing = [jumpGate, rungate].find(({ catalogueUrl }) => catalogueUrl === url);
    if (listing) {
      requests.push(seen('catalogue', url, init));
      return catalogue(listing.kind);
    }
    const { max_completion_tokens, max_tokens = max_completion_tokens ?? 0 } = JSON.parse(textOf(init)) as {
      max_completion_tokens?: number;
      max_tokens?: number;
    };
    if (url === `${urlOf('jumpgate')}/quote`) {
      requests.push(seen('quote', url, init));
      return quote(max_tokens);
    }
    const kind = url === rungateUrl ? 'openai' : 'jumpgate';
    if (url !== urlOf(kind)) throw new Error(`The fake gateway has no ${url}.`);
    requests.push(seen(payment === undefined ? 'challenge' : 'paid', url, init));
    if (payment !== undefined) return sell(kind, payment, max_tokens, init);
    return (kind === 'openai' ? badPrice() : undefined) ?? challenge(kind, max_tokens);
  };

  const gateway: FakeGateway = {
    priceOf: (maxOutputTokens) => (14n * BigInt(inputTokens) + 44n * BigInt(maxOutputTokens) + 9n) / 10n,
    answersRepeats: false,
    identifiers: undefined,
    solanaExtra: {},
    solanaDearerBy: 0n,
    baseUrl: jumpGate.baseUrl,
    rungateModels: [rungate.defaultModel],
    money: baseUsdc,
    requests,
    charges: cashier.charges,
    charge: (authorization) => cashier.charge(authorization, clock.nowMs()),
    faults,
    of: (kind) => requests.filter((request) => request.kind === kind),
    release() {
      const waiting = holds;
      holds = [];
      for (const go of waiting) go();
    },
    async fetch(url, init) {
      await turns(1);
      init.signal?.throwIfAborted();
      return Promise.race([answer(url, init), aborted(init.signal ?? undefined)]);
    },
  };
  return gateway;
}

/** What a payment names itself. */
export function identifierIn(header: string): string | undefined {
  const { extensions } = JSON.parse(atob(header)) as Partial<Record<'extensions', Declared>>;
  return extensions?.['payment-identifier']?.info?.id;
}

type Declared = { readonly 'payment-identifier'?: { readonly info?: { readonly id?: string } } };

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

function seen(kind: SeenRequest['kind'], url: string, init: RequestInit): SeenRequest {
  return { kind, url, headers: headersOf(init), body: textOf(init), init };
}

function headersOf({ headers }: RequestInit): Record<string, string> {
  return headers as Record<string, string>;
}

function textOf({ body }: RequestInit): string {
  return typeof body === 'string' ? body : '';
}
