/** The arrow in the head of a pane, which a phone has in place of the list beside it. */
import { Icon } from './icon.tsx';

export function Back({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <button type="button" class="back" onClick={onClick} aria-label={label}>
      <Icon box={18} width={1.8} path="M11 4 6 9l5 5" />
    </button>
  );
}
