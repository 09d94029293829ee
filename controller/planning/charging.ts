/**
 * How long charging takes: constant current to 80 %, then less and less, down to a tenth of the power at 100 % (constant
 * voltage; the shape of a CC/CV charger, as a straight line of power over charge). A tenth of the power is lost as heat.
 */
const TAPER_PCT = 80;
const TAPER_END = 0.1;
const EFFICIENCY = 0.9;

/** Seconds from one charge to another; 0 where it is there already, null where there is no charger. */
export function chargingS(fromPct: number, toPct: number, batteryWh: number, chargeW: number): number | null {
  const to = Math.min(100, toPct);
  if (fromPct >= to) return 0;
  if (chargeW <= 0 || toPct > 100) return null;
  const pctPerS = ((chargeW * EFFICIENCY) / 3600 / batteryWh) * 100;
  const plainS = Math.max(0, Math.min(TAPER_PCT, to) - fromPct) / pctPerS;
  return plainS + taperS(Math.max(TAPER_PCT, fromPct), Math.max(TAPER_PCT, to), pctPerS);
}

function taperS(fromPct: number, toPct: number, pctPerS: number): number {
  const slope = (1 - TAPER_END) / (100 - TAPER_PCT);
  const rate = (pct: number): number => pctPerS * (1 - slope * (pct - TAPER_PCT));
  return Math.log(rate(fromPct) / rate(toPct)) / (pctPerS * slope);
}

/** Charge after so long, %. */
export function chargedPct(fromPct: number, seconds: number, batteryWh: number, chargeW: number): number {
  if (chargeW <= 0 || seconds <= 0) return fromPct;
  const pctPerS = ((chargeW * EFFICIENCY) / 3600 / batteryWh) * 100;
  const plainS = Math.max(0, TAPER_PCT - fromPct) / pctPerS;
  if (seconds <= plainS) return fromPct + seconds * pctPerS;
  const slope = (1 - TAPER_END) / (100 - TAPER_PCT);
  const start = Math.max(TAPER_PCT, fromPct);
  const left = (1 - slope * (start - TAPER_PCT)) * Math.exp(-pctPerS * slope * (seconds - plainS));
  return Math.min(100, TAPER_PCT + (1 - left) / slope);
}
