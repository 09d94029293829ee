/**
 * What time it is, as far as this board can know. Boards have no battery clock, so UTC is learnt: from the autopilot's
 * GPS, from the controller (± half a round trip), from a system clock that network time has set; their intervals are put
 * to the vote (protocol/time). Nothing is stepped or slewed: a record ties the monotonic clock to UTC, and readers
 * compute. Nothing waits, orders or expires by it.
 *
 *   gps, controller, ntp ─▶ Source ─┐
 *   kept on disk ─────────▶ Floor  ─┴─▶ vote ─▶ reading ─▶ record when due (pace.ts)
 */
import type { Sample } from '@skein/protocol/telemetry';
import {
  type Believed,
  type ClockQuality,
  type Exchange,
  type Opinion,
  offsetOf,
  type Standing,
  type Verdict,
  vote,
} from '@skein/protocol/time';
import { Floor, type KeptTime, PROGRAM_UTC_US } from './floor.ts';
import { Pace } from './pace.ts';
import { type Estimate, Source } from './source.ts';

/** From the receiver's instant to the autopilot's clock: ArduPilot counts the lag of the receiver (0.1–0.2 s) roughly. */
const GPS_ERR_US = 250_000;
/** The way of SYSTEM_TIME when TIMESYNC has not measured it: between nothing and this. */
const UNMEASURED_WAY_US = 500_000;
/** An autopilot runs its clock on without satellites, and takes it from others too: without a fix it is nobody's word. */
const FIX_FRESH_US = 5_000_000;
const TIMED_FIXES: readonly string[] = ['3d', 'dgps', 'rtk-float', 'rtk-fixed', 'static', 'ppp'];
/** What a record can hold (docs/wire.md §5: numbers below 2^51), in 2041. */
const LAST_UTC_US = 2 ** 51 - 1;
/** "Anything": the error of a clock nobody has set, ten years. */
export const UNSET_ERR_US = 315_576_000_000_000;

const LIVE = ['gps', 'ntp', 'controller'] as const;

export interface ClockReading {
  readonly utcUs: number;
  readonly errUs: number;
  readonly source: ClockQuality;
  readonly standing: Standing;
  readonly agreeing: readonly ClockQuality[];
  readonly liars: readonly ClockQuality[];
}

type Judged = Verdict & { readonly floor: 'holds' | 'denies' | 'broken' };

export class Clock {
  readonly #sources = { gps: new Source('gps'), ntp: new Source('ntp'), controller: new Source('controller') };
  readonly #floor: Floor;
  readonly #pace = new Pace();
  #believed: Believed | null = null;
  #fixUs = Number.NEGATIVE_INFINITY;
  readonly #counters = { implausible: 0, withoutFix: 0, outvoted: 0, splits: 0, floorDenied: 0, floorBroken: 0 };
  #before: Judged | null = null;

  constructor(o: { readonly boot: string; readonly kept: KeptTime | null } = { boot: '', kept: null }) {
    this.#floor = new Floor(o.boot, o.kept);
    this.#believed = this.#floor.restored(0);
  }

  get counters(): Readonly<Record<string, number>> {
    const { gps, ntp, controller } = this.#sources;
    return { ...this.#counters, gpsSteps: gps.steps, ntpSteps: ntp.steps, controllerSteps: controller.steps };
  }

  /** The controller answered: our two stamps and its two. */
  controller(exchange: Exchange): void {
    const offset = offsetOf(exchange);
    if (offset) this.#offer('controller', { ...offset, monoUs: exchange.receivedMonoUs });
  }

  /** What the receiver says of its fix. */
  fix(fix: string | null, monoUs: number): void {
    if (fix !== null && TIMED_FIXES.includes(fix)) this.#fixUs = monoUs;
  }

  /** SYSTEM_TIME of the autopilot, 0 until its GPS has told it. `wayUs`: how long ago it was true; null: not measured. */
  gps(utcUs: number, monoUs: number, wayUs: number | null = null): void {
    if (utcUs === 0) return;
    if (monoUs - this.#fixUs > FIX_FRESH_US) {
      this.#counters.withoutFix++;
      return;
    }
    const way = wayUs === null ? { us: UNMEASURED_WAY_US / 2, errUs: UNMEASURED_WAY_US / 2 } : { us: wayUs, errUs: 0 };
    this.#offer('gps', { offsetUs: Math.round(utcUs + way.us - monoUs), errUs: GPS_ERR_US + way.errUs, monoUs });
  }

  /** The system clock, when the system says that network time has set it. */
  network(utcUs: number, monoUs: number, errUs: number): void {
    this.#offer('ntp', { offsetUs: utcUs - monoUs, errUs, monoUs });
  }

  #offer(name: (typeof LIVE)[number], estimate: Estimate): void {
    const utcUs = estimate.offsetUs + estimate.monoUs;
    if (utcUs < PROGRAM_UTC_US || utcUs > LAST_UTC_US) {
      this.#counters.implausible++;
      return;
    }
    this.#sources[name].offer(estimate);
    const judged = this.#judge(estimate.monoUs);
    if (judged === null) return;
    const before = this.#before;
    if (judged.liars.some((liar) => before?.liars.includes(liar) !== true)) this.#counters.outvoted++;
    if (judged.standing === 'split' && before?.standing !== 'split') this.#counters.splits++;
    if (judged.floor === 'denies' && before?.floor !== 'denies') this.#counters.floorDenied++;
    if (judged.floor === 'broken') {
      this.#counters.floorBroken++;
      this.#floor.break();
    }
    this.#before = judged;
    this.#believed = judged;
  }

  #opinions(monoUs: number): Opinion[] {
    const live = LIVE.flatMap((name) => this.#sources[name].at(monoUs) ?? []);
    const speaking = live.map(({ source }) => source);
    const restored = this.#floor.restored(monoUs, speaking);
    return restored === null ? live : [...live, restored];
  }

  #judge(monoUs: number): Judged | null {
    const verdict = vote(this.#opinions(monoUs), this.#believed);
    if (verdict === null) return null;
    const latestUs = verdict.offsetUs + verdict.errUs + monoUs;
    if (latestUs >= this.#floor.deniesBeforeUs(monoUs)) return { ...verdict, floor: 'holds' };
    if (verdict.standing === 'agreed') return { ...verdict, floor: 'broken' };
    return { ...verdict, standing: 'split', errUs: UNSET_ERR_US, agreeing: [], liars: [], floor: 'denies' };
  }

  /** UTC at a monotonic stamp, null when nobody has told. Of a split the error may be years: the point is still the best there is. */
  read(monoUs: number): ClockReading | null {
    const verdict = this.#judge(monoUs);
    if (verdict === null) return null;
    const { offsetUs, errUs, source, standing, agreeing, liars } = verdict;
    return { utcUs: Math.round(offsetUs + monoUs), errUs, source, standing, agreeing, liars };
  }

  /** It is not earlier than this, µs UTC: what a certificate may be judged by before anybody has told the time. */
  notBeforeUs(monoUs: number): number {
    const read = this.read(monoUs);
    return Math.max(this.#floor.notBeforeUs(monoUs), read?.standing === 'agreed' ? read.utcUs - read.errUs : 0);
  }

  /** What each source says against what is believed, for people. */
  sources(monoUs: number) {
    const verdict = this.#judge(monoUs);
    return this.#opinions(monoUs).map(({ source, offsetUs, errUs }) => ({
      ...{ source, errUs, aheadUs: verdict === null ? 0 : Math.round(offsetUs - verdict.offsetUs) },
      silentMs: source === 'restored' ? null : this.#sources[source as (typeof LIVE)[number]].silentMs(monoUs),
      outvoted: verdict?.liars.includes(source) ?? false,
    }));
  }

  /** To be kept on disk; null while there is nothing to keep. */
  kept(monoUs: number, boot: string): KeptTime | null {
    const read = this.read(monoUs);
    if (read === null || read.standing === 'split' || read.source === 'restored') return null;
    const { utcUs, errUs, agreeing } = read;
    const from = agreeing.filter((source) => source !== 'restored');
    return { boot, monoUs: Math.round(monoUs), utcUs, errUs, from };
  }

  /**
   * A clock record to put on the urgent lane, when one is due. `systemUtcUs`, the board's own clock, stands in, marked unset,
   * while nothing is known.
   */
  record(monoUs: number, systemUtcUs: number): (Sample & { kind: 'clock' }) | null {
    const read = this.read(monoUs);
    const liars = read?.liars.join(',') ?? '';
    const due = this.#pace.due({
      monoUs,
      who: read === null ? 'unset' : `${read.source} ${read.standing} ${liars}`,
      offsetUs: read === null ? null : read.utcUs - monoUs,
      errUs: read?.errUs ?? UNSET_ERR_US,
      systemOffsetUs: systemUtcUs - monoUs,
    });
    if (!due) return null;
    const told = read ?? { ...this.#guess(monoUs, systemUtcUs), errUs: UNSET_ERR_US, standing: 'none' as const };
    const { utcUs, errUs, source, standing } = told;
    const boardUs = Math.round(Math.max(-LAST_UTC_US, Math.min(LAST_UTC_US, systemUtcUs - utcUs)));
    const values = { utcUs, errUs, source, standing, outvoted: liars, boardUs: read === null ? null : boardUs };
    return { kind: 'clock', monoUs: Math.round(monoUs), bootMs: null, values };
  }

  /** Nobody has told: the board's clock, but not earlier than it can be. */
  #guess(monoUs: number, systemUtcUs: number): { readonly utcUs: number; readonly source: ClockQuality } {
    const floorUs = this.#floor.notBeforeUs(monoUs);
    const boardUs = Math.min(Math.round(systemUtcUs), LAST_UTC_US);
    if (floorUs === PROGRAM_UTC_US) return { utcUs: boardUs, source: 'unset' };
    return { utcUs: Math.max(boardUs, floorUs), source: 'restored' };
  }
}
