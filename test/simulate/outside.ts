import type { Authorization } from '../../src/core/ledger.ts';
import type { Chains } from './chain.ts';
import type { Life, SimulatedResponse } from './life.ts';
import type { Node } from './nodes.ts';
import type { Dispatch } from './oracle.ts';
import type { Random } from './random.ts';
import type { Trouble } from './settings.ts';

/** What a wallet says to a request to sign. */
export type WalletAnswer = 'signed' | 'rejected' | 'silent';

/** Wallets, gateways and whoever has got hold of a signature. */
export interface Outside {
  /** The page's wallet is asked. It may lie, keep what it signed, or say nothing. */
  askWallet(life: Life, dispatch: Dispatch): Promise<WalletAnswer>;
  /** A request to a gateway or a node. */
  post(life: Life, url: string, body: string, withinMs: number): Promise<Response>;
  /** Somebody charges a message whose signature they have, if anybody has one. */
  chargeKept(): void;
  /** The `Date` of a gateway's answer; some have none, or stand still, and none lies towards the future. */
  gatewayDate(): number | undefined;
}

/** Opens them. */
export function openOutside(deps: {
  readonly chains: Chains;
  readonly nodes: readonly Node[];
  readonly random: Random;
  readonly trouble: Trouble;
  readonly trueMs: () => number;
  readonly messageOf: (mark: string) => Authorization;
  readonly say: (text: string) => void;
}): Outside {
  const { chains, nodes, random, trouble, trueMs, say } = deps;
  const kept: Authorization[] = [];
  const transactions: string[] = [];
  const { wallet, gateway } = trouble;

  const keep = (message: Authorization, who: string) => {
    kept.push(message);
    say(`${who} keeps the signature of ${short(message)}`);
  };
  const charge = (message: Authorization, who: string) => {
    const made = chains.charge(message);
    if (made === undefined) return;
    transactions.push(made.transaction);
    say(`${who} charges ${short(message)}`);
  };
  const transactionOf = (message: Authorization) => chains.chargeOf(message)?.transaction ?? '';
  const anyTransaction = () => random.pick(['nonsense', ...transactions]);

  return {
    async askWallet(life, dispatch) {
      const { message } = dispatch;
      const how = random.weighted({
        signs: 8,
        rejects: wallet,
        'says rejected': 1.5 * wallet,
        'spends it too': wallet,
        'never answers': wallet,
        'never signs': wallet / 2,
      });
      say(`the wallet ${how}: ${short(message)}`);
      if (how === 'says rejected' || how === 'spends it too') keep(message, 'the page');
      if (how === 'never answers') {
        keep(message, 'the page');
        return new Promise(() => undefined);
      }
      if (how === 'never signs') {
        dispatch.neverSigned = true;
        return new Promise(() => undefined);
      }
      if (how === 'rejects') dispatch.neverSigned = true;
      await life.step(`the wallet's answer for ${short(message)}`);
      return how === 'rejects' || how === 'says rejected' ? 'rejected' : 'signed';
    },

    async post(life, url, body, withinMs) {
      const node = nodes.find((other) => other.url === url);
      if (node) return response({ ok: true, status: 200, text: node.answer(body) });

      const message = deps.messageOf(body);
      const how = random.weighted({
        honest: 6,
        'charges and says nothing': gateway,
        'charges and drops': gateway,
        drops: gateway / 2,
        'drops and keeps': gateway,
        'asks again': gateway / 2,
        'asks again and keeps': gateway,
        'charges and fails': gateway,
        refuses: gateway / 2,
        'says charged and is not': gateway,
        'says not charged and is': gateway,
        hangs: gateway / 2,
      });
      await life.step(`the paid request of ${short(message)} arriving`);
      say(`the gateway ${how}: ${short(message)}`);
      const known = chains.chargeOf(message) !== undefined;
      if (how.endsWith('keeps') || how === 'says charged and is not' || how === 'hangs')
        keep(message, 'the gateway');
      if (how === 'honest' || how.startsWith('charges') || how.endsWith('and is'))
        charge(message, 'the gateway');
      if (how === 'hangs') {
        await new Promise<void>((resolve) => life.clock.after(withinMs, resolve));
        throw new TypeError('timeout');
      }
      await life.step(`the gateway's answer for ${short(message)}`);
      switch (how) {
        case 'charges and drops':
        case 'drops':
        case 'drops and keeps':
          throw new TypeError('Failed to fetch');
        case 'asks again':
        case 'asks again and keeps':
          return response({ ok: false, status: 402 });
        case 'charges and fails':
          return response({ ok: false, status: 500 });
        case 'refuses':
          return response({ ok: false, status: 400 });
        case 'charges and says nothing':
          return response({ ok: true, status: 200 });
        case 'says charged and is not':
          // It names somebody else's transaction, or none that there is.
          return response({ ok: true, status: 200, success: true, transaction: anyTransaction() });
        case 'says not charged and is':
          return response({ ok: true, status: 200, success: false });
        case 'honest':
          // An honest one serves what was charged now, and asks for another payment where the nonce was used before.
          if (known || chains.chargeOf(message) === undefined) return response({ ok: false, status: 402 });
          return response({ ok: true, status: 200, success: true, transaction: transactionOf(message) });
      }
    },

    chargeKept() {
      const [message] = kept.splice(random.int(0, Math.max(0, kept.length - 1)), 1);
      if (message) charge(message, 'whoever kept it');
    },

    gatewayDate() {
      const lateMs = random.pick([0, 0, 0, 1_000, 30_000, 25 * 3_600_000]);
      return random.chance(0.1 * gateway) ? undefined : trueMs() - lateMs;
    },
  };
}

/** The name of a message in a trace. */
export function short(message: Authorization): string {
  if (message.kind === 'svm')
    return `${message.memo} in ${Buffer.from(message.message, 'base64').toString()}`;
  return `#${Number(BigInt(message.nonce))}`;
}

/** What tells a message from all others. */
export function markOf(message: Authorization): string {
  return message.kind === 'svm' ? message.message : message.nonce;
}

function response(answer: Omit<SimulatedResponse, 'body'>): Response {
  return { ...answer, body: null } as unknown as Response;
}
