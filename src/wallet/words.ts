import { cut, matches } from '../core/pristine.ts';

/** Of more than so many nobody chooses. */
export const maxWallets = 32;
/** No id or name that a wallet gives itself is longer. */
export const maxName = 64;
const maxIcon = 64 * 1024;
const safeIcon = /^data:image\/(png|svg\+xml|webp|jpeg|gif)[;,]/;

/** A wallet's own word, or "". */
export function shortText(value: unknown): string {
  return typeof value === 'string' ? cut(value, maxName) : '';
}

/** A wallet's picture where it is a data image, or "". */
export function readIcon(value: unknown): string {
  return typeof value === 'string' && value.length <= maxIcon && matches(safeIcon, value) ? value : '';
}
