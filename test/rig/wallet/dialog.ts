import { css } from './dialogStyle.ts';
import type { Question } from './provider.ts';

/** USDC on Base, for which the dialog also says the amount in dollars. */
const usdc = '0x833589fcd6edb6e08f4c7c32d4f71b54bda02913';

let queue: Promise<unknown> = Promise.resolve();

/**
 * Asks the person in the page, one question at a time. The dialog lives in a closed shadow root and is built
 * without markup or style elements, so that it works under any content security policy.
 * @returns whether the person agreed
 */
export function askInPage(question: Question): Promise<boolean> {
  const answer = queue.then(() => show(question));
  queue = answer;
  return answer;
}

function show(question: Question): Promise<boolean> {
  const host = element('div');
  const root = host.attachShadow({ mode: 'closed' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];

  const yes = element('button', {
    className: 'yes',
    textContent: question.kind === 'connect' ? 'Connect' : 'Sign',
  });
  const no = element('button', { textContent: 'Reject' });
  const title = element('h1', {
    id: 'title',
    textContent: question.kind === 'connect' ? 'Connect to this site' : 'Signature request',
  });
  const dialog = element('dialog');
  dialog.setAttribute('aria-labelledby', 'title');
  dialog.append(
    element('p', { className: 'brand', textContent: 'Rig Wallet' }),
    title,
    element('p', { className: 'site', textContent: location.origin }),
    fields(question),
    row('div', { className: 'buttons' }, no, yes),
  );
  root.append(dialog);
  document.documentElement.append(host);
  dialog.showModal();
  title.tabIndex = -1;
  title.focus();

  return new Promise((resolve) => {
    const close = (agreed: boolean) => {
      host.remove();
      resolve(agreed);
    };
    yes.addEventListener('click', () => close(true));
    no.addEventListener('click', () => close(false));
    dialog.addEventListener('cancel', () => close(false));
  });
}

function fields(question: Question): HTMLElement {
  const list = element('dl');
  const add = (name: string, value: string, className = '') =>
    list.append(
      row('div', { className }, element('dt', { textContent: name }), element('dd', { textContent: value })),
    );
  if (question.kind === 'connect') {
    add('Account', question.account);
    return list;
  }
  if (question.kind === 'signTransaction') {
    add('Network', 'Solana');
    for (const line of question.lines) add(line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1));
    return list;
  }
  const { data, chainId } = question;
  add('Network', chainId === 8453 ? 'Base (8453)' : String(chainId));
  add('Message', data.primaryType);
  for (const [name, value] of Object.entries(data.message)) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (name === 'value') add('Value', amount(text, data.domain['verifyingContract']), 'strong');
    else if (name === 'validBefore') add('Valid before', moment(text));
    else add(words(name), text, name === 'to' ? 'strong' : '');
  }
  return list;
}

function amount(value: string, contract: unknown): string {
  if (String(contract).toLowerCase() !== usdc || !/^\d+$/.test(value)) return value;
  const digits = value.padStart(7, '0');
  return `${value} (= ${digits.slice(0, -6)}.${digits.slice(-6)} USDC)`;
}

function moment(seconds: string): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? seconds : `${date.toLocaleString()} (${seconds})`;
}

/** "validAfter" → "Valid after". */
function words(name: string): string {
  const spaced = name.replaceAll(/([A-Z])/g, ' $1').toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

function row(tag: 'div', properties: Partial<HTMLDivElement>, ...children: Element[]): HTMLElement {
  const made = element(tag, properties);
  made.append(...children);
  return made;
}

function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]> = {},
): HTMLElementTagNameMap[Tag] {
  return Object.assign(document.createElement(tag), properties);
}
