import type { Frame } from './frame.ts';

/** Gaps up to half the circle are loss; from there on the number went back. */
const MAX_GAP = 127;
/** A sender that boots starts at 0; so close to 0 a gap of more than `RESTART_GAP` is taken for a boot. */
const RESTART_SEQ = 8;
const RESTART_GAP = 32;

/**
 * Counts frames lost on the link by the gaps in the 8-bit sequence numbers of each (sysid, compid).
 *
 * A number that goes back (duplicates and re-ordering on UDP) or comes back near 0 (a reboot) is a jump and not 200
 * lost frames. Loss of whole multiples of 256 is invisible by nature, as is what a boot hides: this is a lower bound.
 */
export class SequenceTracker {
  readonly counters = { lostBySeq: 0, seqJumps: 0 };
  /** By sender: the number expected next plus 1, 0 if never heard. All there can be: 128 kB, touched where used. */
  readonly #expected = new Uint16Array(65_536);

  has(sysid: number, compid: number): boolean {
    return this.#expected[(sysid << 8) | compid] !== 0;
  }

  /** Only frames of known messages make a sender known: the others prove too little. */
  note(frame: Frame): void {
    const key = (frame.sysid << 8) | frame.compid;
    const expected = this.#expected[key] ?? 0;
    if (expected === 0 && !frame.known) return;
    const { seq } = frame;
    if (expected !== 0 && expected !== seq + 1) {
      const gap = (seq + 1 - expected) & 0xff;
      if (gap > MAX_GAP || (gap > RESTART_GAP && seq < RESTART_SEQ)) this.counters.seqJumps++;
      else this.counters.lostBySeq += gap;
    }
    this.#expected[key] = ((seq + 1) & 0xff) + 1;
  }
}
