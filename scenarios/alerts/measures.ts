/** How near a flight came to the thresholds of docs/alerts.md: of each measure the worst while it was in the air. */
import type { Seen } from '../../controller/detector/index.ts';
import { armed, fresh, inAir } from '../../controller/detector/seen.ts';

export interface Margin {
  readonly class: string;
  readonly what: string;
  /** null: never measured. */
  readonly worst: number | null;
  readonly raisedAt: number;
  readonly unit: string;
  /** Small is bad. */
  readonly least?: true;
}

const MAG = 4;

export class Measures {
  #airS = 0;
  readonly #worst = new Map<string, number>();
  readonly #lasting = new Map<string, number>();
  #clips: { readonly total: number } | null = null;
  #nearest: { readonly seq: number | null; readonly m: number; readonly forS: number } | null = null;

  get airS(): number {
    return this.#airS;
  }

  /** Once a second. */
  take(seen: Seen, trust: string): void {
    const silentMs = seen.vehicleAgeMs;
    if (silentMs !== null) this.#most('silent', silentMs / 1e3);
    if (inAir(seen) !== true) return;
    this.#airS++;
    this.#lasts('rejected', trust === 'rejected');
    this.#lasts('suspect', trust === 'suspect');
    const ekf = fresh(seen, 'ekf', 12_000);
    for (const ratio of [ekf?.velocityVariance, ekf?.horizontalVariance]) if (ratio != null) this.#most('ekf', ratio);
    if (ekf?.compassVariance != null) this.#most('compass', ekf.compassVariance);
    const health = fresh(seen, 'health', 12_000);
    const enabled = health?.sensorsEnabled ?? 0;
    this.#lasts('magnetometer', (enabled & MAG) !== 0 && ((health?.sensorsHealthy ?? enabled) & MAG) === 0);
    const vibration = fresh(seen, 'vibration', 12_000);
    if (vibration !== null) {
      for (const axis of [vibration.xMps2, vibration.yMps2, vibration.zMps2]) this.#most('vibration', axis ?? 0);
      const total = vibration.clipping?.reduce<number>((sum, one) => sum + (one ?? 0), 0) ?? 0;
      if (this.#clips !== null) this.#most('clips', total - this.#clips.total);
      this.#clips = { total };
    }
    const esc = fresh(seen, 'esc', 3000);
    const rpm = (esc?.rpm ?? []).filter((one) => one !== null);
    const middle = [...rpm].sort((a, b) => a - b)[Math.floor(rpm.length / 2)] ?? 0;
    if (middle >= 1000) this.#most('esc', -Math.min(...rpm) / middle);
    const state = fresh(seen, 'battery', 15_000)?.chargeState ?? null;
    if (state !== null) this.#most('battery', state);
    const fence = fresh(seen, 'fence', 12_000);
    if (fence !== null) this.#lasts('fence', armed(seen) === true && fence.breached === true);
    const [attitude, velocity] = [fresh(seen, 'attitude', 2500), fresh(seen, 'velocity', 2500)];
    if (attitude?.rollRad != null && attitude.pitchRad !== null) {
      this.#most('tilt', (Math.acos(Math.cos(attitude.rollRad) * Math.cos(attitude.pitchRad)) * 180) / Math.PI);
    }
    if (velocity?.downMps != null) this.#most('sink', velocity.downMps);
    this.#progress(seen);
  }

  #progress(seen: Seen): void {
    const mission = fresh(seen, 'mission', 12_000);
    if (seen.itinerary === null || mission?.distanceM == null) {
      this.#nearest = null;
      return;
    }
    const { seq, distanceM: m } = mission;
    const before = this.#nearest;
    const isNearer = before === null || before.seq !== seq || m <= before.m - 5;
    this.#nearest = isNearer ? { seq, m, forS: 0 } : { ...before, forS: before.forS + 1 };
    this.#most('progress', this.#nearest.forS);
  }

  #most(name: string, value: number): void {
    this.#worst.set(name, Math.max(this.#worst.get(name) ?? Number.NEGATIVE_INFINITY, value));
  }

  #lasts(name: string, is: boolean): void {
    const forS = is ? (this.#lasting.get(name) ?? 0) + 1 : 0;
    this.#lasting.set(name, forS);
    this.#most(name, forS);
  }

  get margins(): readonly Margin[] {
    const of = (name: string): number | null => this.#worst.get(name) ?? null;
    const slowest = of('esc');
    return [
      { class: 'position', what: 'rejected for', worst: of('rejected'), raisedAt: 5, unit: 's' },
      { class: 'position', what: 'suspect for', worst: of('suspect'), raisedAt: 25, unit: 's' },
      { class: 'ekf', what: 'test ratio', worst: of('ekf'), raisedAt: 0.8, unit: '' },
      { class: 'compass', what: 'test ratio', worst: of('compass'), raisedAt: 0.8, unit: '' },
      { class: 'compass', what: 'unhealthy for', worst: of('magnetometer'), raisedAt: 5, unit: 's' },
      { class: 'vibration', what: 'an axis', worst: of('vibration'), raisedAt: 60, unit: 'm/s²' },
      { class: 'vibration', what: 'clipping', worst: of('clips'), raisedAt: 10, unit: '/s' },
      { class: 'tumbles', what: 'leans', worst: of('tilt'), raisedAt: 60, unit: '°' },
      { class: 'tumbles', what: 'and sinks', worst: of('sink'), raisedAt: 4, unit: 'm/s' },
      ...[{ class: 'esc', what: 'slowest of the middle motor', worst: slowest === null ? null : -slowest }].map(
        (one) => ({ ...one, raisedAt: 0.2, unit: '', least: true as const }),
      ),
      { class: 'battery', what: 'MAV_BATTERY_CHARGE_STATE', worst: of('battery'), raisedAt: 3, unit: '' },
      { class: 'fence', what: 'breached for', worst: of('fence'), raisedAt: 2, unit: 's' },
      { class: 'no-progress', what: 'no 5 m nearer for', worst: of('progress'), raisedAt: 45, unit: 's' },
      { class: 'autopilot-silent', what: 'silent for', worst: of('silent'), raisedAt: 6, unit: 's' },
    ];
  }
}
