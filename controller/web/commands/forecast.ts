/**
 * What a command will do to *this* drone now, in words, before it is sent. The drone decides in the end; the page says
 * what it must expect by what it knows, and how old that knowledge is. Hold, return and land can always be sent.
 */
import { compassPoint, distance, fixed, latLon, withUnit } from '../format/numbers.ts';
import { ageExact } from '../format/times.ts';
import { RULES } from './rules.ts';
import { reachOf, type Situation } from './situation.ts';

export type SafeType = 'hold' | 'return' | 'land';
export const SAFE_TYPES: readonly SafeType[] = ['hold', 'return', 'land'];

export interface Forecast {
  /**
   * now: it acts at once; waits: queued, for the drone is away; pilot: it takes the aircraft from a pilot; refused: the
   * drone will say no.
   */
  readonly outcome: 'now' | 'waits' | 'pilot' | 'refused';
  /** What the aircraft does, one line. */
  readonly headline: string;
  /** What else must be known before saying yes. */
  readonly notes: readonly string[];
  /** Under the button, two or three words. */
  readonly short: string;
  /** On the button that sends. */
  readonly confirm: string;
}

const NAMES: Readonly<Record<SafeType, string>> = { hold: 'Hold', return: 'Return', land: 'Land' };
const NOT_LIVE = 'not live';
/** A position older than this is not "here". */
const PLACE_OLD_MS = 3_000;
const MOVING_MPS = 1;

export function forecast(type: SafeType, s: Situation): Forecast {
  const act = ACTS[type](s);
  const waits = waitingOf(type, s);
  const notes = [...control(type, s), ...release(type, s), ...act.notes, ...page(s)];
  const refused = act.refused ?? refusedByControl(type, s);
  if (refused !== null)
    return {
      outcome: 'refused',
      headline: `${s.pageLive ? '' : 'As last known: '}${act.refused === undefined ? `Refused: ${refused}` : act.headline}`,
      notes: waits === null ? notes : [waits.note, ...notes],
      short: s.pageLive ? refused : NOT_LIVE,
      confirm: `${NAMES[type]} all the same`,
    };
  const pilot = s.control === 'pilot';
  const told = { notes, headline: act.headline, short: pilot ? 'pilot flies' : act.short };
  const waiting = waits && {
    notes: [
      ...notes.slice(0, pilot ? 1 : 0),
      waits.note,
      `Then: ${lower(act.headline)}.`,
      ...notes.slice(pilot ? 1 : 0),
    ],
    headline: waits.headline,
    short: waits.short,
  };
  return {
    ...(waiting ?? told),
    outcome: pilot ? 'pilot' : waiting ? 'waits' : 'now',
    confirm: pilot ? `${NAMES[type]}, pilot or not` : `${NAMES[type]} ${s.id}`,
  };
}

interface Act {
  readonly headline: string;
  readonly short: string;
  readonly notes: readonly string[];
  /** Why the drone says no, if it must. */
  readonly refused?: string;
}

const ACTS: Readonly<Record<SafeType, (s: Situation) => Act>> = { hold, return: back, land };

function hold(s: Situation): Act {
  if (s.inAir === false) return { headline: 'It is on the ground: nothing changes', short: 'on ground', notes: [] };
  const notes = ['The payload stays as it is.'];
  if ((s.speedMps ?? 0) > MOVING_MPS)
    notes.unshift(`It flies at ${withUnit(s.speedMps, 'm/s', 0)} and needs some metres to stop.`);
  const height = heightWords(s);
  return { headline: height === null ? 'Hover where it is' : `Hover at ${height}`, short: height ?? 'hover', notes };
}

function back(s: Situation): Act {
  if (s.inAir === false)
    return { headline: 'It is on the ground already', short: 'on ground', notes: [], refused: 'on ground' };
  const charge = s.batteryPct === null ? [] : [`Battery ${withUnit(s.batteryPct, '%')} now.`];
  if (s.toHomeM === null)
    return {
      headline: 'Fly back and land at home',
      short: 'home',
      notes: ['Where home is has not been reported here; the autopilot has its own.', ...charge],
    };
  return {
    headline: `Fly ${distance(s.toHomeM)} back to home and land there`,
    short: distance(s.toHomeM),
    notes: ['It first climbs to the return height set in its autopilot, if it is lower.', ...charge],
  };
}

function land(s: Situation): Act {
  if (s.inAir === false)
    return { headline: 'It is on the ground already', short: 'on ground', notes: [], refused: 'on ground' };
  const height = heightWords(s);
  const here =
    s.place === null
      ? 'Where it is has not been reported: look at it before you land it.'
      : `Here is ${latLon(s.place.latDeg, s.place.lonDeg)}${fromHome(s)}${placeAge(s)}.`;
  return {
    headline: height === null ? 'Come straight down and land where it is' : `Come down ${height} and land right here`,
    short: 'right here',
    notes: [here, 'What lies below is not checked: look at the map.'],
  };
}

function heightWords(s: Situation): string | null {
  return s.heightM === null ? null : withUnit(s.heightM, 'm');
}

function fromHome(s: Situation): string {
  if (s.toHomeM === null || s.fromHomeDeg === null) return '';
  return `, ${distance(s.toHomeM)} ${compassPoint(s.fromHomeDeg)} of home`;
}

function placeAge(s: Situation): string {
  return s.placeAgeMs !== null && s.placeAgeMs > PLACE_OLD_MS ? `, as it was ${ageExact(s.placeAgeMs)} ago` : '';
}

/** What the drone says no to by who has control of it. */
function refusedByControl(type: SafeType, s: Situation): string | null {
  if (type === 'hold' && s.control === 'pilot') return 'a pilot flies';
  if (type === 'hold' && s.control === 'other') return 'a station flies';
  if (s.control !== 'failsafe' || type === 'land') return null;
  return type === 'hold' || isLanding(s) ? 'a failsafe acts' : null;
}

function isLanding(s: Situation): boolean {
  return s.mode === 'LAND' || s.mode === 'AUTO.LAND';
}

const FAILSAFE: Readonly<Record<SafeType, string>> = {
  hold: 'Software never undoes it, so hold is refused; land still goes.',
  return: 'Return goes unless the failsafe is landing it.',
  land: 'Land still goes.',
};

/** What becomes of a release under way. */
function release(type: SafeType, s: Situation): string[] {
  if (type === 'hold' || s.itinerary?.state !== 'releasing') return [];
  return [
    'A release is under way: this does not wait for it. A line that is out is reeled in on the way; Abort reels it in first.',
  ];
}

/** Who else flies. */
function control(type: SafeType, s: Situation): string[] {
  switch (s.control) {
    case 'pilot':
      return type === 'hold'
        ? ['A pilot is flying. Return and land still go; hold does not.']
        : ['A pilot is flying: this takes the aircraft out of their hands. Talk to them first.'];
    case 'failsafe':
      return [`The autopilot flies a failsafe. ${FAILSAFE[type]}`];
    case 'other':
      return [
        type === 'hold'
          ? 'Another ground station is in control. Return and land still go; hold does not.'
          : 'Another ground station is in control: it may send something else at once.',
      ];
    default:
      return [];
  }
}

/** A drone that is away: it waits, and not for ever. */
function waitingOf(type: SafeType, s: Situation): { headline: string; note: string; short: string } | null {
  const reach = reachOf(s);
  if (reach === 'now') return null;
  const lifetimeS = RULES[type].lifetimeS;
  if (reach === 'unknown') return unheard(s, lifetimeS);
  const what = reach === 'offline' ? 'offline' : s.freshness === 'never' ? 'not heard' : s.freshness;
  const seen = s.ageMs === null ? 'it was never seen' : `last seen ${ageExact(s.ageMs)} ago`;
  return {
    headline: `Queued ${fixed(lifetimeS)} s: drone is ${what}`,
    note:
      reach === 'offline'
        ? `${s.id} is not connected, ${seen}. It acts only if it comes back within ${fixed(lifetimeS)} s; after that nothing happens.`
        : `${s.id} is connected but ${seen}. Over a slow link it acts when this arrives, and not at all after ${fixed(lifetimeS)} s; if its autopilot has gone quiet it refuses.`,
    short: `queued ${fixed(lifetimeS)} s`,
  };
}

/** Nothing is known of it now, nor whether the controller takes the command. */
function unheard(s: Situation, lifetimeS: number): { headline: string; note: string; short: string } {
  const asOf = s.deafMs === null ? '' : `, ${ageExact(s.deafMs)} ago`;
  const was = s.online ? 'connected' : 'not connected';
  const seen = s.ageMs === null ? 'never seen' : `its newest sample is ${ageExact(s.ageMs)} old`;
  return {
    headline: 'This page is not live: whether it is there is not known',
    note: `When this page was live last${asOf}, ${s.id} was ${was}; ${seen}. It acts only if the controller takes this and reaches it within ${fixed(lifetimeS)} s.`,
    short: NOT_LIVE,
  };
}

function page(s: Situation): string[] {
  return s.pageLive ? [] : ['It may be doing something else by now.'];
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** The drones of a broadcast, by what becomes of it there. */
export interface Tally {
  readonly now: readonly string[];
  readonly waits: readonly string[];
  readonly refused: readonly string[];
  readonly pilot: readonly string[];
}

export function tally(type: SafeType, all: readonly Situation[]): Tally {
  const found: Record<Forecast['outcome'], string[]> = { now: [], waits: [], refused: [], pilot: [] };
  for (const s of all) found[forecast(type, s).outcome].push(s.id);
  return found;
}
