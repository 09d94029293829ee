/** Whose commands these are: asked once, kept in this browser, sent as `issuedBy`. No proof of identity. */
import { signal } from '@preact/signals';
import { keep, kept } from '../shell/kept.ts';
import { thisBrowser } from '../shell/this-browser.ts';

const KEY = 'skein.operator';
export const NAME_MAX = 64;

export const operator = signal<string | null>(tidyName(kept(KEY) ?? ''));
/** Is the name being asked for from the bar? `later`: something went out without one, and whoever did it may be busy. */
export const askingName = signal<boolean | 'later'>(false);
/** Who it is until a name is said: nobody is kept from a hold, a return, a landing by a field to fill in. */
export const UNNAMED = `unnamed ${thisBrowser}`;

/** Without control characters and stray blanks; null when nothing is left. */
export function tidyName(text: string): string | null {
  const plain = text
    .replace(/\p{C}+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, NAME_MAX)
    .trim();
  return plain === '' ? null : plain;
}

/** What goes out as `issuedBy`; without a name it is asked for at once, beside what goes on. */
export function sender(): string {
  if (operator.peek() === null) askingName.value = 'later';
  return operator.peek() ?? UNNAMED;
}

/** Is there a name to send with? One just typed is kept; with none nothing may be sent. */
export function hasName(typed: string): boolean {
  return operator.peek() !== null || rememberName(typed);
}

export function rememberName(text: string): boolean {
  const name = tidyName(text);
  if (name === null) return false;
  operator.value = name;
  keep(KEY, name);
  return true;
}
