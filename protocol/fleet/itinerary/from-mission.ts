/**
 * A list of mission items, as other programs write it, read as items of an itinerary. Our own deliveries are found again
 * behind their gates; what an itinerary cannot express is refused, naming the item and its command.
 */
import { DEFAULT_WINCH_MPS, degE7 } from './compile.ts';
import { CMD, commandName, FRAME } from './mav.ts';
import type { Finding } from './refusal.ts';
import { type AltitudeFrame, type DeliverItem, type ItineraryItem, MAX_ITEMS, type Place } from './schema.ts';

/** One line of a file: what MISSION_ITEM_INT carries, in degrees. */
export interface FileItem {
  /** How the file counts it, for words and as the target of jumps. */
  readonly index: number;
  readonly command: number;
  readonly frame: number;
  /** param1 … param4; NaN where the file says nothing. */
  readonly params: readonly [number, number, number, number];
  readonly latDeg: number;
  readonly lonDeg: number;
  readonly altM: number;
}

export type FormatRefusal = Finding<'format'>;
export interface ReadItems {
  readonly items: readonly ItineraryItem[];
  readonly refusals: readonly FormatRefusal[];
  /** What was put in or left away, in words. */
  readonly notes: readonly string[];
}

/** More than an autopilot keeps. */
const MAX_FILE_ITEMS = 2_000;
const FRAMES: ReadonlyMap<number, AltitudeFrame> = new Map<number, AltitudeFrame>([
  [FRAME.GLOBAL, 'amsl'],
  [FRAME.GLOBAL_INT, 'amsl'],
  [FRAME.GLOBAL_RELATIVE_ALT, 'home'],
  [FRAME.GLOBAL_RELATIVE_ALT_INT, 'home'],
  [FRAME.GLOBAL_TERRAIN_ALT, 'terrain'],
  [FRAME.GLOBAL_TERRAIN_ALT_INT, 'terrain'],
]);
/** Why a command that pilots know well is not taken. */
const WHY: ReadonlyMap<number, string> = new Map<number, string>([
  [CMD.NAV_LOITER_UNLIM, 'it never ends: say how long (NAV_LOITER_TIME)'],
  [CMD.NAV_SPLINE_WAYPOINT, 'legs are straight, so that fences can be judged along them'],
  [CMD.DO_JUMP, 'a jump is made only by the gate of a delivery'],
  [CMD.NAV_DELAY, 'give the waypoint before it a hold'],
  [CMD.DO_GRIPPER, 'a parcel is released by a delivery only, behind its gate'],
  [CMD.DO_WINCH, 'a parcel is released by a delivery only, behind its gate'],
  [CMD.DO_SET_HOME, 'home stays where it takes off'],
]);

/** @param homeAmslM height of the planned home, for a take-off that counts from the sea; null: the file does not say */
export function itemsOfMission(file: readonly FileItem[], homeAmslM: number | null): ReadItems {
  const reader = new Reader(file.slice(0, MAX_FILE_ITEMS), homeAmslM);
  if (file.length > MAX_FILE_ITEMS) reader.refuse(null, `${file.length} items: more than ${MAX_FILE_ITEMS}`);
  reader.run();
  if (reader.items.length > MAX_ITEMS)
    reader.refuse(null, `${reader.items.length} items: a plan has at most ${MAX_ITEMS}`);
  return reader;
}

class Reader implements ReadItems {
  readonly items: ItineraryItem[] = [];
  readonly refusals: FormatRefusal[] = [];
  readonly notes: string[] = [];
  readonly #file: readonly FileItem[];
  readonly #homeAmslM: number | null;
  /** Asked for by DO_CHANGE_SPEED, for the next waypoint. */
  #speed: { readonly mps: number; readonly from: FileItem } | null = null;
  #last: { readonly altM: number; readonly frame: AltitudeFrame } | null = null;

  constructor(file: readonly FileItem[], homeAmslM: number | null) {
    this.#file = file;
    this.#homeAmslM = homeAmslM;
  }

  refuse(item: FileItem | null, words: string): void {
    const value = item === null ? null : commandName(item.command);
    const named = item === null ? words : `item ${item.index} (${value}): ${words}`;
    this.refusals.push({ item: item?.index ?? null, rule: 'format', value, limit: null, words: named });
  }

  run(): void {
    for (let at = 0; at < this.#file.length; ) at += this.#take(at);
    if (this.#speed !== null) this.refuse(this.#speed.from, 'no waypoint follows that the speed could belong to');
  }

  /** Reads what begins at a place of the file; answers how many lines that were. */
  #take(at: number): number {
    const item = this.#file[at];
    if (item === undefined) return 1;
    if (item.command === CMD.DO_CHANGE_SPEED) return this.#changeSpeed(item);
    if (this.#speed !== null && item.command !== CMD.NAV_WAYPOINT) {
      this.refuse(this.#speed.from, 'a speed belongs to a waypoint, and none follows it');
      this.#speed = null;
    }
    if (item.command === CMD.NAV_RETURN_TO_LAUNCH) this.items.push({ do: 'return' });
    else if (item.command === CMD.NAV_LAND) this.#land(item);
    else if (item.command === CMD.NAV_TAKEOFF) this.#takeOff(item);
    else if (item.command === CMD.NAV_WAYPOINT) return this.#delivery(at, item) ?? this.#waypoint(item);
    else if (item.command === CMD.NAV_LOITER_TIME) this.#loiter(item);
    else if (item.command === CMD.NAV_PAYLOAD_PLACE) this.#place(item);
    else this.refuse(item, WHY.get(item.command) ?? 'an itinerary has nothing like it');
    return 1;
  }

  #changeSpeed(item: FileItem): number {
    const [kind, mps] = item.params;
    if (kind > 1 || !(mps > 0)) this.refuse(item, 'only a ground speed above 0 can be said');
    else this.#speed = { mps, from: item };
    return 1;
  }

  #waypoint(item: FileItem): number {
    const where = this.#where(item);
    if (where === null) return 1;
    const [holdS] = item.params;
    this.#only(item, 'an acceptance radius', item.params[1]);
    this.#only(item, 'passing by at a distance', item.params[2]);
    this.#only(item, 'a heading', item.params[3]);
    this.items.push({
      ...{ do: 'waypoint', ...where },
      ...(this.#speed === null ? {} : { speedMps: this.#speed.mps }),
      ...(holdS > 0 ? { holdS } : {}),
    });
    this.#speed = null;
    return 1;
  }

  #loiter(item: FileItem): void {
    const where = this.#where(item);
    if (where !== null) this.items.push({ do: 'loiter', ...where, forS: Math.max(0, zero(item.params[0])) });
  }

  #land(item: FileItem): void {
    const place = placeOf(item);
    this.items.push({ do: 'land', ...(place ?? {}) });
  }

  #takeOff(item: FileItem): void {
    const frame = FRAMES.get(item.frame) ?? null;
    if (frame === 'amsl' && this.#homeAmslM === null) {
      this.refuse(item, 'its height counts from the sea, and the file does not say how high home lies');
    } else {
      this.items.push({ do: 'take-off', altM: frame === 'amsl' ? item.altM - (this.#homeAmslM ?? 0) : item.altM });
    }
  }

  /** A bare NAV_PAYLOAD_PLACE, as other programs write it: it flies there at the height it has. */
  #place(item: FileItem): void {
    const place = placeOf(item);
    const where = item.altM > 0 ? this.#where(item) : place && this.#last ? { ...place, ...this.#last } : null;
    if (where === null) {
      if (!(item.altM > 0)) this.refuse(item, 'neither it nor an item before it says place and height');
      return;
    }
    const [deep] = item.params;
    this.items.push({ do: 'deliver', ...where, how: 'place', ...(deep > 0 ? { maxDescentM: deep } : {}) });
    this.notes.push(`item ${item.index}: read as a delivery; it gets a gate before it`);
  }

  /** Approach, gate, jump to the last item, release: one of our own deliveries. Null: it is not. */
  #delivery(at: number, approach: FileItem): number | null {
    const [gate, jump, ...rest] = this.#file.slice(at + 1, at + 9);
    const end = this.#file.at(-1);
    if (gate?.command !== CMD.NAV_LOITER_TIME || jump?.command !== CMD.DO_JUMP || !samePlace(approach, gate))
      return null;
    if (jump.params[0] !== end?.index || !(jump.params[1] === -1 || jump.params[1] >= 1_000)) return null;
    const where = this.#where(approach);
    if (where === null) return null;
    const [gateS] = gate.params;
    const found = releaseOf({ do: 'deliver', ...where, gateS, how: 'place' }, approach, rest);
    if (found === null) {
      this.refuse(rest[0] ?? jump, 'behind a gate, but no release that Skein would write');
      return 3;
    }
    if (this.#speed !== null) this.refuse(this.#speed.from, 'a speed belongs to a waypoint, and a delivery follows it');
    this.#speed = null;
    this.items.push(found.item);
    return 3 + found.lines;
  }

  #where(item: FileItem): (Place & { altM: number; frame: AltitudeFrame }) | null {
    const frame = FRAMES.get(item.frame);
    const place = placeOf(item);
    if (frame === undefined) this.refuse(item, `frame ${item.frame}: heights count from home, the sea or the ground`);
    else if (place === null) this.refuse(item, 'it has no place');
    else if (!Number.isFinite(item.altM)) this.refuse(item, 'it has no height');
    else {
      this.#last = { altM: item.altM, frame };
      return { ...place, altM: item.altM, frame };
    }
    return null;
  }

  #only(item: FileItem, what: string, value: number): void {
    if (zero(value) !== 0) this.refuse(item, `${what} (${value}) cannot be said in an itinerary`);
  }
}

const zero = (value: number): number => (Number.isNaN(value) ? 0 : value);

function placeOf({ latDeg, lonDeg }: FileItem): Place | null {
  if (!Number.isFinite(latDeg) || !Number.isFinite(lonDeg) || (latDeg === 0 && lonDeg === 0)) return null;
  return { latDeg, lonDeg };
}

function samePlace(a: FileItem, b: FileItem): boolean {
  return degE7(a.latDeg) === degE7(b.latDeg) && degE7(a.lonDeg) === degE7(b.lonDeg) && near(a.altM, b.altM);
}

const near = (a: number, b: number): boolean => Math.abs(a - b) < 0.01;

/** What `releaseItems` would have made these lines of; the commands tell the method, the numbers the rest. */
function releaseOf(
  base: DeliverItem,
  approach: FileItem,
  lines: readonly FileItem[],
): { readonly item: DeliverItem; readonly lines: number } | null {
  const commands = lines.map(({ command }) => command);
  const begins = (...wanted: readonly number[]): boolean => wanted.every((command, i) => commands[i] === command);
  const climbs = (line: number): boolean => {
    const climb = lines[line];
    return climb !== undefined && samePlace(climb, approach);
  };
  const { NAV_WAYPOINT: WP, NAV_LAND: LAND, NAV_TAKEOFF: UP, NAV_DELAY: WAIT, DO_GRIPPER: GRIP, DO_WINCH: WINCH } = CMD;
  const first = lines[0];
  if (first === undefined) return null;
  const opens = lines[1]?.params[1] === 0;
  const hover = { releaseAltM: first.altM };
  if (begins(CMD.NAV_PAYLOAD_PLACE, WP) && climbs(1) && first.params[0] > 0) {
    const item: DeliverItem = { ...base, how: 'place', maxDescentM: first.params[0] };
    return { item, lines: 2 };
  }
  if (begins(LAND, GRIP, WAIT, UP, WP) && climbs(4) && opens) return { item: { ...base, how: 'gripper' }, lines: 5 };
  if (begins(WP, GRIP, WAIT, WP) && climbs(3) && opens) return { item: { ...base, how: 'drop', ...hover }, lines: 4 };
  if (begins(WP, WINCH, WAIT, WINCH, WAIT, WP) && climbs(5)) {
    const out = lines[1]?.params;
    const waitS = lines[2]?.params[0] ?? 0;
    // PX4 is not told the length: what is left of it is how long it waits.
    const line = out?.[1] === 1 ? out[2] : (waitS - 5) * DEFAULT_WINCH_MPS;
    return line > 0 ? { item: { ...base, how: 'winch', ...hover, lineM: line }, lines: 6 } : null;
  }
  return null;
}

/** Fields of a plan that a mission file has no place for, in words; empty: it keeps all. */
export function notInMission(items: readonly ItineraryItem[]): readonly string[] {
  const lost = new Set<string>();
  for (const item of items) {
    if (item.do !== 'deliver') continue;
    for (const key of ['parcel', 'minBatteryPct', 'notAfter', 'releaseOffline', 'shut'] as const) {
      if (item[key] !== undefined) lost.add(key);
    }
  }
  return [...lost].map((key) => `${key} of deliveries is not in the file: the format has no place for it`);
}
