/** The arrow in the head of a pane, which a phone has in place of the list beside it. */
export function Back({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <button type="button" class="back" onClick={onClick} aria-label={label}>
      <svg
        width="18"
        height="18"
        viewBox="0 0 18 18"
        fill="none"
        stroke="currentColor"
        stroke-width="1.8"
        stroke-linecap="round"
        stroke-linejoin="round"
        aria-hidden="true"
      >
        <path d="M11 4 6 9l5 5" />
      </svg>
    </button>
  );
}
