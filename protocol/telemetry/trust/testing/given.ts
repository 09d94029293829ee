/** A drone in a test that says itself what is told of it. */
import type { Sample } from '../../kinds.ts';
import { sample } from '../../sampler.ts';
import { movedBy } from '../geo.ts';
import { PositionTrust } from '../trust.ts';

export const BASE = { latDeg: 47.4, lonDeg: 8.5 };

/** A drone that flies north at 10 m/s, told of at 5 Hz; each call says what is different now. */
export function given() {
  const trust = new PositionTrust();
  const now = { s: 100, bootS: 50, north: 0, east: 0, mps: 10, altM: 500 };
  const at = (bootMs: number | null = null) => ({ monoUs: Math.round(now.s * 1e6), bootMs });
  const position = (o: { latDeg?: number | null; lonDeg?: number | null; bootMs?: number } = {}): void => {
    const place = { ...movedBy(BASE, now.north, now.east), ...o };
    const stamp = at(o.bootMs ?? Math.round(now.bootS * 1e3));
    const { latDeg, lonDeg } = place;
    trust.take(sample('position', stamp, { latDeg, lonDeg, altAmslM: now.altM, altRelM: 0, headingDeg: 0 }));
    trust.take(sample('velocity', stamp, { northMps: now.mps, eastMps: 0, downMps: 0 }));
  };
  const gps = (o: Partial<Sample<'gps'>['values']> = {}): void =>
    trust.take(
      sample('gps', at(), {
        ...{ instance: 0, fix: '3d', satellites: 12, hdop: 0.8, vdop: 1.2, altAmslM: now.altM, courseDeg: 0 },
        ...{ horizontalAccM: 1, verticalAccM: 2, speedAccMps: 0.2, groundSpeedMps: now.mps },
        ...movedBy(BASE, now.north, now.east),
        ...o,
      }),
    );
  const status = (armed: boolean, landed: 'on-ground' | 'in-air'): void => {
    const rest = { mode: 'AUTO', customMode: 3, baseMode: 0, system: 'active', vehicleType: 2, autopilot: 3 } as const;
    trust.take(sample('status', at(), { armed, landed, sysid: 1, ...rest }));
  };
  const step = (): void => {
    now.s += 0.2;
    now.bootS += 0.2;
    now.north += now.mps * 0.2;
  };
  /** Seconds of flight; `each` replaces what is told. */
  const fly = (seconds: number, each: (i: number) => void = () => position()): void => {
    for (let i = 0; i < seconds * 5; i++) {
      step();
      each(i);
      if (i % 5 === 0) gps();
    }
  };
  const said = () => trust.at(Math.round(now.s * 1e6));
  return { trust, now, position, gps, status, fly, step, said };
}
