/**
 * What this browser keeps for the page: across loads of it (`local`), or those of one tab (`session`). Storage may be forbidden
 * or full: what is kept then lasts as long as the page.
 */
export type Where = 'localStorage' | 'sessionStorage';

export function kept(key: string, where: Where = 'localStorage'): string | null {
  try {
    return globalThis[where].getItem(key);
  } catch {
    return null;
  }
}

/** As it was kept; what cannot be read is null. */
export function keptJson(key: string, where?: Where): unknown {
  try {
    return JSON.parse(kept(key, where) ?? 'null');
  } catch {
    return null;
  }
}

/** null: no longer. */
export function keep(key: string, value: string | null, where: Where = 'localStorage'): void {
  try {
    if (value === null) globalThis[where].removeItem(key);
    else globalThis[where].setItem(key, value);
  } catch {}
}
