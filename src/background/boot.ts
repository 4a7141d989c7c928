import type { Quarantine } from '../storage/standing.ts';
import type { Deps } from './deps.ts';

/** The background over its record of payments: opening it, losing trust in it, and going on. */
export interface Boot {
  /** Rejects with a Failure while the record of payments cannot be used. */
  ready(): Promise<Deps>;
  /**
   * Goes on with what is known in place of a lost record: only ever on the person's click.
   *
   * @throws Failure when it cannot be opened or written even so
   */
  rearm(): Promise<void>;
  /**
   * Watches over whatever can be used, from now on: `watch` where the record can be, `without` where it cannot.
   *
   * @returns the undo
   */
  follow(watch: (deps: Deps) => () => void, without: (error: unknown) => void): () => void;
}

interface BootDeps {
  /** Opens the record and builds the rest upon it. @param onQuarantine hears when it turns out to be damaged later */
  readonly open: (onQuarantine: (quarantine: Quarantine) => void) => Promise<Deps>;
  readonly rearm: () => Promise<void>;
}

/** Opens at once. */
export function createBoot(deps: BootDeps): Boot {
  const listeners = new Set<() => void>();
  let rearming: Promise<void> | undefined;
  let current = begin();

  function begin(): Promise<Deps> {
    const opened: Promise<Deps> = deps.open((quarantine) => {
      if (current === opened) become(Promise.reject(quarantine));
    });
    // Whoever calls hears of it; nobody may be there yet.
    opened.catch(() => undefined);
    return opened;
  }

  function become(next: Promise<Deps>): void {
    next.catch(() => undefined);
    current = next;
    for (const listener of listeners) listener();
  }

  async function goOn(): Promise<void> {
    // Payments under way must not lose their record to a second click.
    const isSound = await current.then(
      () => true,
      () => false,
    );
    if (isSound) return;
    await deps.rearm();
    become(begin());
    await current;
  }

  return {
    ready: () => current,
    rearm() {
      rearming ??= goOn().finally(() => (rearming = undefined));
      return rearming;
    },
    follow(watch, without) {
      let over = false;
      let undo = () => {};
      const attach = async () => {
        const asked = current;
        const outcome = await asked.then(
          (built) => () => watch(built),
          (error: unknown) => () => {
            without(error);
            return () => {};
          },
        );
        if (over || asked !== current) return;
        undo();
        undo = outcome();
      };
      const onChange = () => void attach();
      listeners.add(onChange);
      onChange();
      return () => {
        over = true;
        listeners.delete(onChange);
        undo();
      };
    },
  };
}
