/** A pencil: change this. */
export function PencilIcon() {
  return (
    <svg class="icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M10.7 2.6a1.6 1.6 0 0 1 2.3 0l.4.4a1.6 1.6 0 0 1 0 2.3L6 12.7l-3.3.6.6-3.3zM9.4 3.9l2.7 2.7" />
    </svg>
  );
}
