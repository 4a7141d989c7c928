import { microUsdc, parseMicroUsdc } from '../../core/money.ts';
import type { MicroUsdc } from '../../core/money.ts';
import type { PanelMessage, PanelModel, PanelQuote } from '../../protocol/panelChat.ts';

/** What a question costs as far as this machine can tell without asking anyone. */
export interface Usage {
  readonly inputTokens: bigint;
  readonly maxOutputTokens: bigint;
}

/** The last price of a model: what was quoted, and for what. */
export interface Rate {
  readonly amount: MicroUsdc;
  readonly usage: Usage;
}

const charactersPerToken = 4n;
/** What a chat's template puts around each message. */
const tokensPerMessage = 12n;

/** JumpGate's documented example (17 tokens in, 1000 out, 4424): hundredths of a micro-USDC for one token. */
const documented = { input: 140n, output: 440n } as const;

/** Tokens by rule of thumb; they are counted by the gateway only after Send. */
export function usageOf(messages: readonly PanelMessage[], maxTokens: number): Usage {
  let inputTokens = 0n;
  for (const { content } of messages) {
    inputTokens += divideUp(BigInt(content.length), charactersPerToken) + tokensPerMessage;
  }
  return { inputTokens, maxOutputTokens: BigInt(maxTokens) };
}

/** About what this costs, rounded up to two digits: by the model's last price, else by the documented one. */
export function estimate(usage: Usage, rate: Rate | undefined): MicroUsdc {
  const weight = weightOf(usage);
  const amount =
    rate === undefined ? divideUp(weight, 100n) : divideUp(weight * rate.amount, weightOf(rate.usage));
  return microUsdc(roundUpToTwoDigits(amount));
}

/** What an answer costs where nothing is known of the question: a short one, and the longest answer. */
export function shortQuestion(maxTokens: number): Usage {
  return { inputTokens: 100n, maxOutputTokens: BigInt(maxTokens) };
}

/** About what this costs with a model that was not asked yet; undefined where nothing is known of its price. */
export function estimateByModel(
  usage: Usage,
  { gateway, prices }: Pick<PanelModel, 'gateway' | 'prices'>,
): MicroUsdc | undefined {
  if (prices !== undefined) return estimateByPrices(usage, prices);
  // The documented price is JumpGate's; what another gateway asks is not known before it was asked.
  return gateway === 'jumpgate' ? estimate(usage, undefined) : undefined;
}

/** About what this costs by a catalogue's prices for a million tokens, rounded up to two digits. */
export function estimateByPrices(
  { inputTokens, maxOutputTokens }: Usage,
  prices: NonNullable<PanelModel['prices']>,
): MicroUsdc | undefined {
  const input = parseMicroUsdc(prices.input);
  const output = parseMicroUsdc(prices.output);
  if (input === undefined || output === undefined) return undefined;
  return microUsdc(roundUpToTwoDigits(divideUp(inputTokens * input + maxOutputTokens * output, 1_000_000n)));
}

/**
 * What a quote says about the model's price. Undefined where it cannot be reckoned with.
 *
 * @param sent what was quoted, for gateways that do not count it
 */
export function rateOf(quote: PanelQuote, sent: Usage): Rate | undefined {
  const { amount, inputTokens = Number(sent.inputTokens), maxOutputTokens } = quote;
  const micro = parseMicroUsdc(amount);
  if (micro === undefined || micro === 0n || !isCount(inputTokens) || !isCount(maxOutputTokens))
    return undefined;
  const usage = { inputTokens: BigInt(inputTokens), maxOutputTokens: BigInt(maxOutputTokens) };
  return weightOf(usage) === 0n ? undefined : { amount: micro, usage };
}

/** What Send agrees to beside the shown figure: a fifth more. */
export function agreedBound(shown: MicroUsdc): MicroUsdc {
  return microUsdc((shown * 6n) / 5n);
}

function weightOf({ inputTokens, maxOutputTokens }: Usage): bigint {
  return documented.input * inputTokens + documented.output * maxOutputTokens;
}

function roundUpToTwoDigits(amount: bigint): bigint {
  let step = 1n;
  while (amount >= step * 100n) step *= 10n;
  return divideUp(amount, step) * step;
}

function divideUp(amount: bigint, by: bigint): bigint {
  return (amount + by - 1n) / by;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
