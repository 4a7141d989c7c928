/** The element with this id, which the page's markup has. */
export function find<Type extends HTMLElement>(id: string, type: new () => Type): Type {
  const found = document.querySelector(`#${id}`);
  if (!(found instanceof type)) throw new Error(`The page has no #${id}.`);
  return found;
}
