import type { LossCause } from '../../core/quarantine.ts';

/** The words for a record of payments that cannot be trusted, in English. */
export const lossEn = {
  title: {
    empty: 'Your record of payments is missing',
    behind: 'Your record of payments is an old copy',
    damaged: 'Your record of payments is damaged',
    unreadable: 'Your record of payments cannot be read',
    'witness-damaged': 'The check on your record of payments is damaged',
    'witness-unreadable': 'The check on your record of payments cannot be read',
  } satisfies Record<LossCause, string>,
  happened: {
    empty: 'Payments were made that are no longer on this disk. Nothing is paid until you decide.',
    behind: 'Payments that were made since are not in it. Nothing is paid until you decide.',
    damaged: 'Something in it is not what PaidChat wrote. Nothing is paid until you decide.',
    unreadable:
      'The browser does not open it. Restart the browser first: often it can be read again. Nothing is paid until you decide.',
    'witness-damaged':
      'The payments can be read, but not whether any are missing. Nothing is paid until you decide.',
    'witness-unreadable':
      'The browser’s storage for PaidChat does not answer, so nobody can tell whether payments are missing. Restart the browser first: often it can be read again. Nothing is paid until you decide.',
  } satisfies Record<LossCause, string>,
  known: 'What is known of it',
  day: 'Spent in 24 hours',
  month: 'Spent in 30 days',
  held: 'May still be charged',
  heldUntil: (amount: string, until: string) => `${amount}, held until ${until}`,
  none: 'nothing',
  asOf: (time: string) => `As of ${time}.`,
  unknown: 'Nobody can tell what was spent. All that your limits allow counts as spent.',
  means: 'If you go on',
  counts: 'these amounts count against the limits of every site, since nobody can tell whose they were;',
  countsUnknown: 'for 30 days only what you raise or pay “once anyway” goes through;',
  countsAsIs: 'the payments that can be read count as before;',
  begins: 'a new record begins; the old one stays on the disk, and its payments are no longer listed;',
  grants: 'sites that could pay by themselves ask you again.',
  goOn: 'Allow payments again',
  goingOn: 'Writing a new start…',
  failedSilent:
    'The browser’s storage for PaidChat still does not answer, so nothing is paid: restart the browser and try again, and if this stays, remove PaidChat and add it again, which begins a new record of payments.',
  failed:
    'That could not be written, so nothing is paid. Free some disk space, restart the browser and try again.',

  carriedTitle: 'From before your record was lost',
  carried: (day: string, month: string) =>
    `${day} of the last 24 hours and ${month} of the last 30 days count for every site.`,
  carriedHeld: (amount: string, until: string) => `${amount} of it may still be charged until ${until}.`,
};
