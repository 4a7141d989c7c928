import type { Changes } from './changes.ts';

/**
 * Builds something now and on every change, one after the other: changes while it is being built lead to one more.
 *
 * @returns the undo
 */
export function followChanges<T>(
  changes: Changes,
  build: () => Promise<T>,
  emit: (built: T) => void,
): () => void {
  let building = false;
  let again = false;
  let over = false;
  const send = async (): Promise<void> => {
    again = false;
    // What cannot be built now is built at the next change.
    const built = await build().catch(() => undefined);
    if (over) return;
    if (built !== undefined) emit(built);
    if (again) await send();
  };
  const refresh = () => {
    again = true;
    if (building) return;
    building = true;
    void send().finally(() => (building = false));
  };
  const undo = changes.subscribe(refresh);
  refresh();
  return () => {
    over = true;
    undo();
  };
}
