/** How well what is typed fits a name: the start of it, of a word in it, a part of it, or its letters in their order. Pure. */

const START = 100;
const WORD_START = 80;
const PART = 60;
const LETTERS = 30;

/** null: it does not fit. Greater is better; of equals the shorter name is nearer to what was typed. */
export function fit(query: string, name: string): number | null {
  const text = name.toLowerCase();
  let least = START;
  for (const word of wordsOf(query)) {
    const one = fitOf(word, text);
    if (one === null) return null;
    least = Math.min(least, one);
  }
  return least - Math.min(9, name.length / 10);
}

export function wordsOf(query: string): readonly string[] {
  return query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}

function fitOf(word: string, text: string): number | null {
  const at = text.indexOf(word);
  if (at === 0) return START;
  if (at > 0) return startsWord(text, at) || startsWord(text, text.indexOf(word, at + 1)) ? WORD_START : PART;
  return lettersOf(word, text);
}

function startsWord(text: string, at: number): boolean {
  return at > 0 && !/[a-z0-9]/.test(text[at - 1] ?? '');
}

/** `hrn7` fits `heron-07`: all letters in their order, the first where a word begins; fewer between them is better. */
function lettersOf(word: string, text: string): number | null {
  let best: number | null = null;
  for (let start = text.indexOf(word[0] ?? ''); start >= 0; start = text.indexOf(word[0] ?? '', start + 1)) {
    if (start > 0 && !startsWord(text, start)) continue;
    let at = start;
    for (const letter of word.slice(1)) {
      at = text.indexOf(letter, at + 1);
      if (at < 0) return best;
    }
    best = Math.max(best ?? 0, LETTERS - Math.min(20, at - start + 1 - word.length));
  }
  return best;
}
