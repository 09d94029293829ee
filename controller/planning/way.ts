/**
 * A way from one place to another around the zones: A* over the corners of what lies in between (a visibility graph,
 * looked at only where the search comes to). It begins with the straight line and knows no zone; what blocks the way found
 * is added, until nothing does. Bounded by corners and by lines looked at, never by a clock: the same question has the same
 * answer on every machine.
 */
import type { Point } from '@skein/protocol/fleet';
import { cornersOf } from './corners.ts';
import { apartM } from './plane.ts';
import { type Area, type Areas, blocking, covers, isFree, nearBox } from './zones.ts';

export interface WayLimits {
  readonly marginM: number;
  /** Cost of a metre in a slow zone follows from its speed and this. */
  readonly cruiseMps: number;
}

export type Way =
  | { readonly ok: true; readonly points: readonly Point[] }
  | { readonly ok: false; readonly words: string; readonly value: number | string; readonly limit: number | string };

export const MAX_CORNERS = 300;
export const MAX_LOOKS = 40_000;
const MAX_ROUNDS = 24;
/** A metre through a caution zone counts as so many. */
const CAUTION_COST = 1.5;
const STEP_M = 25;

export function findWay(from: Point, to: Point, areas: Areas, limits: WayLimits): Way {
  const around = new Set<Area>();
  // Soft zones between are gone round where that is cheaper.
  for (const soft of [...areas.slow, ...areas.caution]) {
    if (pieces(from, to, [soft]).some(({ inside }) => inside.length > 0)) around.add(soft);
  }
  let looks = 0;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const corners = [...around].flatMap((area) => cornersOf(area, limits.marginM, !areas.within.includes(area)));
    if (corners.length > MAX_CORNERS) {
      return no(`the zones in between have ${corners.length} corners`, corners.length, MAX_CORNERS);
    }
    const known = { ...areas, out: areas.out.filter((area) => around.has(area)), within: areas.within };
    const found = search([from, to, ...corners], known, limits, MAX_LOOKS - looks);
    looks += found.looks;
    if (found.points === null) {
      if (looks >= MAX_LOOKS) return no(`no way found after ${looks} lines looked at`, looks, MAX_LOOKS);
      // Inside a keep-in zone that bends, its own corners are turned at too.
      const within = areas.within.filter((area) => !around.has(area));
      if (within.length === 0)
        return no('there is no way around the zones in between', [...around].map(name).join(', '), 0);
      for (const area of within) around.add(area);
      continue;
    }
    const blocks = legsOf(found.points).map((leg) => blocking(leg, areas, limits.marginM));
    const more = blocks.filter((area) => area !== null && !around.has(area));
    if (more.length === 0) return { ok: true, points: found.points };
    for (const area of more) if (area !== null) around.add(area);
  }
  return no('too many zones in between', around.size, MAX_ROUNDS);
}

const no = (words: string, value: number | string, limit: number | string): Way => ({ ok: false, words, value, limit });
const name = ({ zone }: Area): string => zone.name;

export function legsOf(points: readonly Point[]): readonly { readonly a: Point; readonly b: Point }[] {
  return points.slice(1).flatMap((b, i) => {
    const a = points[i];
    return a === undefined ? [] : [{ a, b }];
  });
}

/** A* from the first node to the second. */
function search(
  nodes: readonly Point[],
  areas: Areas,
  limits: WayLimits,
  maxLooks: number,
): { readonly points: readonly Point[] | null; readonly looks: number } {
  const goal = nodes[1];
  const cost = new Float64Array(nodes.length).fill(Number.POSITIVE_INFINITY);
  const came = new Int32Array(nodes.length).fill(-1);
  const done = new Uint8Array(nodes.length);
  cost[0] = 0;
  let looks = 0;
  for (;;) {
    let at = -1;
    let best = Number.POSITIVE_INFINITY;
    for (const [i, node] of nodes.entries()) {
      if (done[i] === 1 || goal === undefined) continue;
      const whole = (cost[i] ?? 0) + apartM(node, goal);
      if (whole < best) {
        best = whole;
        at = i;
      }
    }
    const here = nodes[at];
    if (here === undefined) return { points: null, looks };
    if (at === 1) break;
    done[at] = 1;
    for (const [i, node] of nodes.entries()) {
      if (done[i] === 1) continue;
      const plain = (cost[at] ?? 0) + apartM(here, node);
      if (plain >= (cost[i] ?? 0)) continue;
      looks += 1;
      if (looks > maxLooks) return { points: null, looks };
      if (!isFree({ a: here, b: node }, areas, limits.marginM)) continue;
      const whole = (cost[at] ?? 0) + legCost(here, node, areas, limits);
      if (whole < (cost[i] ?? 0)) {
        cost[i] = whole;
        came[i] = at;
      }
    }
  }
  const points: Point[] = [];
  for (let at = 1; at >= 0; at = came[at] ?? -1) {
    const point = nodes[at];
    if (point !== undefined) points.unshift(point);
  }
  return { points, looks };
}

function legCost(a: Point, b: Point, areas: Areas, limits: WayLimits): number {
  const soft = [...areas.slow, ...areas.caution];
  if (soft.length === 0) return apartM(a, b);
  let cost = 0;
  for (const piece of pieces(a, b, soft)) {
    const factor = piece.inside.reduce((most, { zone }) => {
      const one = zone.kind === 'slow' ? limits.cruiseMps / (zone.speedMaxMps ?? limits.cruiseMps) : CAUTION_COST;
      return Math.max(most, one);
    }, 1);
    cost += apartM(piece.a, piece.b) * factor;
  }
  return cost;
}

export interface Piece {
  readonly a: Point;
  readonly b: Point;
  readonly inside: readonly Area[];
}

/** A leg cut where it enters and leaves soft zones, a step to the careful side. */
export function pieces(a: Point, b: Point, soft: readonly Area[]): readonly Piece[] {
  if (soft.length === 0) return [{ a, b, inside: [] }];
  const steps = Math.max(1, Math.min(1_000, Math.ceil(apartM(a, b) / STEP_M)));
  const at = (i: number): Point => ({ x: a.x + ((b.x - a.x) * i) / steps, y: a.y + ((b.y - a.y) * i) / steps });
  const near = soft.filter((area) => nearBox({ a, b }, area, 0));
  const result: Piece[] = [];
  for (let i = 0; i < steps; i += 1) {
    const [from, to] = [at(i), at(i + 1)];
    const inside = near.filter((area) => covers(area, from) || covers(area, to));
    const last = result.at(-1);
    const same = last?.inside.length === inside.length && inside.every((area) => last.inside.includes(area));
    if (last !== undefined && same) result[result.length - 1] = { ...last, b: to };
    else result.push({ a: from, b: to, inside });
  }
  return result;
}
