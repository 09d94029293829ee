/** What was chosen in the palette lately, kept in this browser: ids only. */
import { signal } from '@preact/signals';

const KEY = 'skein.palette';
const MOST = 6;

export const recent = signal<readonly string[]>(remembered());

/** What cannot be read is forgotten. */
export function readRecent(text: string | null): readonly string[] {
  try {
    const kept: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(kept)) return [];
    return kept.filter((one) => typeof one === 'string' && one.length <= 100).slice(0, MOST);
  } catch {
    return [];
  }
}

function remembered(): readonly string[] {
  try {
    return readRecent(localStorage.getItem(KEY));
  } catch {
    return [];
  }
}

export function remember(id: string): void {
  recent.value = [id, ...recent.peek().filter((one) => one !== id)].slice(0, MOST);
  try {
    localStorage.setItem(KEY, JSON.stringify(recent.peek()));
  } catch {
    // Storage may be forbidden; they then last as long as the page.
  }
}
