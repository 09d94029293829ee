/**
 * What an aircraft does that is no flying: it falls, its motors stop in the air, it hits the ground, it shakes. Alarms, told
 * once for each time it begins; nothing is done about them here. What is to be inspected takes more than an alarm. Pure.
 */
export interface AirframeNow {
  readonly nowMs: number;
  /** Null: not known now. */
  readonly armed: boolean | null;
  readonly landed: 'unknown' | 'on-ground' | 'in-air' | 'taking-off' | 'landing';
  readonly altRelM: number | null;
  /** Up positive. */
  readonly climbMps: number | null;
}

export interface AirframeAlarm {
  readonly severity: 'emergency' | 'critical';
  readonly text: string;
}

/** A free fall reaches it in 0.7 s. Told to, ArduCopter descends at 7 m/s as well (observed), but takes its time to get there. */
const FALL_MPS = 7;
/** More than can be set for a descent (WPNAV_ACCEL_Z, PILOT_ACCEL_Z end at 5 m/s²); observed from 3 to 7 m/s: 8 with one motor of four gone. */
const DROPS_MPS2 = 6;
/** As fast is no descent, however it came about. */
const NO_DESCENT_MPS = 12;
/** Higher than this it is no landing, m. */
const IN_AIR_M = 3;
/** ArduCopter calls a landing over 3 m/s a crash. */
const HARD_MPS = 3;
const STANDS_MPS = 0.5;
/** As low as this it may stand on the ground, m; the sink was so shortly before. */
const NEAR_GROUND_M = 2;
const HIT_WITHIN_MS = 1_500;
/** Above this ArduPilot's documentation expects trouble with holding height, m/s²; for so long. */
const SHAKES_MPS2 = 60;
const SHAKES_FOR_MS = 800;
/** ArduPilot: "Crash: Disarming: AngErr=65>30, Accel=0.3<3.0". */
const CRASH_TEXT = /^Crash: Disarming/i;
/** In the air for so long after a fall, neither sinking nor climbing fast: it flew on. */
const FLIES_ON_MS = 10_000;
/** Nothing heard of it for so long: it begins anew. */
const CALM_MS = 10_000;

export class AirframeWatch {
  #before: AirframeNow | null = null;
  #falling = false;
  #sink: { readonly mps: number; readonly atMs: number } | null = null;
  /** Last seen sinking no faster than a hard landing. */
  #slow: { readonly mps: number; readonly atMs: number } | null = null;
  #shakes: { readonly sinceMs: number; readonly lastMs: number; readonly told: boolean } | null = null;
  /** When it was last known to be armed. */
  #armedMs = Number.NEGATIVE_INFINITY;
  /** It fell, and since when it flies on. */
  #fell: { readonly text: string; readonly calmSinceMs: number | null } | null = null;
  /** It stopped as if it had hit the ground, and the autopilot has not said that it stands. */
  #mayHaveHit: { readonly text: string; readonly atMs: number } | null = null;
  #crashed: string | null = null;
  #handedOver = false;

  /** What happened to it since it was armed last; null: nothing, or it fell and flew on. */
  get crashed(): string | null {
    return this.#fell?.text ?? this.#crashed;
  }

  /** Call some times a second. */
  observe(now: AirframeNow): readonly AirframeAlarm[] {
    const before = this.#before;
    this.#before = now;
    if (now.armed === true) this.#armedMs = now.nowMs;
    if (before !== null && before.armed === false && now.armed === true) {
      this.#fell = null;
      this.#mayHaveHit = null;
      this.#crashed = null;
      this.#handedOver = false;
    }
    const stopped = this.#stopped(before, now);
    const falls = this.#fall(now);
    const hit = this.#hit(now);
    if (falls !== null) this.#fell = { text: falls, calmSinceMs: null };
    if (hit !== null) this.#mayHaveHit = { text: hit, atMs: now.nowMs };
    this.#crashed ??= stopped ?? this.#proved(now);
    this.#flownOn(now);
    const alarms = [stopped, falls, hit].flatMap((text) => (text === null ? [] : [text]));
    return alarms.map((text) => ({ severity: 'emergency', text: `Skein: ${text}` }));
  }

  /** The ground it hit: a dive that ends in a hover stops as suddenly, but the autopilot goes on calling it in the air. */
  #proved({ landed, climbMps, nowMs }: AirframeNow): string | null {
    const hit = this.#mayHaveHit;
    if (hit === null) return null;
    const moves = climbMps !== null && Math.abs(climbMps) > STANDS_MPS;
    if (landed !== 'in-air' || moves || nowMs - hit.atMs > HIT_WITHIN_MS) this.#mayHaveHit = null;
    return landed === 'in-air' || moves ? null : hit.text;
  }

  /** A pilot may dive: what fell and then flew has not crashed. */
  #flownOn({ armed, landed, altRelM, climbMps, nowMs }: AirframeNow): void {
    if (this.#fell === null) return;
    const high = altRelM === null || altRelM > NEAR_GROUND_M;
    const flies = armed === true && landed === 'in-air' && high && climbMps !== null && Math.abs(climbMps) < HARD_MPS;
    const calmSinceMs = flies ? (this.#fell.calmSinceMs ?? nowMs) : null;
    const over = calmSinceMs !== null && nowMs - calmSinceMs >= FLIES_ON_MS;
    this.#fell = over ? null : { ...this.#fell, calmSinceMs };
  }

  /** What the autopilot says: its own crash check sees what no height shows. */
  text(words: string): void {
    if (CRASH_TEXT.test(words)) this.#crashed ??= words;
  }

  /** What happened, once for each crash, as soon as the motors stand: it must be looked over before they turn again. */
  toInspect(): string | null {
    if (this.crashed === null || this.#handedOver || this.#before?.armed !== false) return null;
    this.#handedOver = true;
    return this.crashed;
  }

  #stopped(before: AirframeNow | null, now: AirframeNow): string | null {
    if (before?.armed !== true || now.armed !== false) return null;
    // Of the moment before: as the motors stop, ArduPilot says at once that it stands (observed).
    if (before.landed !== 'in-air' || before.altRelM === null || before.altRelM < IN_AIR_M) return null;
    return `the motors stopped IN THE AIR, ${Math.round(before.altRelM)} m up`;
  }

  #fall({ armed, climbMps, altRelM, nowMs }: AirframeNow): string | null {
    if (climbMps === null) return null;
    // Disarmed for longer, it is carried, or its estimate jumps.
    const flew = armed !== null && nowMs - this.#armedMs <= HIT_WITHIN_MS;
    if (climbMps < -HARD_MPS && flew) this.#sink = { mps: -climbMps, atMs: nowMs };
    if (climbMps > -HARD_MPS) {
      this.#falling = false;
      this.#slow = { mps: -climbMps, atMs: nowMs };
    }
    if (this.#falling || armed !== true || climbMps > -FALL_MPS || !this.#drops(-climbMps, nowMs)) return null;
    this.#falling = true;
    return `it FALLS, ${Math.round(-climbMps)} m/s${altRelM === null ? '' : `, ${Math.round(altRelM)} m up`}`;
  }

  #drops(sinkMps: number, nowMs: number): boolean {
    // First seen so fast: nobody knows how it came about.
    if (sinkMps >= NO_DESCENT_MPS || this.#slow === null) return true;
    return sinkMps - this.#slow.mps >= (DROPS_MPS2 * (nowMs - this.#slow.atMs)) / 1e3;
  }

  #hit({ climbMps, altRelM, nowMs }: AirframeNow): string | null {
    const sink = this.#sink;
    if (sink === null || climbMps === null || altRelM === null) return null;
    if (nowMs - sink.atMs > HIT_WITHIN_MS) {
      this.#sink = null;
      return null;
    }
    if (altRelM > NEAR_GROUND_M || Math.abs(climbMps) > STANDS_MPS) return null;
    this.#sink = null;
    return `it hit the ground, ${Math.round(sink.mps)} m/s`;
  }

  /** A measurement of the vibration, m/s². */
  vibration(mps2: number, nowMs: number): AirframeAlarm | null {
    const before = this.#shakes;
    if (mps2 < SHAKES_MPS2) {
      if (before !== null && nowMs - before.lastMs > CALM_MS) this.#shakes = null;
      return null;
    }
    const sinceMs = before?.sinceMs ?? nowMs;
    const tells = before !== null && !before.told && nowMs - sinceMs >= SHAKES_FOR_MS;
    this.#shakes = { sinceMs, lastMs: nowMs, told: (before?.told ?? false) || tells };
    return tells ? { severity: 'critical', text: `Skein: it shakes, ${Math.round(mps2)} m/s²` } : null;
  }
}
