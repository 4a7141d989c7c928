/** A sentence in which some words are to be compared letter by letter, and so stand out. */
export type Phrase = readonly (string | { readonly key: string })[];
