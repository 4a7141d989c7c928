import type { Phrase } from '../text/phrase.ts';

/** A sentence of the catalogue with the words to compare set apart. */
export function Words({ phrase }: { readonly phrase: Phrase }) {
  return (
    <>
      {phrase.map((part, index) =>
        typeof part === 'string' ? (
          part
        ) : (
          <b class="key-word" key={index}>
            <bdi>{part.key}</bdi>
          </b>
        ),
      )}
    </>
  );
}
