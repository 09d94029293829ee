/**
 * The air that a flight may be in, and when: along its phases, from the earliest that it can be there to the latest. That
 * widens with the time since the start; a gate may be passed at once or hold all its time, a parcel may be released or not,
 * and where a gate that stays shut leads straight home, that way is kept too.
 */
import type { Phase, Place, Point } from '@skein/protocol/fleet';
import type { Flown } from './energy.ts';
import { apartM, type Plane } from './plane.ts';
import type { Calibration, Rules, TubePart } from './ports.ts';

/** A part of the tube in seconds since the start. */
export interface Span {
  readonly from: Place;
  readonly to: Place;
  readonly lowM: number;
  readonly highM: number;
  readonly fromS: number;
  readonly toS: number;
  readonly what: TubePart['what'];
}

/** Long legs are kept in pieces, each only while the flight may be there. */
const PIECE_M = 250;
/** The ground of a landing or a drop-off may lie so much lower than the base: no terrain is known. */
const GROUND_BELOW_M = 100;

export interface GateBack {
  readonly from: Place;
  readonly to: Place;
  readonly heightM: number;
}

export function spansOf(
  flown: Flown,
  plane: Plane,
  gateBack: GateBack | null,
  rules: Rules,
  calibration: Calibration | null,
): readonly Span[] {
  const slower = Math.max(1, calibration?.timeRatio ?? 1) * (1 + rules.latePct / 100 + (calibration?.timeSpread ?? 0));
  const faster =
    Math.min(1, calibration?.timeRatio ?? 1) * Math.max(0, 1 - rules.earlyPct / 100 - (calibration?.timeSpread ?? 0));
  const spans: Span[] = [];
  let earlyS = 0;
  let lateS = rules.startSlackS;
  let isBack = false;
  for (const [i, phase] of flown.worst.entries()) {
    const quickS = phase.of === 'way' ? (flown.best[i]?.timeS ?? 0) * faster : 0;
    const slowS = phase.timeS * slower;
    const what = whatOf(phase, isBack, i === flown.worst.length - 1);
    spans.push(...along(phase, what, plane, { earlyS, quickS, lateS, slowS }));
    if (phase.of === 'gate' && gateBack !== null) {
      spans.push(...straightBack(gateBack, plane, earlyS, lateS + slowS, phase, { faster, slower, flown }));
    }
    if (phase.of === 'gate') isBack = true;
    earlyS += quickS;
    lateS += slowS;
  }
  return spans;
}

function whatOf({ of, does, from, to }: Phase, isBack: boolean, isLast: boolean): TubePart['what'] {
  if (of !== 'way') return of;
  if (isLast && does === 'hover') return 'descend';
  if (isBack) return 'back';
  return does === 'cruise' || from !== to ? 'out' : 'climb';
}

interface Times {
  readonly earlyS: number;
  readonly quickS: number;
  readonly lateS: number;
  readonly slowS: number;
}

function along(phase: Phase, what: TubePart['what'], plane: Plane, times: Times): readonly Span[] {
  const { from, to } = phase;
  if (from === null || to === null) return [];
  const { lowM, highM } = heights(phase);
  const [a, b] = [plane.of(from), plane.of(to)];
  const count = Math.max(1, Math.ceil(apartM(a, b) / PIECE_M));
  return Array.from({ length: count }, (_, i) => ({
    ...{ from: between(a, b, i / count, plane), to: between(a, b, (i + 1) / count, plane), lowM, highM, what },
    fromS: times.earlyS + (times.quickS * i) / count,
    toS: times.lateS + (times.slowS * (i + 1)) / count,
  }));
}

function heights({ fromM, toM, of, does }: Phase): { readonly lowM: number; readonly highM: number } {
  const low = Math.min(fromM ?? 0, toM ?? 0);
  const lands = does === 'hover' && (toM ?? 0) < (fromM ?? 0) && low <= 0;
  const releases = of === 'release' && low <= 0;
  return { lowM: lands || releases ? low - GROUND_BELOW_M : low, highM: Math.max(fromM ?? 0, toM ?? 0) };
}

function between(a: Point, b: Point, share: number, plane: Plane): Place {
  return plane.place({ x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share });
}

/** From a gate that did not open straight to the landing, and down there. */
function straightBack(
  way: GateBack,
  plane: Plane,
  earlyS: number,
  lateS: number,
  gate: Phase,
  o: { readonly faster: number; readonly slower: number; readonly flown: Flown },
): readonly Span[] {
  const lengthM = apartM(plane.of(way.from), plane.of(way.to));
  const cruises = o.flown.worst.filter(({ does }) => does === 'cruise');
  const slowestMps = cruises.reduce((least, { groundMps }) => Math.min(least, groundMps), Number.POSITIVE_INFINITY);
  const fastestMps = o.flown.best.reduce((most, { groundMps }) => Math.max(most, groundMps), 1);
  const down = o.flown.worst.at(-1);
  const downMps =
    down === undefined || down.timeS === 0 ? 1 : Math.abs((down.fromM ?? 0) - (down.toM ?? 0)) / down.timeS;
  const flat = { ...gate, from: way.from, to: way.to, fromM: way.heightM, toM: way.heightM };
  const quickS = (lengthM / fastestMps) * o.faster;
  const slowS = (lengthM / slowestMps) * o.slower;
  const fall = { ...gate, does: 'hover' as const, from: way.to, to: way.to, fromM: way.heightM, toM: 0 };
  const fallS = (way.heightM / downMps) * o.slower;
  return [
    ...along(flat, 'gate-back', plane, { earlyS, quickS, lateS, slowS }),
    ...along(fall, 'gate-back', plane, { earlyS: earlyS + quickS, quickS: 0, lateS: lateS + slowS, slowS: fallS }),
  ];
}

/** The tube of a start at that time. */
export function tubeAt(spans: readonly Span[], departUtcUs: number): readonly TubePart[] {
  return spans.map(({ from, to, lowM, highM, fromS, toS, what }) => ({
    ...{ from, to, lowM, highM, what },
    fromUtcUs: departUtcUs + Math.floor(fromS * 1e6),
    toUtcUs: departUtcUs + Math.ceil(toS * 1e6),
  }));
}
