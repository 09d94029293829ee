/**
 * Finds flights in samples of recordings: from leaving the ground until standing on it again. Pure.
 *
 *   status  ─ in the air? ─▶ begins, ends        position ─▶ way, height        battery ─▶ energy
 *
 * A recording may begin or end in the air (an agent that was killed, a segment that is gone): that is said, not guessed.
 */
import { Distance, type EnergyTotal, EnergyUse, isPlace, ONE_FLIGHT_US } from '@skein/protocol/report';
import type { Sample, Values } from '@skein/protocol/telemetry';

/** An autopilot that has a landed state has told it by then, µs. */
const LANDED_WITHIN_US = 10e6;
/** By then a position has told how long a silence was by the autopilot's clock, µs. */
const DOUBT_US = 10e6;
/** More than lateness: the recording's clock was set, µs. */
const STEP_US = 2e6;

export interface Flight {
  readonly startUtcUs: number;
  readonly endUtcUs: number;
  readonly durationS: number;
  /** Over ground; null: no positions. */
  readonly distanceM: number | null;
  /** Highest above home. */
  readonly highestM: number | null;
  readonly usedMah: number | null;
  readonly usedWh: number | null;
  /** False: the recording begins with the vehicle in the air. */
  readonly beginsOnGround: boolean;
  /** False: the recording ends there. */
  readonly endsOnGround: boolean;
  /** Longest time in it of which nothing is recorded, s. */
  readonly longestSilenceS: number;
  /** The recording's clock was set meanwhile: start and end are by its clock at the end. */
  readonly clockStepped: boolean;
  /** Names of the recordings it lies in. */
  readonly files: readonly string[];
}

interface Open {
  readonly startUs: number;
  readonly beginsOnGround: boolean;
  readonly files: string[];
  readonly distance: Distance;
  highestM: number | null;
  /** Up to the start. */
  readonly energyBefore: EnergyTotal;
  lastUs: number;
  /** By the recording's clock, and by the autopilot's where it tells one. */
  longestSilenceUs: number;
  longestByAutopilotUs: number;
  position: { readonly atUs: number; readonly bootMs: number } | null;
  /** What the recording's clock has jumped ahead meanwhile, less what it went back. */
  steppedUs: number;
  /** After a long silence, or a clock that went back: when it began, until the autopilot's clock says what it was. */
  doubt: { readonly fromUs: number; readonly toUs: number } | null;
}

export class FlightFinder {
  readonly #onFlight: (flight: Flight) => void;
  readonly #energy = new EnergyUse();
  #file = '';
  #open: Open | null = null;
  /** Before the first status of a recording nobody knows. */
  #flying: boolean | null = null;
  /** The autopilot says by itself whether it is landed. */
  #saysLanded = false;
  #firstStatusUs: number | null = null;

  constructor(onFlight: (flight: Flight) => void) {
    this.#onFlight = onFlight;
  }

  /** What follows is of this recording. `anew`: by another start of the agent, which may have missed something. */
  file(name: string, anew: boolean): void {
    this.#file = name;
    if (anew) this.#flying = null;
  }

  take(sample: Sample): void {
    const nowUs = sample.monoUs;
    if (this.#open !== null) this.#goesOn(this.#open, nowUs);
    if (sample.kind === 'battery') this.#energy.take(sample.values);
    else if (sample.kind === 'position') this.#position(sample);
    else if (sample.kind === 'status') {
      const flying = this.#isFlying(sample.values, nowUs);
      if (flying !== null) this.#status(flying, nowUs);
    }
  }

  /** Landed states say it; an autopilot that never has one is in the air when it is armed. Null: not known yet. */
  #isFlying({ landed, armed }: Values<'status'>, nowUs: number): boolean | null {
    // A clock that was set back begins the wait anew.
    this.#firstStatusUs = Math.min(this.#firstStatusUs ?? nowUs, nowUs);
    if (landed !== null && landed !== 'unknown') {
      this.#saysLanded = true;
      return landed !== 'on-ground';
    }
    if (this.#saysLanded || nowUs - this.#firstStatusUs < LANDED_WITHIN_US) return armed === false ? false : null;
    return armed === true;
  }

  #goesOn(open: Open, nowUs: number): void {
    const silenceUs = nowUs - open.lastUs;
    const wentBack = silenceUs < -STEP_US;
    if (silenceUs > ONE_FLIGHT_US || wentBack) open.doubt = { fromUs: open.lastUs, toUs: nowUs };
    else open.longestSilenceUs = Math.max(open.longestSilenceUs, silenceUs);
    open.lastUs = wentBack ? nowUs : Math.max(open.lastUs, nowUs);
    if (open.doubt === null && open.files.at(-1) !== this.#file) open.files.push(this.#file);
    if (open.doubt !== null && nowUs - open.doubt.toUs > DOUBT_US) this.#lost(open);
  }

  /** It was silent for so long that it may have been on the ground. */
  #lost(open: Open): void {
    this.#end({ ...open, lastUs: open.doubt?.fromUs ?? open.lastUs }, false);
    this.#flying = null;
  }

  #position(sample: Sample & { kind: 'position' }): void {
    const open = this.#open;
    if (open === null) return;
    const { monoUs: atUs, bootMs, values } = sample;
    const before = open.position;
    if (bootMs !== null) {
      const byAutopilotUs = before === null ? null : (bootMs - before.bootMs) * 1000;
      const isSame = byAutopilotUs !== null && byAutopilotUs >= 0 && byAutopilotUs <= ONE_FLIGHT_US;
      if (open.doubt !== null && !isSame) {
        this.#lost(open);
        return;
      }
      const wentBack = open.doubt !== null && open.doubt.toUs < open.doubt.fromUs;
      open.doubt = null;
      open.position = { atUs, bootMs };
      if (before !== null && isSame) {
        open.longestByAutopilotUs = Math.max(open.longestByAutopilotUs, byAutopilotUs);
        const aheadUs = atUs - before.atUs - byAutopilotUs;
        if (aheadUs > STEP_US || (wentBack && aheadUs < -STEP_US)) open.steppedUs += aheadUs;
      }
    }
    const { latDeg, lonDeg, altRelM } = values;
    if (altRelM !== null) open.highestM = Math.max(open.highestM ?? altRelM, altRelM);
    if (latDeg !== null && lonDeg !== null && isPlace(values))
      open.distance.add({ latDeg, lonDeg, utcUs: atUs - open.steppedUs });
  }

  #status(flying: boolean, nowUs: number): void {
    const before = this.#flying;
    this.#flying = flying;
    const open = this.#open;
    if (!flying && open !== null) {
      if (open.doubt === null) this.#end(open, true);
      else this.#lost(open);
      this.#flying = false;
    } else if (flying && open === null) {
      this.#open = {
        ...{ startUs: nowUs, beginsOnGround: before === false, files: [this.#file], lastUs: nowUs },
        ...{
          distance: new Distance(),
          highestM: null,
          energyBefore: this.#energy.total,
          position: null,
          steppedUs: 0,
          doubt: null,
        },
        ...{ longestSilenceUs: 0, longestByAutopilotUs: 0 },
      };
    }
  }

  #end(open: Open, endsOnGround: boolean): void {
    this.#open = null;
    const { startUs, lastUs, steppedUs } = open;
    const clockStepped = steppedUs !== 0;
    const durationS = (lastUs - startUs - steppedUs) / 1e6;
    const used = this.#energy.used(open.energyBefore);
    this.#onFlight({
      ...{ startUtcUs: startUs + steppedUs, endUtcUs: lastUs, durationS },
      ...{ distanceM: open.distance.metres, highestM: open.highestM },
      ...{ usedMah: used?.mAh ?? null, usedWh: used?.wh ?? null },
      ...{ beginsOnGround: open.beginsOnGround, endsOnGround, clockStepped, files: open.files },
      longestSilenceS: (clockStepped ? open.longestByAutopilotUs : open.longestSilenceUs) / 1e6,
    });
  }

  /** There are no more recordings. */
  close(): void {
    const open = this.#open;
    if (open === null) return;
    if (open.doubt === null) this.#end(open, false);
    else this.#lost(open);
  }
}
