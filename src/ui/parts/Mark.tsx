/** PaidChat's mark: a speech bubble that is a ticket, with a coin in it. Drawn as in assets/icon.svg. */
export function Mark({ size = 24 }: { readonly size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 48 48" aria-hidden="true">
      <path
        class="mark-bubble"
        d="M11 3h26a8 8 0 0 1 8 8v6.5a5 5 0 0 0 0 10V30a8 8 0 0 1-8 8H24.5l-9.7 7.3A1.5 1.5 0 0 1 12.4 44V38H11a8 8 0 0 1-8-8v-2.5a5 5 0 0 0 0-10V11a8 8 0 0 1 8-8z"
      />
      <circle class="mark-coin" cx="24" cy="20.5" r="8.5" />
      <path class="mark-tick" d="m20.2 20.9 2.7 2.8 5-5.6" />
    </svg>
  );
}
