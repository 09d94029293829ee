/** Where the palette is found without knowing its key. */
import { paletteOpen } from './open.ts';

const isApple = /Mac|iP(hone|ad)/.test(navigator.platform);

export function PaletteButton() {
  return (
    <button
      type="button"
      class="palette-button"
      aria-haspopup="dialog"
      aria-keyshortcuts="Control+K Meta+K"
      title={`Search or command (${isApple ? '⌘K' : 'Ctrl K'})`}
      onClick={() => {
        paletteOpen.value = true;
      }}
    >
      <svg
        width="14"
        height="14"
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        stroke-width="1.6"
        aria-hidden="true"
      >
        <circle cx="7" cy="7" r="4.5" />
        <path d="m10.5 10.5 3.5 3.5" />
      </svg>
      <span>Search or command</span>
      <kbd>{isApple ? '⌘K' : 'Ctrl K'}</kbd>
    </button>
  );
}
