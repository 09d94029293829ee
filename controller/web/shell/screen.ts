/** Is this a phone? The same width as in base.css. */
import { signal } from '@preact/signals';

const narrow = matchMedia('(max-width: 719px)');
export const phone = signal(narrow.matches);
narrow.addEventListener('change', () => {
  phone.value = narrow.matches;
});

export function calmMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
