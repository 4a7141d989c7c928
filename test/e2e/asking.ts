import type { Page } from 'puppeteer-core';
import type {
  ChatCompletion,
  ChatRequest,
  PaidChat,
  PaidChatError,
  Permission,
  Receipt,
} from '../../src/inpage/types.ts';
import { modeEvent, requestEvent } from '../rig/wallet/options.ts';
import type { WalletMode } from '../rig/wallet/options.ts';

declare const paidChat: PaidChat;

/** What became of a call, as the page sees it. */
export interface Outcome {
  /** All text that came, also of a call that then failed. */
  readonly text: string;
  readonly receipt?: Receipt;
  /** Where no stream was wanted. */
  readonly completion?: ChatCompletion;
  readonly error?: Partial<Pick<PaidChatError, 'name' | 'code' | 'paid' | 'phase' | 'message' | 'receiptId'>>;
}

/** A call that a page has made. */
export interface Asked {
  /** Waits until so much text has come. @returns what has come */
  untilText(characters: number): Promise<string>;
  outcome(): Promise<Outcome>;
}

interface Call {
  text: string;
  outcome: Promise<Outcome>;
}

declare global {
  interface Window {
    /** Of the tests, in their pages. */
    testCalls: Call[];
    testAsk: (request: ChatRequest) => Promise<Outcome>;
    testAllow: (amountADay: string) => Promise<Permission>;
    /** The methods that the page's wallet has been asked. */
    testWalletAsks: string[];
  }
}

/** JumpGate's documented example: 17 tokens in, 1000 out. */
export const documentedExample: ChatRequest = {
  model: 'ambient/large',
  messages: [{ role: 'user', content: 'Explain verifiable inference in one paragraph.' }],
  max_tokens: 1000,
};

/** Gives a page, before its own scripts run, the functions that the tests make it call. */
export async function installAsking(page: Page): Promise<void> {
  await page.evaluateOnNewDocument((walletRequest) => {
    window.testWalletAsks = [];
    window.addEventListener(walletRequest, (event) => {
      if (event instanceof CustomEvent) window.testWalletAsks.push(String(Object(event.detail).method));
    });
    window.testAllow = (amount) => paidChat.requestPermission({ budget: { amount, per: 'day' } });
    window.testCalls = [];
    window.testAsk = (request) => {
      const call: Call = { text: '', outcome: Promise.resolve({ text: '' }) };
      window.testCalls.push(call);
      const run = async (): Promise<Outcome> => {
        try {
          if (request.stream === false) {
            const completion = await paidChat.chat.completions.create({ ...request, stream: false });
            return { text: completion.choices[0]?.message.content ?? '', completion };
          }
          const stream = await paidChat.chat.completions.create({ ...request, stream: true });
          for await (const chunk of stream) call.text += chunk.choices[0]?.delta.content ?? '';
          return { text: call.text, receipt: await stream.receipt };
        } catch (thrown) {
          const { name, code, paid, phase, message, receiptId } = thrown as PaidChatError;
          const error = { name, code, paid, phase, message };
          return { text: call.text, error: receiptId === undefined ? error : { ...error, receiptId } };
        }
      };
      call.outcome = run();
      return call.outcome;
    };
  }, requestEvent);
}

/** Makes the call from a click of the person's mouse on a button of the page. */
export async function askFromClick(page: Page, request: ChatRequest = documentedExample): Promise<Asked> {
  const at = await page.evaluate(() => window.testCalls.length);
  await clickToRun(page, 'testAsk', request);
  await page.waitForFunction((index) => window.testCalls.length > index, {}, at);
  return {
    async untilText(characters) {
      await page.waitForFunction(
        (index, length) => (window.testCalls[index]?.text.length ?? 0) >= length,
        { timeout: 15_000 },
        at,
        characters,
      );
      return page.evaluate((index) => window.testCalls[index]?.text ?? '', at);
    },
    async outcome() {
      const outcome = await page.evaluate((index) => window.testCalls[index]?.outcome, at);
      if (outcome === undefined) throw new Error('The page has not made the call.');
      return outcome;
    },
  };
}

/** Asks for permission from a click, with a wish for so much a day. */
export function wishFromClick(page: Page, amountADay: string): Promise<void> {
  return clickToRun(page, 'testAllow', amountADay);
}

/** Makes the call from a script alone: no card can come of it. */
export function askWithoutClick(page: Page, request: ChatRequest = documentedExample): Promise<Outcome> {
  return withoutGesture(page, `testAsk(${JSON.stringify(request)})`);
}

/**
 * Evaluates an expression in the page as its own scripts would. All else that puppeteer evaluates counts as a gesture
 * of the person, and for some seconds afterwards every call of the page would come from a click.
 */
export async function withoutGesture<Value>(page: Page, expression: string): Promise<Value> {
  const session = await page.createCDPSession();
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression,
    awaitPromise: true,
    returnByValue: true,
    userGesture: false,
  });
  await session.detach();
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value as Value;
}

/** Changes how the wallet of a page behaves. */
export async function setWalletMode(page: Page, mode: WalletMode): Promise<void> {
  await page.evaluate(
    (type, detail) => window.dispatchEvent(new CustomEvent(type, { detail })),
    modeEvent,
    mode,
  );
}

/** Waits until the page's wallet has been asked this. */
export async function untilWalletAsked(page: Page, method: string): Promise<void> {
  await page.waitForFunction((wanted) => window.testWalletAsks.includes(wanted), {}, method);
}

async function clickToRun(page: Page, name: 'testAsk' | 'testAllow', argument: unknown): Promise<void> {
  await page.bringToFront();
  const button = await page.evaluateHandle(
    (run, given) => {
      const made = document.createElement('button');
      made.textContent = 'Ask from a click';
      made.style.cssText = 'position: fixed; z-index: 9; top: 0; left: 0';
      made.addEventListener('click', () => {
        made.remove();
        void window[run](given as never).catch(() => undefined);
      });
      document.body.append(made);
      return made;
    },
    name,
    argument,
  );
  await button.click();
}
