/** Nothing in the fakes waits for real time, so whatever is to come comes within this. */
const patienceMs = 20_000;

/** Hands on the event loop: everything that is ready runs. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

/**
 * What the probe gives, as soon as it gives something.
 *
 * @throws when it gives nothing for a long time, naming what was waited for
 */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > untilMs) throw new Error(`Waited in vain for ${what}.`);
    await turns(1);
  }
}
