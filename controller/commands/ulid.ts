/**
 * ULIDs (github.com/ulid/spec): 48 bits of time in ms and 80 random bits in Crockford's base 32, so that ids sort by
 * time as text. Those of one millisecond, or made after the clock was set back, count on from the last.
 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_DIGITS = 10;
const RANDOM_DIGITS = 16;

/** `random` in [0, 1). */
export function ulidMaker(random: () => number): (utcMs: number) => string {
  let lastMs = -1;
  let digits: number[] = [];
  return (utcMs) => {
    const ms = Math.max(Math.floor(utcMs), lastMs);
    if (ms > lastMs) digits = Array.from({ length: RANDOM_DIGITS }, () => Math.floor(random() * 32));
    else if (!increment(digits)) return timeText(++lastMs) + text(digits);
    lastMs = ms;
    return timeText(ms) + text(digits);
  };
}

function text(digits: readonly number[]): string {
  return digits.map((digit) => ALPHABET[digit]).join('');
}

function timeText(ms: number): string {
  const digits: number[] = [];
  let left = ms;
  for (let i = 0; i < TIME_DIGITS; i++) {
    digits.unshift(left % 32);
    left = Math.floor(left / 32);
  }
  return text(digits);
}

/** false: they have all been used and begin at zero again. */
function increment(digits: number[]): boolean {
  for (let i = digits.length - 1; i >= 0; i--) {
    const next = ((digits[i] ?? 0) + 1) % 32;
    digits[i] = next;
    if (next !== 0) return true;
  }
  return false;
}
