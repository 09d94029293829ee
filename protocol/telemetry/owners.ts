/**
 * Which section each row of a batch belongs to. Messages come in much the same order again and again, so the section
 * that followed last time is the guess; sections are numbered as they first appear, so a new one needs no number.
 *
 *   row = 1            the guess: what followed the section before last time, or the next new section if nothing has
 *       | 0 number:n   n bits, as many as the largest number there can be (that of the next new section) needs
 */
import type { BitReader, BitWriter } from './bits.ts';
import { Malformed } from './bytes.ts';

const NONE = 0xffff;

/** Working memory: of each section, the one that came after it last time. */
let followed = new Uint16Array(64);

function begin(sections: number): void {
  if (followed.length <= sections) followed = new Uint16Array(sections + 1);
  for (let i = 0; i <= sections; i++) followed[i] = NONE;
}

const width = (seen: number, sections: number): number => 32 - Math.clz32(Math.min(seen, sections - 1));

/** `owners`: the section of each row, numbered in order of first appearance. */
export function writeOwners(bits: BitWriter, owners: Uint16Array, rows: number, sections: number): void {
  begin(sections);
  let seen = 0;
  let before = sections;
  for (let i = 0; i < rows; i++) {
    const owner = owners[i] ?? 0;
    const last = followed[before] ?? NONE;
    const guess = last === NONE ? seen : last;
    bits.bits(owner === guess ? 1 : 0, 1);
    if (owner !== guess) bits.bits(owner, width(seen, sections));
    if (owner === seen) seen++;
    followed[before] = owner;
    before = owner;
  }
}

/** Fills `owners` for `rows` rows, and `counts` with the rows of each section. */
export function readOwners(
  bits: BitReader,
  owners: Uint16Array,
  rows: number,
  counts: Float64Array,
  sections: number,
): void {
  for (let i = 0; i < sections; i++) counts[i] = 0;
  begin(sections);
  let seen = 0;
  let before = sections;
  for (let i = 0; i < rows; i++) {
    const last = followed[before] ?? NONE;
    let owner = last === NONE ? seen : last;
    if (bits.bits(1) === 0) owner = bits.bits(width(seen, sections));
    if (owner > seen || owner >= sections) throw new Malformed('row of no section');
    if (owner === seen) seen++;
    counts[owner] = (counts[owner] ?? 0) + 1;
    owners[i] = owner;
    followed[before] = owner;
    before = owner;
  }
}
