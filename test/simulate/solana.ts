import { getBase58Decoder } from '@solana/kit';
import { solanaUsdc } from '../../src/core/assets.ts';
import type { SvmAuthorization } from '../../src/core/svmAuthorization.ts';
import { programs, tokenAccountOf } from '../../src/x402/svmMessage.ts';
import type { Charge } from './chain.ts';

/** How a Solana of the world stands at one moment. */
export interface SolanaMoment {
  readonly slot: number;
  readonly blockHeight: number;
}

/** A transaction that has landed. */
export interface Landed extends SolanaMoment {
  readonly message: SvmAuthorization;
  /** Its signature, base58. */
  readonly transaction: string;
  readonly atMs: number;
}

/** The one real Solana, in the world's true time. Its blocks come as they like: nobody's clock tells its height. */
export interface Solana {
  /** Whoever has a signed transaction can land it once, while its blockhash lives. */
  charge(message: SvmAuthorization): Charge | undefined;
  chargeOf(message: SvmAuthorization): Charge | undefined;
  canBeCharged(message: SvmAuthorization): boolean;
  /** From now on a block takes so long; for ever while the chain stands still. */
  pace(msPerBlock: number): void;
  momentAt(ms: number): SolanaMoment;
  timeOf(slot: number): number;
  /** What was the latest block then. */
  blockhashAt(ms: number): SolanaMoment & { readonly blockhash: string };
  /** Until when all that has happened is final. */
  finalMs(): number;
  /** Newest first. */
  landedBy(ms: number): readonly Landed[];
}

/** A slot, and a block where the chain keeps up. */
export const solanaBlockMs = 400;
/** A blockhash is good in so many blocks after its own (solana.com/docs/core/transactions/confirmation). */
export const blockhashBlocks = 150;

const usualFinalityMs = 13_000;
/** Slots without a block before the world begins: a slot is no height. */
const skippedSlots = 21_000_000;

const digits = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Who pays on Solana in the simulation, who is paid, and whose fee it is. */
export const parties = { payer: keyOf(1), payTo: keyOf(2), feePayer: keyOf(3) };

const tokenAccounts = new Map<string, string>();

/** What is worked out with the help of threads, before any schedule: their order is nobody's seed. */
export async function workOutAccounts(): Promise<void> {
  for (const owner of [parties.payer, parties.payTo])
    if (!tokenAccounts.has(owner)) tokenAccounts.set(owner, await tokenAccountOf(owner, solanaUsdc.asset));
}

function accountOf(owner: string): string {
  const account = tokenAccounts.get(owner);
  if (account === undefined) throw new Error(`Nobody has worked out the token account of ${owner}.`);
  return account;
}

/** Opens one. */
export function openSolana(trueMs: () => number): Solana {
  const beganMs = trueMs();
  let stretches = [{ fromMs: 0, height: 0, msPerBlock: solanaBlockMs }];
  const charges = new Map<string, Charge & Landed>();
  /** The last height in which each blockhash is good. */
  const lives = new Map<string, number>();
  let finalMs = beganMs - usualFinalityMs;

  const heightAt = (ms: number) => {
    const stretch = stretches.find(({ fromMs }) => fromMs <= ms);
    return stretch ? stretch.height + Math.floor((ms - stretch.fromMs) / stretch.msPerBlock) : 0;
  };
  const momentAt = (ms: number) => {
    return { slot: Math.floor(ms / solanaBlockMs) + skippedSlots, blockHeight: heightAt(ms) };
  };
  const chain: Solana = {
    chargeOf: ({ message }) => charges.get(message),
    canBeCharged: ({ message, blockhash }) =>
      !charges.has(message) && heightAt(trueMs()) <= (lives.get(blockhash) ?? -1),
    charge(message) {
      if (!chain.canBeCharged(message)) return undefined;
      const atMs = trueMs();
      const moment = momentAt(atMs);
      const transaction = signatureOf(charges.size, message);
      const charge = { ...moment, message, transaction, atMs, block: moment.slot };
      charges.set(message.message, charge);
      return charge;
    },
    pace(msPerBlock) {
      const fromMs = trueMs();
      stretches = [{ fromMs, height: heightAt(fromMs), msPerBlock }, ...stretches];
    },
    momentAt,
    timeOf: (slot) => (slot - skippedSlots) * solanaBlockMs,
    blockhashAt(ms) {
      const moment = momentAt(ms);
      const blockhash = keyOf(moment.blockHeight);
      lives.set(blockhash, moment.blockHeight + blockhashBlocks);
      return { ...moment, blockhash };
    },
    finalMs() {
      finalMs = Math.max(finalMs, trueMs() - usualFinalityMs);
      return finalMs;
    },
    landedBy: (ms) => [...charges.values()].filter(({ atMs }) => atMs <= ms).reverse(),
  };
  return chain;
}

/**
 * A landed transaction as a node gives it with the encoding `json`, written down at once: to encode and decode it takes a
 * tenth of a schedule. Wallets add instructions and set prices as they like.
 */
export function jsonOf({ message }: Landed): object {
  const { from, to, value, memo, feePayer, blockhash } = message;
  const { asset } = solanaUsdc;
  const accountKeys = [
    feePayer,
    from,
    accountOf(from),
    accountOf(to),
    asset,
    programs.token,
    programs.memo,
    programs.lighthouse,
  ];
  const transferChecked = new Uint8Array(10);
  const view = new DataView(transferChecked.buffer);
  view.setUint8(0, 12);
  view.setBigUint64(1, BigInt(value), true);
  view.setUint8(9, 6);
  const call = (programIdIndex: number, accounts: readonly number[], data: Uint8Array) => {
    return { programIdIndex, accounts, data: getBase58Decoder().decode(data), stackHeight: null };
  };
  return {
    signatures: [noSignature, noSignature],
    message: {
      header: { numRequiredSignatures: 2, numReadonlySignedAccounts: 1, numReadonlyUnsignedAccounts: 4 },
      accountKeys,
      recentBlockhash: blockhash,
      instructions: [
        call(7, [], new Uint8Array([1])),
        call(5, [2, 4, 3, 1], transferChecked),
        call(6, [], new TextEncoder().encode(memo)),
      ],
      addressTableLookups: [],
    },
  };
}

/** 64 bytes of nothing, in base58. */
const noSignature = '1'.repeat(64);

/** Some 32 bytes in base58. */
function keyOf(number: number): string {
  return `${'9'.repeat(34)}${inBase58(number)}`;
}

/** Some 64 bytes in base58. */
function signatureOf(number: number, { readAtMs }: SvmAuthorization): string {
  return `${'3'.repeat(67)}${inBase58(number)}${inBase58(readAtMs)}`;
}

/** Ten digits. */
function inBase58(number: number): string {
  let text = '';
  for (let left = number; text.length < 10; left = Math.floor(left / 58))
    text = digits.charAt(left % 58) + text;
  return text;
}
