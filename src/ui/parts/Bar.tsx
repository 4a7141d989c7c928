import { barParts } from '../amountEdit.ts';
import type { Limit } from '../limitModel.ts';

/** How full a limit is: settled, held (hatched) and asked for now. The amounts stand beside it as text. */
export function Bar({ limit, asked = 0n }: { readonly limit: Limit; readonly asked?: bigint }) {
  const parts = barParts(limit, asked);
  const width = (thousandths: number) => ({ width: `${thousandths / 10}%` });
  return (
    <span class={parts.over ? 'bar bar-over' : 'bar'} aria-hidden="true">
      {limit.used > limit.held && <span class="bar-settled" style={width(parts.settled)} />}
      {limit.held > 0n && <span class="bar-held" style={width(parts.held)} />}
      {asked > 0n && <span class="bar-asked" style={width(parts.asked)} />}
    </span>
  );
}
