/** What was chosen in the palette lately, kept in this browser: ids only. */
import { signal } from '@preact/signals';
import { keep, kept } from '../shell/kept.ts';

const KEY = 'skein.palette';
const MOST = 6;

export const recent = signal<readonly string[]>(readRecent(kept(KEY)));

/** What cannot be read is forgotten. */
export function readRecent(text: string | null): readonly string[] {
  try {
    const read: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(read)) return [];
    return read.filter((one) => typeof one === 'string' && one.length <= 100).slice(0, MOST);
  } catch {
    return [];
  }
}

export function remember(id: string): void {
  recent.value = [id, ...recent.peek().filter((one) => one !== id)].slice(0, MOST);
  keep(KEY, JSON.stringify(recent.peek()));
}
