import type { Frame } from './frame.ts';

/** More senders than a link ever carries; the limit is for a stream made to exhaust memory. */
const MAX_SOURCES = 512;
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
  readonly counters = { lostBySeq: 0, seqJumps: 0, sourcesForgotten: 0 };
  /** Last number by sender, longest unheard first only among those never heard again. */
  readonly #last = new Map<number, number>();

  has(sysid: number, compid: number): boolean {
    return this.#last.has((sysid << 8) | compid);
  }

  /** Only frames of known messages make a sender known: the others prove too little. */
  note(frame: Frame): void {
    const key = (frame.sysid << 8) | frame.compid;
    const last = this.#last.get(key);
    if (last === undefined) {
      if (!frame.known) return;
      this.#makeRoom();
    } else {
      const gap = (frame.seq - last - 1) & 0xff;
      if (gap > MAX_GAP || (gap > RESTART_GAP && frame.seq < RESTART_SEQ)) this.counters.seqJumps++;
      else this.counters.lostBySeq += gap;
    }
    this.#last.set(key, frame.seq);
  }

  #makeRoom(): void {
    if (this.#last.size < MAX_SOURCES) return;
    for (const key of this.#last.keys()) {
      this.#last.delete(key);
      this.counters.sourcesForgotten++;
      return;
    }
  }
}
