import { en } from './en.ts';
import type { Text } from './en.ts';

/** The words of the language in use. */
export function useText(): Text {
  return en;
}
