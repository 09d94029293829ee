/** Altitudes against the barometer, which knows no satellites: only how the differences change means anything. */
import type { Doubts } from './doubts.ts';
import { pressureAltitudeM } from './geo.ts';
import { BARO_FUSED_M, BARO_GPS_M, BARO_PER_HEIGHT, BARO_SETTLE_S, LEAVE_PART } from './limits.ts';

/** A barometer and an altitude farther apart in time than this are not of one moment. */
const TOGETHER_US = 2_500_000;

/** One altitude: its offset to the barometer, followed slowly while they agree. */
class Against {
  readonly #limitM: number;
  #offsetM: number | null = null;
  #beganM = 0;
  #atUs = 0;

  constructor(limitM: number) {
    this.#limitM = limitM;
  }

  /** ≥ 1: they disagree. */
  part(altM: number, baroM: number, atUs: number): number {
    if (this.#offsetM === null) {
      this.#offsetM = altM - baroM;
      this.#beganM = baroM;
      this.#atUs = atUs;
      return 0;
    }
    const awayM = altM - baroM - this.#offsetM;
    const part = Math.abs(awayM) / (this.#limitM + BARO_PER_HEIGHT * Math.abs(baroM - this.#beganM));
    const s = Math.min(10, (atUs - this.#atUs) / 1e6);
    this.#atUs = atUs;
    if (part < 1) this.#offsetM += awayM * Math.min(1, s / BARO_SETTLE_S);
    return part;
  }

  reset(): void {
    this.#offsetM = null;
  }
}

export class Heights {
  readonly #doubts: Doubts;
  readonly #fused = new Against(BARO_FUSED_M);
  readonly #gps = new Against(BARO_GPS_M);
  #altitude: { readonly fusedM: number; readonly atUs: number } | null = null;
  #gpsAltitude: { readonly gpsM: number; readonly atUs: number } | null = null;

  constructor(doubts: Doubts) {
    this.#doubts = doubts;
  }

  fused(altM: number | null, atUs: number): void {
    if (altM !== null) this.#altitude = { fusedM: altM, atUs };
  }

  gps(altM: number | null, atUs: number): void {
    this.#gpsAltitude = altM === null ? null : { gpsM: altM, atUs };
  }

  pressure(hPa: number | null, atUs: number): void {
    if (hPa === null || hPa < 300 || hPa > 1_200) return;
    const baroM = pressureAltitudeM(hPa);
    const fused = this.#altitude;
    const gps = this.#gpsAltitude;
    const parts = [
      fused !== null && atUs - fused.atUs < TOGETHER_US ? this.#fused.part(fused.fusedM, baroM, atUs) : null,
      gps !== null && atUs - gps.atUs < TOGETHER_US ? this.#gps.part(gps.gpsM, baroM, atUs) : null,
    ].filter((part) => part !== null);
    if (parts.length === 0) return;
    const worst = Math.max(...parts);
    this.#doubts.look('altitude', worst >= 1 ? true : worst < LEAVE_PART ? false : null, atUs);
  }

  reset(): void {
    this.#fused.reset();
    this.#gps.reset();
    this.#altitude = null;
    this.#gpsAltitude = null;
  }
}
