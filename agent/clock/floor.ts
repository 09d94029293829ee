/**
 * The earliest it can be, before anybody tells: a board without a battery clock wakes up in 1970, and a certificate
 * that is "not yet valid" would keep it from ever being told.
 *
 *   same boot (the agent restarted)    what was known goes on, only wider by drift
 *   another boot                       it is later than then, by at least this boot's age; how much later nobody knows
 *   nothing kept                       later than this program was made
 */
import { drifted, type Opinion } from '@skein/protocol/time';

/** What is kept on disk: at `monoUs` of `boot` it was `utcUs` ± `errUs`. */
export interface KeptTime {
  readonly boot: string;
  readonly monoUs: number;
  readonly utcUs: number;
  readonly errUs: number;
  /** Who said so: it is no further word beside theirs. Of two or more it may be held against one alone later. */
  readonly from: readonly string[];
}

/** Before this nobody can have known the time: 2025-01-01, older than this program. */
export const PROGRAM_UTC_US = 1_735_689_600_000_000;

export class Floor {
  readonly #boot: string;
  readonly #kept: KeptTime | null;
  #broken = false;

  constructor(boot: string, kept: KeptTime | null) {
    this.#boot = boot;
    this.#kept = kept !== null && kept.utcUs >= PROGRAM_UTC_US ? kept : null;
  }

  /** What the agent before this one knew, in the same boot; null beside a source that it came from. */
  restored(monoUs: number, speaking: readonly string[] = []): Opinion | null {
    const kept = this.#kept;
    if (kept === null || kept.boot !== this.#boot || this.#broken) return null;
    if (speaking.some((source) => kept.from.includes(source))) return null;
    const errUs = Math.ceil(kept.errUs + drifted(monoUs - kept.monoUs));
    return { source: 'restored', offsetUs: kept.utcUs - kept.monoUs, errUs };
  }

  /** It is not earlier than this, µs UTC. */
  notBeforeUs(monoUs: number): number {
    const kept = this.#kept;
    if (kept === null || this.#broken) return PROGRAM_UTC_US;
    const sinceUs = kept.boot === this.#boot ? monoUs - kept.monoUs : monoUs;
    return Math.round(Math.max(PROGRAM_UTC_US, kept.utcUs - kept.errUs + Math.max(0, sinceUs)));
  }

  /** The same, as far as it may contradict somebody who speaks alone. */
  deniesBeforeUs(monoUs: number): number {
    return (this.#kept?.from.length ?? 0) > 1 ? this.notBeforeUs(monoUs) : PROGRAM_UTC_US;
  }

  /** Two that agree say it is earlier: what was kept was wrong. */
  break(): void {
    this.#broken = true;
  }
}
