/** Is the palette open? Ctrl-K or ⌘K and its place in the bar open it. */
import { signal } from '@preact/signals';

export const paletteOpen = signal(false);
