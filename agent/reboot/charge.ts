/**
 * The charge carried across restarts: an autopilot counts 100 % after every boot, whatever is in the pack (observed:
 * 61 % → 100 %). The lower of reported and remembered counts until the resting voltage says that the pack is another,
 * or a technician does. Pure: readings in, what to believe out.
 */

import type { Sample } from '@skein/protocol/telemetry';

/** A pack does not fill in flight; counters jitter by less. */
const JUMP_PCT = 3;
/** A charged pack rests so much higher than one that was worth remembering. */
const NEW_PACK_RATIO = 1.04;
const RESTING_MS = 30_000;
const SAVE_STEP_PCT = 2;

export interface ChargeReading {
  readonly pct: number | null;
  readonly voltageV: number | null;
  readonly armed: boolean | null;
  readonly nowMs: number;
}

export interface Remembered {
  /** What was left when the autopilot forgot. */
  readonly pct: number;
  /** What it reported right afterwards. */
  readonly reportedPct: number;
  /** Resting voltage before; null when it was not resting. */
  readonly restingV: number | null;
}

export interface SavedCharge {
  readonly pct: number;
  readonly restingV: number | null;
  readonly remembered: Remembered | null;
}

export interface ChargeStatus {
  readonly reportedPct: number | null;
  readonly remembered: Remembered | null;
  /** What to count on, %. */
  readonly effectivePct: number | null;
}

const num = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

/** What the journal holds → a saved charge, or null. */
export function savedChargeOf(value: unknown): SavedCharge | null {
  if (typeof value !== 'object' || value === null) return null;
  const { pct, restingV, remembered } = value as Partial<Record<string, unknown>>;
  const left = num(pct);
  if (left === null) return null;
  const kept = (remembered ?? null) as Partial<Record<string, unknown>> | null;
  const keptPct = num(kept?.pct);
  const reportedPct = num(kept?.reportedPct);
  return {
    pct: left,
    restingV: num(restingV),
    remembered:
      keptPct === null || reportedPct === null ? null : { pct: keptPct, reportedPct, restingV: num(kept?.restingV) },
  };
}

/** Which pack it is now, as a person said. */
export function packSample(serial: string, instance: number, nowUs: number): Sample<'pack'> {
  const unknown = { cycles: null, fullMah: null, designMah: null, cells: null };
  const values = { instance, serial, source: 'person', ...unknown } as const;
  return { kind: 'pack', monoUs: Math.round(nowUs), bootMs: null, values };
}

export class ChargeMemory {
  readonly #save: (saved: SavedCharge) => void;
  #last: { readonly pct: number; readonly restingV: number | null } | null = null;
  #remembered: Remembered | null = null;
  #restingSinceMs: number | null = null;
  #saved: SavedCharge | null = null;

  constructor(save: (saved: SavedCharge) => void) {
    this.#save = save;
  }

  /** What an earlier start knew; it may be read only after the first readings have come. */
  restore(saved: SavedCharge | null): void {
    if (saved === null) return;
    const since = this.#last;
    this.#last = { pct: saved.pct, restingV: saved.restingV };
    this.#remembered = saved.remembered;
    this.#saved = saved;
    if (since !== null) this.#take(since);
  }

  observe({ pct, voltageV, armed, nowMs }: ChargeReading): void {
    if (armed !== false) this.#restingSinceMs = null;
    else this.#restingSinceMs ??= nowMs;
    if (pct === null) return;
    const rested = this.#restingSinceMs !== null && nowMs - this.#restingSinceMs >= RESTING_MS;
    const before = this.#remembered?.restingV ?? null;
    if (rested && voltageV !== null && before !== null && voltageV > before * NEW_PACK_RATIO) this.#remembered = null;
    this.#take({ pct, restingV: rested ? voltageV : armed === false ? (this.#last?.restingV ?? voltageV) : null });
  }

  #take(now: { readonly pct: number; readonly restingV: number | null }): void {
    const last = this.#last;
    if (last !== null && now.pct > last.pct + JUMP_PCT) {
      const left = this.#effective(last.pct);
      this.#remembered = left < now.pct ? { pct: left, reportedPct: now.pct, restingV: last.restingV } : null;
    }
    this.#last = now;
    this.#saveIfWorth();
  }

  #effective(pct: number): number {
    const kept = this.#remembered;
    return kept === null ? pct : Math.max(0, Math.min(pct, kept.pct - (kept.reportedPct - pct)));
  }

  #saveIfWorth(): void {
    const last = this.#last;
    if (last === null) return;
    const saved: SavedCharge = { ...last, remembered: this.#remembered };
    const before = this.#saved;
    const worth =
      before === null ||
      before.remembered !== saved.remembered ||
      Math.abs(before.pct - saved.pct) >= SAVE_STEP_PCT ||
      (before.restingV === null) !== (saved.restingV === null);
    if (!worth) return;
    this.#saved = saved;
    this.#save(saved);
  }

  /** A technician has put another pack in. */
  newPack(): void {
    this.#remembered = null;
    this.#saveIfWorth();
  }

  get status(): ChargeStatus {
    const reportedPct = this.#last?.pct ?? null;
    return {
      reportedPct,
      remembered: this.#remembered,
      effectivePct: reportedPct === null ? null : this.#effective(reportedPct),
    };
  }
}
