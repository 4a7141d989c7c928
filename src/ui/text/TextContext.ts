import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { en } from './en.ts';
import type { Text } from './en.ts';

/** The language of the screens below. */
export const TextContext = createContext<Text>(en);

/** The words of the language in use. */
export function useText(): Text {
  return useContext(TextContext);
}
