import { browser } from './browser.ts';

const name = 'prove';

/** Wakes the background at this time in place of the last one, also where it has ended by then; undefined: never. */
export function wakeAt(atMs: number | undefined): void {
  const set = atMs === undefined ? browser.alarms.clear(name) : browser.alarms.create(name, { when: atMs });
  // Without it the next useful time is when the person looks.
  void Promise.resolve(set).catch(() => undefined);
}

/** Hears when that time has come, and when the browser has started: Firefox forgets alarms then, and Chrome may. */
export function onWake(listener: () => void): void {
  browser.runtime.onStartup.addListener(listener);
  browser.alarms.onAlarm.addListener((alarm) => {
    if (alarm.name === name) listener();
  });
}
