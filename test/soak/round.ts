import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { defaultGlobalCaps } from '../../src/core/limits.ts';
import { awake, has } from '../e2e/press.ts';
import type { World } from '../rig/world.ts';
import type { LedgerImage, Row } from './ledgerImage.ts';
import { siteOf } from './life.ts';
import type { Life, SitePage } from './life.ts';
import { panelHost, wordsOf } from './observer.ts';
import type { Observer } from './observer.ts';
import type { Asker, Manners, Plan } from './plan.ts';
import type { Sites } from './sites.ts';

/** What a round plays on. */
export interface Table {
  readonly world: World;
  readonly observer: Observer;
  readonly sites: Sites;
  readonly life: () => Life;
  /** Starts the browser again after it was killed. */
  readonly revive: () => Promise<void>;
  readonly newQuestion: () => string;
}

/** What came of a round. */
export interface Played {
  /** The ledger right after the kill, as the next start found or made it. */
  readonly image: LedgerImage;
  /** In which states payments of this round were when it came; `none` for a question without a payment. */
  readonly killedIn: readonly KilledIn[];
  readonly questions: number;
  readonly broken: readonly string[];
}

/** The states that a kill can meet. */
export type KilledIn = 'none' | Exclude<Row['state'], 'released'>;

const markWithinMs = 3_500;
/** A page whose call died with the background hears of it in this time. */
const endWithinMs = 20_000;

/** Pages ask, something is killed, and every call that lived through it ends. */
export async function playRound(plan: Plan, before: LedgerImage, table: Table): Promise<Played> {
  const { world, observer, sites, life, revive, newQuestion } = table;
  const { marks } = observer;
  world.gateway.faults.clear();
  for (const fault of plan.faults) world.gateway.faults.next(fault);
  const pages = await sites.draw(plan.askers.length, before, plan.askers[0].click);
  const beside = plan.panel && (await sites.beside());
  const start = await life().door.image();

  const questions = pages.map((page) => ({ page, question: newQuestion() }));
  const [aimed] = questions;
  if (aimed === undefined) throw new Error('Nobody asks in this round.');
  // The kill may come before its end, or before its beginning.
  const sending = plan.panel && beside && sendFromPanel(table, beside, plan.panel).catch(() => undefined);
  for (const [at, { page, question }] of questions.entries()) {
    const asker = plan.askers[at] ?? plan.askers[0];
    await ask(table, page, question, asker, plan.mark === 'card' && at === 0);
  }
  await Promise.race([
    marks.reached(aimed.question, plan.mark, markWithinMs),
    marks.reached(aimed.question, 'end', markWithinMs),
  ]);
  await wait(plan.delayMs);
  await (plan.kill === 'worker' ? life().rig.killWorker() : life().killBrowser());
  if (plan.kill === 'browser') await revive();

  const image = await life().door.image();
  const broken: string[] = [];
  if (plan.kill === 'worker') {
    const ended = await Promise.all(
      questions.map(async ({ question }) => ({
        question,
        ok: await marks.reached(question, 'end', endWithinMs),
      })),
    );
    for (const { question, ok } of ended) if (!ok) broken.push(`${question} was never ended`);
  }
  await sending;
  for (const approval of await life().approvals()) await approval.close().catch(() => undefined);
  const known = new Set(start.rows.map(({ id }) => id));
  const rows = image.rows.filter(({ id }) => !known.has(id));
  const asked = questions.length + (plan.panel ? 1 : 0);
  const killedIn = rows.map(stateAtKill);
  while (killedIn.length < asked) killedIn.push('none');
  return { image, killedIn, questions: asked, broken };
}

/** The next start gives back what was reserved; all else it leaves in its state. */
function stateAtKill({ state }: Row): KilledIn {
  return state === 'released' ? 'reserved' : state;
}

async function ask(
  { observer, life }: Table,
  page: SitePage,
  question: string,
  { wallet, click, toolCalls }: Asker,
  cardIsLeft: boolean,
): Promise<void> {
  const known = new Set(await life().approvals());
  observer.begin(page.host, question, wallet.stealsAfterMs);
  await page.behave(wallet.mode);
  const request = {
    model: 'ambient/large',
    messages: [{ role: 'user' as const, content: wordsOf(question, page.host) }],
    max_tokens: 1000,
    max_tool_calls: toolCalls,
  };
  if (!click) return page.ask(question, request);
  await page.askFromClick(question, request);
  // Whether a card comes depends on the site's limit; whether it can still be pressed, on the kill.
  void life()
    .approval(known)
    .then((card) => {
      observer.marks.note(question, 'card');
      return cardIsLeft ? undefined : payOnce(card);
    })
    .catch(() => undefined);
}

async function payOnce(card: Page): Promise<void> {
  const [once, anyway] = ['Pay once', 'Pay once anyway'];
  await card.waitForSelector('button');
  await (await awake(card, (await has(card, 'button', anyway)) ? anyway : once)).click();
}

async function sendFromPanel(
  { observer, life, newQuestion }: Table,
  page: SitePage,
  wallet: Manners,
): Promise<void> {
  const question = newQuestion();
  const { door } = life();
  observer.begin(panelHost, question, wallet.stealsAfterMs);
  await page.behave(wallet.mode);
  const content = wordsOf(question, page.host);
  const chat = { maxTokens: 1000, messages: [{ role: 'user' as const, content }] };
  const tabId = await door.tabId(`${siteOf(page.host)}/blank`);
  await door.call('panel.send', { tabId, chat, maxAmount: defaultGlobalCaps.panelDay.toString() });
}
