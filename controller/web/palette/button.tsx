/** Where the palette is found without knowing its key. */
import { Icon, SEARCH } from '../shell/icon.tsx';
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
      <Icon {...SEARCH} />
      <span>Search or command</span>
      <kbd>{isApple ? '⌘K' : 'Ctrl K'}</kbd>
    </button>
  );
}
