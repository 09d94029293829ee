/** The instant under the pointer in any chart, UTC ms; null: it is elsewhere. */
import { signal } from '@preact/signals';

export const cursorMs = signal<number | null>(null);
