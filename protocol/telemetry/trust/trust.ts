/**
 * May this position be acted on, now? A pure machine: samples and the time go in, one verdict comes out; the same on the
 * drone and in the controller (flight rules §8).
 *
 *   position, velocity ─▶ arrivals ─▶ motion ┐            ┌─▶ state, reason
 *   gps ─────────────────▶ receivers ────────┤─▶ doubts ──┤
 *   ekf ─ flags, ratios ─────────────────────┤            └─▶ reckoning ─▶ last trusted, estimate
 *   pressure, altitudes ─▶ heights ──────────┘
 *   nothing ─▶ silent, unproved
 *
 * Trusted needs evidence of now: a fresh position with nothing against it, a fresh report of a receiver, for `settleMs`.
 */
import type { Sample } from '../kinds.ts';
import { Arrivals } from './arrivals.ts';
import { Doubts } from './doubts.ts';
import { type Fix, type Speed, wholeSpeed } from './fix.ts';
import { stepM } from './geo.ts';
import { Heights } from './heights.ts';
import {
  ALT_RANGE_M,
  MAX_SPEED_MPS,
  NEAR_LIMITS,
  RATIO_BAD,
  RATIO_GOOD,
  TELEPORT_M,
  type TrustLimits,
  ZERO_DEG,
} from './limits.ts';
import { beyond, Motion } from './motion.ts';
import { TRUST_REASONS, type TrustReason, type TrustState } from './reasons.ts';
import { Receivers } from './receivers.ts';
import { type Estimate, type LastTrusted, Reckoning } from './reckoning.ts';

export interface Trust {
  readonly state: TrustState;
  /** Null while trusted. */
  readonly reason: TrustReason | null;
  /** How long in this state, ms. */
  readonly forMs: number;
  readonly last: (Omit<LastTrusted, 'atUs'> & { readonly ageMs: number }) | null;
  readonly estimate: Estimate | null;
}

export interface TrustCounters {
  /** Samples looked at. */
  samples: number;
  /** Older than one that was looked at already. */
  late: number;
  /** Stamps that began again: restarts of the autopilot. */
  reboots: number;
  /** Changes of the verdict. */
  changes: number;
}

/** EKF_STATUS_FLAGS: what must be there, and what must not. */
const HAS_POSITION = 16;
const WITHOUT_POSITION = 128 | 1024;
const GLITCHING = 32_768;
/** Attitude and speed of the receiver tell of now for so long, ms. */
const MOTION_FRESH_MS = 2_500;
/** The speed is not to be believed either while these hold. */
const SPEED_TOO: readonly TrustReason[] = ['frozen', 'stale', 'no-estimate', 'range', 'silent', 'zero'];
/** What a restart of the autopilot does not clear. */
const KEPT: readonly TrustReason[] = ['jump', 'teleport'];

export class PositionTrust {
  readonly counters: TrustCounters = { samples: 0, late: 0, reboots: 0, changes: 0 };
  readonly #limits: TrustLimits;
  readonly #doubts = new Doubts();
  readonly #arrivals = new Arrivals();
  readonly #motion = new Motion(this.#doubts);
  readonly #receivers = new Receivers(this.#doubts);
  readonly #heights = new Heights(this.#doubts);
  readonly #reckoning = new Reckoning();
  #pending: Sample<'position'> | null = null;
  #velocity: Sample<'velocity'> | null = null;
  #tilt: { readonly rad: number; readonly atUs: number } | null = null;
  #armed: boolean | null = null;
  #landed: string | null = null;
  #cleanUs: number | null = null;
  #nowUs = 0;
  #state: TrustState = 'suspect';
  #reason: TrustReason | null = 'silent';
  #sinceUs: number | null = null;

  constructor(limits: TrustLimits = NEAR_LIMITS) {
    this.#limits = limits;
  }

  /** How often each reason began to hold. */
  get entered(): Readonly<Partial<Record<TrustReason, number>>> {
    return this.#doubts.entered;
  }

  /** Any sample; kinds that say nothing about the position are passed over. */
  take(sample: Sample): void {
    const seenUs = this.#arrivals.heard(sample.monoUs);
    switch (sample.kind) {
      case 'position':
        if (this.#pending !== null) this.#position(this.#pending, null);
        this.#pending = sample;
        if (this.#velocity !== null) this.#pair(sample, this.#velocity);
        break;
      case 'velocity':
        this.#velocity = sample;
        if (this.#pending !== null) this.#pair(this.#pending, sample);
        break;
      case 'gps':
        this.#receivers.take(sample, seenUs);
        if (this.#receivers.missedMs > this.#limits.gpsFreshMs) this.#cleanUs = null;
        this.#heights.gps(sample.values.altAmslM, seenUs);
        break;
      case 'ekf':
        this.#estimator(sample, seenUs);
        break;
      case 'pressure':
        this.#heights.pressure(sample.values.absoluteHpa, seenUs);
        break;
      case 'attitude': {
        const { rollRad, pitchRad } = sample.values;
        if (rollRad === null || pitchRad === null) return;
        this.#tilt = { rad: Math.hypot(rollRad, pitchRad), atUs: sample.monoUs };
        break;
      }
      case 'status':
        this.#armed = sample.values.armed;
        this.#landed = sample.values.landed;
        break;
      default:
        return;
    }
    this.counters.samples++;
    this.#judge(sample.monoUs);
  }

  /** Is it worth asking the autopilot for its time? Only that tells a slow clock of its from a slow way here. */
  get wantsClock(): boolean {
    return this.#arrivals.wantsClock;
  }

  /** What it said: its time since boot, ms, and when it was asked by our clock, µs. Needed by nobody, of use to all. */
  clock(bootMs: number, askedUs: number): void {
    this.#arrivals.clock(bootMs, askedUs);
  }

  /** The verdict of now; call it as often as you like, time passing is evidence too. */
  at(nowUs: number): Trust {
    this.#judge(nowUs);
    const last = this.#reckoning.last;
    return {
      state: this.#state,
      reason: this.#reason,
      forMs: Math.max(0, (nowUs - (this.#sinceUs ?? nowUs)) / 1e3),
      last:
        last === null
          ? null
          : {
              latDeg: last.latDeg,
              lonDeg: last.lonDeg,
              altM: last.altM,
              ageMs: Math.max(0, (nowUs - last.atUs) / 1e3),
            },
      estimate: this.#reckoning.at(nowUs),
    };
  }

  /** Takes up what an earlier run knew: where the drone was last trusted to be. Nothing is trusted by it. */
  recall(
    known: LastTrusted & {
      readonly speed: { readonly [K in keyof Speed]: number | null } | null;
      readonly inAir: boolean;
    },
  ): void {
    const { latDeg, lonDeg, altM, atUs, inAir } = known;
    const speed = wholeSpeed(known.speed);
    this.#reckoning.trusted({ latDeg, lonDeg, altM, atUs, speed }, this.#receivers.accuracyM, inAir);
  }

  /** Of one message: several that come at once are told apart by their stamps. */
  #pair(position: Sample<'position'>, velocity: Sample<'velocity'>): void {
    if (position.monoUs !== velocity.monoUs || position.bootMs !== velocity.bootMs) return;
    this.#pending = null;
    this.#velocity = null;
    this.#position(position, wholeSpeed(velocity.values));
  }

  get #inAir(): boolean {
    return this.#armed !== false && this.#landed !== 'on-ground';
  }

  #position({ values, monoUs, bootMs }: Sample<'position'>, speed: Speed | null): void {
    const arrival = this.#arrivals.position(bootMs, monoUs);
    if (arrival === null) {
      this.counters.late++;
      return;
    }
    const { verdict, seenUs, missedMs } = arrival;
    if (verdict === 'rebooted') this.#rebooted();
    if (missedMs > this.#limits.positionFreshMs) this.#cleanUs = null;
    this.#doubts.look('stale', verdict === 'old', seenUs);
    const { latDeg, lonDeg, altAmslM: altM } = values;
    // The sampler makes null of 0, 0 exactly, and of nothing else.
    const zero = latDeg === null || lonDeg === null || Math.max(Math.abs(latDeg), Math.abs(lonDeg)) < ZERO_DEG;
    this.#doubts.look('zero', zero, seenUs);
    if (zero) return;
    const mps = speed === null ? 0 : Math.hypot(speed.northMps, speed.eastMps, speed.downMps);
    const possible =
      Math.abs(latDeg) <= 90 &&
      Math.abs(lonDeg) <= 180 &&
      (altM === null || (altM >= ALT_RANGE_M[0] && altM <= ALT_RANGE_M[1])) &&
      mps <= MAX_SPEED_MPS;
    this.#doubts.look('range', !possible, seenUs);
    // What is old says nothing about how it moves.
    if (!possible || verdict === 'old') return;
    this.#moved({ ...arrival, latDeg, lonDeg, altM, speed });
  }

  #moved(fix: Fix): void {
    const { heardUs, seenUs } = fix;
    const tiltRad = this.#tilt !== null && heardUs - this.#tilt.atUs <= MOTION_FRESH_MS * 1e3 ? this.#tilt.rad : null;
    const gpsSpeedMps = this.#receivers.speedMps(heardUs, MOTION_FRESH_MS);
    const followed = this.#motion.take(fix, { gpsSpeedMps, tiltRad, inAir: this.#inAir });
    if (followed) this.#doubts.look('teleport', false, seenUs);
    else this.#afterSilence(fix);
    this.#receivers.compare(this.#motion, seenUs);
    this.#heights.fused(fix.altM, seenUs);
    const drifted = Math.max(this.#motion.driftPart(this.#receivers.accuracyM), this.#receivers.driftPart);
    this.#doubts.look('drift', beyond(drifted), seenUs);
    this.#judge(heardUs);
    if (this.#state === 'trusted') this.#reckoning.trusted(fix, this.#receivers.accuracyM, this.#inAir);
    else if (fix.speed !== null && !SPEED_TOO.some((code) => this.#doubts.holds(code))) {
      this.#reckoning.carried(fix.speed, fix.atUs);
    }
  }

  /** Nothing to hold the step against but where dead reckoning says it can be. */
  #afterSilence(fix: Fix): void {
    const estimate = this.#reckoning.at(fix.atUs);
    if (estimate === null) return;
    const { northM, eastM } = stepM(estimate, fix);
    const beyondIt = Math.hypot(northM, eastM) > estimate.radiusM + TELEPORT_M;
    this.#doubts.look('teleport', beyondIt, fix.seenUs);
  }

  #estimator({ values }: Sample<'ekf'>, seenUs: number): void {
    const { flags, velocityVariance, horizontalVariance, verticalVariance } = values;
    if (flags !== null) {
      const without = (flags & HAS_POSITION) === 0 || (flags & WITHOUT_POSITION) !== 0;
      this.#doubts.look('no-estimate', without, seenUs);
    }
    const worst = Math.max(velocityVariance ?? 0, horizontalVariance ?? 0, verticalVariance ?? 0);
    const glitch = flags !== null && (flags & GLITCHING) !== 0;
    const bad = glitch || worst >= RATIO_BAD ? true : worst < RATIO_GOOD ? false : null;
    this.#doubts.look('innovation', bad, seenUs, { sure: glitch });
  }

  /** Its stamps begin anew: what it said before is no measure any more; where it was is. */
  #rebooted(): void {
    this.counters.reboots++;
    this.#doubts.forget(KEPT);
    this.#motion.reset();
    this.#receivers.reset();
    this.#heights.reset();
    this.#cleanUs = null;
  }

  #judge(nowUs: number): void {
    this.#nowUs = Math.max(this.#nowUs, nowUs);
    const now = this.#nowUs;
    const { positionFreshMs, gpsFreshMs, settleMs } = this.#limits;
    const gpsUs = this.#receivers.atUs;
    const freshUs = positionFreshMs * 1e3;
    const { newest, seenUs } = this.#arrivals;
    const silent = newest === null || now - newest.heardUs > freshUs;
    const late = newest !== null && now - newest.atUs > freshUs;
    const unproved = gpsUs === null || now - gpsUs > gpsFreshMs * 1e3;
    const worst = this.#doubts.worst;
    const rejected = worst !== null && TRUST_REASONS[worst].state === 'rejected' ? worst : null;
    const unheard = silent ? 'silent' : late ? 'late' : null;
    const against: TrustReason | null = rejected ?? unheard ?? worst ?? (unproved ? 'unproved' : null);
    if (against !== null) {
      // What a silence alone left unseen shows when it ends: `missedMs`.
      if (worst !== null || gpsUs === null) this.#cleanUs = null;
      this.#say(TRUST_REASONS[against].state, against, now);
      return;
    }
    this.#cleanUs ??= seenUs;
    const settled = this.#state === 'trusted' || seenUs - this.#cleanUs >= settleMs * 1e3;
    this.#say(settled ? 'trusted' : 'suspect', settled ? null : 'settling', now);
  }

  #say(state: TrustState, reason: TrustReason | null, nowUs: number): void {
    if (state !== this.#state || this.#sinceUs === null) {
      if (this.#sinceUs !== null) this.counters.changes++;
      this.#sinceUs = nowUs;
    }
    this.#state = state;
    this.#reason = reason;
  }
}
