/**
 * Six letters that stand for this browser in what the controller writes down. Every Idempotency-Key begins with them, and the
 * name of whoever commands before saying one: a search of the events for them leads from the one to the other.
 */
import { keep, kept } from './kept.ts';

const KEY = 'skein.browser';

export const thisBrowser: string = kept(KEY) ?? random(3);
keep(KEY, thisBrowser);

/** `crypto.randomUUID` is missing on pages that are not served securely. */
export function random(bytes: number): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
