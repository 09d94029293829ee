/**
 * Six letters that stand for this browser in what the controller writes down. Every Idempotency-Key begins with them, and the
 * name of whoever commands before saying one: a search of the events for them leads from the one to the other.
 */
const KEY = 'skein.browser';

export const thisBrowser: string = mark();

function mark(): string {
  const made = random(3);
  try {
    const kept = localStorage.getItem(KEY) ?? made;
    localStorage.setItem(KEY, kept);
    return kept;
  } catch {
    // Storage may be forbidden; it then stands for this page only.
    return made;
  }
}

/** `crypto.randomUUID` is missing on pages that are not served securely. */
export function random(bytes: number): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
