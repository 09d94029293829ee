/**
 * A flight flown as its itinerary says, by nothing that planning uses: item by item, a place each second. How fast, how
 * late and how long at the gate is drawn within what the rules allow for; released or brought home.
 */
import type { Itinerary, Limits, Place } from '@skein/protocol/fleet';
import type { PlannedLeg, Rules } from '../ports.ts';

export interface Sample {
  readonly utcUs: number;
  readonly place: Place;
  readonly aboveHomeM: number;
}

export interface Luck {
  /** 0–1: when within the start's slack it lifts; how slow between early and late; how long it waits at the gate. */
  readonly start: number;
  readonly pace: number;
  readonly gate: number;
  readonly released: boolean;
}

const M_PER_DEG = 111_195;
export function metres(a: Place, b: Place): number {
  const dx = (b.lonDeg - a.lonDeg) * M_PER_DEG * Math.cos((a.latDeg * Math.PI) / 180);
  return Math.hypot(dx, (b.latDeg - a.latDeg) * M_PER_DEG);
}

export function flown(leg: PlannedLeg, limits: Limits, rules: Rules, luck: Luck): readonly Sample[] {
  const samples: Sample[] = [];
  const pace = 1 - rules.earlyPct / 100 + (luck.pace * (rules.earlyPct + rules.latePct)) / 100;
  let utcUs = leg.departUtcUs + luck.start * rules.startSlackS * 1e6;
  let place = leg.itinerary.base as Place;
  let heightM = 0;
  let speedMps = limits.cruiseMps;
  const add = (): number => samples.push({ utcUs, place, aboveHomeM: heightM });
  const over = (seconds: number, to: Place, toM: number): void => {
    const from = place;
    const fromM = heightM;
    const startUs = utcUs;
    const lastS = seconds * pace;
    for (let s = 1; s < lastS; s += 1) {
      const share = s / lastS;
      utcUs = startUs + s * 1e6;
      place = {
        latDeg: from.latDeg + (to.latDeg - from.latDeg) * share,
        lonDeg: from.lonDeg + (to.lonDeg - from.lonDeg) * share,
      };
      heightM = fromM + (toM - fromM) * share;
      add();
    }
    utcUs = startUs + lastS * 1e6;
    place = to;
    heightM = toM;
    add();
  };
  const rise = (toM: number): void =>
    over(toM > heightM ? (toM - heightM) / limits.climbMps : (heightM - toM) / limits.descendMps, place, toM);
  const go = (to: Place, toM: number): void => {
    over(metres(place, to) / speedMps, to, heightM);
    rise(toM);
  };

  add();
  for (const item of leg.itinerary.items) {
    if (item.do === 'take-off') rise(item.altM);
    if (item.do === 'waypoint') {
      speedMps = item.speedMps ?? speedMps;
      go(item, item.altM);
    }
    if (item.do === 'deliver') {
      go(item, item.altM);
      const waitedS = luck.released ? luck.gate * rules.gateS : rules.gateS;
      over(waitedS / pace, place, heightM);
      if (luck.released) {
        rise(item.releaseAltM ?? 0);
        if (item.how === 'winch') over(2 * (((item.releaseAltM ?? 0) + 1) / 0.5 + 5), place, heightM);
        rise(item.altM);
      } else if (item.shut !== 'along') {
        const end = leg.itinerary.items.at(-1);
        if (end?.do === 'land') go({ latDeg: end.latDeg ?? 0, lonDeg: end.lonDeg ?? 0 }, heightM);
        break;
      }
    }
    if (item.do === 'land') go({ latDeg: item.latDeg ?? 0, lonDeg: item.lonDeg ?? 0 }, heightM);
  }
  rise(0);
  return samples;
}

/** The legs of an itinerary as it is flown, every 5 m along each: place, height. */
export function wayOf(itinerary: Itinerary): readonly { readonly place: Place; readonly heightM: number }[] {
  const points: { readonly place: Place; readonly heightM: number }[] = [];
  let place = itinerary.base as Place;
  let heightM = 0;
  for (const item of itinerary.items) {
    if (item.do === 'take-off') heightM = item.altM;
    if (!('latDeg' in item) || item.latDeg === undefined || item.lonDeg === undefined) continue;
    const to: Place = { latDeg: item.latDeg, lonDeg: item.lonDeg };
    const count = Math.max(1, Math.ceil(metres(place, to) / 5));
    for (let i = 0; i <= count; i += 1) {
      const share = i / count;
      points.push({
        place: {
          latDeg: place.latDeg + (to.latDeg - place.latDeg) * share,
          lonDeg: place.lonDeg + (to.lonDeg - place.lonDeg) * share,
        },
        heightM,
      });
    }
    place = to;
    if ('altM' in item) heightM = item.altM;
  }
  return points;
}
