/** The cross in the head of a pane or card. */
import { Icon } from './icon.tsx';

export function Close({ label = 'Close (Esc)', onClick }: { readonly label?: string; readonly onClick: () => void }) {
  return (
    <button type="button" class="close" onClick={onClick} aria-label={label} title={label}>
      <Icon box={14} width={1.6} path="m3 3 8 8M11 3l-8 8" />
    </button>
  );
}
