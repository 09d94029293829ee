/**
 * What a leg takes at the least that a careful person would count, from its itinerary alone: written beside the model so that
 * a mistake in the one is not made in the other.
 */
import type { Place } from '@skein/protocol/fleet';
import type { Candidate, PlannedLeg, Weather, World } from '../ports.ts';
import { metres } from './flown.ts';

export function needPct(
  leg: PlannedLeg,
  payloadKg: number,
  drone: Candidate,
  weather: Weather | null,
  world: World,
): number {
  const { limits, rules } = world;
  const heavier = ((drone.airframe.emptyKg + payloadKg) / drone.airframe.emptyKg) ** 1.5;
  const { calibration } = drone;
  const margin =
    calibration === null
      ? rules.energyMarginPct / 100
      : Math.max(rules.energyMarginPct / 200, calibration.energySpread);
  const factor = (calibration?.energyRatio ?? 1) * (1 + margin);
  let joules = 0;
  let place = leg.itinerary.base as Place;
  let heightM = 0;
  let speedMps = limits.cruiseMps;
  const vertical = (toM: number): void => {
    const [metresUp, metresDown] = [Math.max(0, toM - heightM), Math.max(0, heightM - toM)];
    joules +=
      ((metresUp / limits.climbMps) * limits.climbW + (metresDown / limits.descendMps) * limits.hoverW) * heavier;
    heightM = toM;
  };
  const fly = (to: Place): void => {
    const length = metres(place, to);
    // Induced three quarters of cruise, the rest the air's resistance.
    const watts = limits.cruiseW * (0.75 * heavier + 0.25);
    joules += length === 0 ? 0 : (length / overGround(place, to, length)) * watts;
    place = to;
  };
  const overGround = (from: Place, to: Place, length: number): number => {
    if (weather === null) return speedMps;
    const north = ((to.latDeg - from.latDeg) * 111_195) / length;
    const east = ((to.lonDeg - from.lonDeg) * 111_195 * Math.cos((from.latDeg * Math.PI) / 180)) / length;
    const rad = (weather.windFromDeg * Math.PI) / 180;
    const head = weather.windMps * (north * Math.cos(rad) + east * Math.sin(rad));
    const cross2 = Math.max(0, weather.windMps ** 2 - head ** 2);
    return Math.min(speedMps, Math.sqrt(Math.max(1, limits.airspeedMaxMps ** 2 - cross2)) - head - rules.windErrorMps);
  };
  for (const item of leg.itinerary.items) {
    if (item.do === 'take-off') vertical(item.altM);
    if (item.do === 'waypoint') {
      speedMps = item.speedMps ?? speedMps;
      fly(item);
      vertical(item.altM);
    }
    if (item.do === 'deliver') {
      fly(item);
      joules += rules.gateS * limits.hoverW * heavier;
      const above = heightM;
      vertical(item.how === 'place' ? 0 : (item.releaseAltM ?? 0));
      vertical(above);
    }
    if (item.do === 'land') fly({ latDeg: item.latDeg ?? 0, lonDeg: item.lonDeg ?? 0 });
  }
  vertical(0);
  const cold = Math.max(0, 20 - (weather?.temperatureC ?? 20)) * 0.01;
  const wh = (drone.airframe.batteryWh ?? 0) * (1 - cold);
  return ((joules / 3600) * factor * 100) / wh;
}
