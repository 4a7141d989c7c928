import { find } from './find.ts';

interface FaultState {
  readonly name: string;
  readonly doc: string;
  readonly on: 'next' | 'cleared' | 'off';
}

const choices = { off: 'off', next: 'next request', cleared: 'until cleared' };

/** Fills the drawer with the gateway's fault switches. */
export async function showFaults(): Promise<void> {
  draw(await call('/rig/faults'));
  find('clear', HTMLButtonElement).addEventListener('click', () => change({ clear: true }));
  find('release', HTMLButtonElement).addEventListener('click', () => {
    void call('/rig/release', {}).then(draw);
  });
}

function change(order: object): void {
  void call('/rig/faults', order).then(draw);
}

async function call(path: string, order?: object): Promise<readonly FaultState[]> {
  const init = order === undefined ? {} : { method: 'POST', body: JSON.stringify(order) };
  const response = await fetch(path, init);
  const { faults }: { faults: FaultState[] } = JSON.parse(await response.text());
  return faults;
}

function draw(faults: readonly FaultState[]): void {
  const rows = faults.map(({ name, doc, on }) => {
    const row = document.createElement('li');
    const label = document.createElement('label');
    label.textContent = name;
    label.htmlFor = `fault-${name}`;
    const select = document.createElement('select');
    select.id = label.htmlFor;
    for (const [value, words] of Object.entries(choices))
      select.add(new Option(words, value, value === on, value === on));
    select.addEventListener('change', () => {
      change(select.value === 'off' ? { clear: name } : { name, until: select.value });
    });
    const words = document.createElement('p');
    words.textContent = doc;
    row.append(label, select, words);
    return row;
  });
  find('faults', HTMLElement).replaceChildren(...rows);
}
