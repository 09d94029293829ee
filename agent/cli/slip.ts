/** What a mistyped word was meant to be, when that is plain enough to ask. */
import { nearest } from '@skein/protocol/config';

/** So many letters may be missing, or too many. */
const SLIP = 2;

export function meant(word: string, candidates: readonly string[]): string | null {
  const like = nearest(word, candidates);
  if (like === null || word[0] !== like[0]) return null;
  let differ = 0;
  for (const letter of new Set([...word, ...like])) {
    differ += Math.abs(word.split(letter).length - like.split(letter).length);
  }
  return differ <= SLIP ? like : null;
}
