/** What went wrong last in the editor, in words; null: nothing. */
import { signal } from '@preact/signals';

export const trouble = signal<string | null>(null);
