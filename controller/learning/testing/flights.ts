/** A flight by hand, a sample a second: up, out, a hover, back, down; what it draws is the model's times a truth, told by its meters. */
import type { Asked, Power, Telemetry } from '../measure.ts';

export interface Truth {
  /** Drawn ÷ modelled. */
  readonly factor: number;
  readonly noise: number;
  readonly seed: number;
  readonly payloadKg: number;
  readonly lengthS: number;
  /** What the current sensor shows of it; what the counter counts of that. */
  readonly sensor: number;
  readonly counterFactor: number;
  /** Percents are counted by the sensor as well. */
  readonly pctBySensor: boolean;
  readonly blind: boolean;
  readonly swapped: boolean;
  readonly rebootsAtS: number;
  readonly pctRisesAtS: number;
  readonly disarmsAtS: number;
  readonly missingFromS: number;
  readonly missingToS: number;
  readonly cutAtS: number;
}

const NEVER = Number.POSITIVE_INFINITY;
const PLAIN: Truth = {
  ...{ factor: 1, noise: 0, seed: 1, payloadKg: 1, lengthS: 300, sensor: 1, counterFactor: 1, pctBySensor: false },
  ...{ blind: false, swapped: false, rebootsAtS: NEVER, pctRisesAtS: NEVER, disarmsAtS: NEVER },
  ...{ missingFromS: NEVER, missingToS: NEVER, cutAtS: NEVER },
};
export const LEAVES_US = 1_790_000_000_000_000;
const EMPTY_KG = 6;
const BATTERY_WH = 200;
const BEFORE_S = 20;
const CRUISE_MPS = 10;
/** W without a parcel. */
const WATTS = { hover: 700, climb: 850, cruise: 550 };

export const power: Power = ({ does }, mass) => WATTS[does] * mass ** 1.5;

export function asked(truth: Partial<Truth>): Asked {
  const { payloadKg, lengthS } = { ...PLAIN, ...truth };
  return {
    ...{ fromUtcUs: LEAVES_US - 60e6, toUtcUs: LEAVES_US + (lengthS + 60) * 1e6, batteryWh: BATTERY_WH },
    releasedUtcUs: LEAVES_US + (lengthS / 2) * 1e6,
    loadedMass: (EMPTY_KG + payloadKg) / EMPTY_KG,
    power,
  };
}

export function flight(given: Partial<Truth>): { readonly telemetry: Telemetry } {
  const truth = { ...PLAIN, ...given };
  const { lengthS } = truth;
  const telemetry: { [K in 'status' | 'air' | 'battery']: Telemetry[K][number][] } = {
    status: [],
    air: [],
    battery: [],
  };
  let seed = truth.seed;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647 - 0.5;
  };
  for (let i = 0; i < 5; i++) random();
  const wobble = 1 + truth.noise * 2 * random();
  let [drawnJ, countedMah, countedJ] = [0, 0, 0];
  for (let s = -BEFORE_S; s <= Math.min(lengthS + BEFORE_S, truth.cutAtS); s++) {
    if (s >= truth.missingFromS && s <= truth.missingToS) continue;
    const atUtcUs = LEAVES_US + s * 1e6;
    const isUp = s >= 0 && s < lengthS;
    const climbMps = isUp && s < 15 ? 3 : s > lengthS - 20 && isUp ? -2 : 0;
    const isHover = Math.abs(s - lengthS / 2) < 15 || climbMps !== 0 || !isUp;
    const groundSpeedMps = isHover ? 0 : CRUISE_MPS;
    const mass = s < lengthS / 2 ? (EMPTY_KG + truth.payloadKg) / EMPTY_KG : 1;
    const does = climbMps > 0 ? 'climb' : isHover ? 'hover' : 'cruise';
    const watts = isUp ? power({ does, airMps: groundSpeedMps }, mass) * truth.factor * wobble : 0;
    const voltageV = truth.swapped && s > lengthS / 2 ? 27 : 25.2 - (drawnJ / 3600 / BATTERY_WH) * 4;
    const currentA = (watts / voltageV) * truth.sensor;
    drawnJ += watts;
    countedMah += (currentA / 3.6) * truth.counterFactor;
    countedJ += watts * truth.sensor;
    const hasRebooted = s >= truth.rebootsAtS;
    if (s === truth.rebootsAtS) [countedMah, countedJ] = [0, 0];
    const usedPct = ((truth.pctBySensor ? countedJ : drawnJ) / 3600 / BATTERY_WH) * 100;
    const shownPct = hasRebooted ? 100 : Math.round(95 - usedPct + (s >= truth.pctRisesAtS ? 20 : 0));
    const isArmed = s >= -2 && s <= lengthS + 1 && s !== truth.disarmsAtS;
    telemetry.status.push({ atUtcUs, armed: isArmed });
    telemetry.air.push({ atUtcUs, groundSpeedMps, airSpeedMps: null, climbMps });
    telemetry.battery.push({
      ...{ atUtcUs, voltageV, currentA: truth.blind ? null : currentA, remainingPct: truth.blind ? null : shownPct },
      ...{ consumedMah: truth.blind ? null : countedMah, consumedJ: truth.blind ? null : countedJ },
    });
  }
  return { telemetry };
}
