/**
 * One flight as a report shows it, gathered from samples in memory that does not grow with it. Samples of one kind come in
 * order of time; kinds may come one after the other (the controller reads them so) or mixed (a recording).
 */
import type { KindName, Values } from '../telemetry/index.ts';
import { Curve, type CurvePoint } from './curve.ts';
import { type EnergyTotal, EnergyUse } from './energy.ts';
import { type Happening, Happenings, importanceOf } from './happenings.ts';
import { type Band, Lane } from './lane.ts';
import { atItem, failed, phrase } from './phrases.ts';
import { Distance, isPlace, type Place, type TrackPoint, Way } from './way.ts';

/** What a report looks at: all else need not be read. */
export const REPORT_COLUMNS = {
  position: ['latDeg', 'lonDeg', 'altRelM'],
  air: ['groundSpeedMps'],
  battery: ['instance', 'voltageV', 'remainingPct', 'consumedMah', 'consumedJ'],
  status: ['armed', 'mode', 'system', 'landed'],
  home: ['latDeg', 'lonDeg'],
  link: ['open', 'inBytesPerS'],
  text: ['severity', 'text', 'repeats'],
  control: ['state', 'commander', 'why'],
  answer: ['command', 'type', 'state', 'reason'],
  itinerary: ['itinerary', 'version', 'state', 'reason', 'item'],
  delivery: ['itinerary', 'item', 'state', 'reason'],
  ladder: ['rung'],
  trust: ['state', 'reason'],
} as const satisfies { readonly [K in KindName]?: readonly (keyof Values<K>)[] };
export type ReportKind = keyof typeof REPORT_COLUMNS;
export const REPORT_KINDS = Object.keys(REPORT_COLUMNS) as readonly ReportKind[];

export type Seen = {
  [K in ReportKind]: { readonly kind: K; readonly utcUs: number; readonly values: Partial<Values<K>> };
}[ReportKind];

/** Heartbeats come each second: nothing for longer, and something is missing, µs. */
export const SILENCE_US = 5e6;
/** Nothing heard in the air for longer, and it may have been on the ground: another flight. */
export const ONE_FLIGHT_US = 120e6;
/** The agent says who has control at each change and each minute. */
const CONTROL_HOLDS_US = 75e6;

export interface Span {
  readonly fromUtcUs: number;
  readonly toUtcUs: number;
}

export interface Lanes {
  readonly control: readonly Band[];
  readonly mode: readonly Band[];
  readonly failsafe: readonly Band[];
}

export interface Flight {
  /** First and last word of the autopilot; null: there was none. */
  readonly span: Span | null;
  /** In the air, by the landed state where there is one, else while armed. */
  readonly air: readonly Band[];
  readonly airS: number;
  readonly metres: number | null;
  readonly jumps: number;
  readonly highestM: number | null;
  readonly fastestMps: number | null;
  readonly used: { readonly mAh: number; readonly wh: number | null } | null;
  readonly track: readonly (readonly TrackPoint[])[];
  readonly home: Place | null;
  readonly curves: Readonly<Record<'height' | 'speed' | 'charge' | 'volts' | 'link', readonly CurvePoint[]>>;
  /** Curves are broken where points are farther apart. */
  readonly apartUs: number;
  readonly lanes: Lanes;
  readonly happenings: readonly Happening[];
  readonly leftOut: number;
  /** Nothing was heard. */
  readonly silences: readonly Span[];
}

const MAX_SILENCES = 200;

export class FlightRecord {
  readonly #silenceUs: number;
  readonly #trackUs: number;
  readonly #flight: Span | null;
  readonly #way = new Way();
  readonly #distance = new Distance();
  readonly #energy = new EnergyUse();
  readonly #happenings = new Happenings();
  readonly #curves = {
    height: new Curve(),
    speed: new Curve(),
    charge: new Curve(),
    volts: new Curve(),
    link: new Curve(),
  };
  readonly #lanes: { readonly control: Lane; readonly mode: Lane; readonly failsafe: Lane; readonly air: Lane };
  readonly #silences: Span[] = [];
  #home: Place | null = null;
  #energyBefore: EnergyTotal | undefined;
  #highestM: number | null = null;
  #fastestMps: number | null = null;
  #firstUs: number | null = null;
  #lastUs: number | null = null;
  #before: {
    mode: string | null;
    armed: boolean | null;
    control: string | null;
    rung: string | null;
    trust: string | null;
  } = {
    ...{ mode: null, armed: null, control: null, rung: null, trust: null },
  };
  #saysLanded = false;

  /**
   * Samples that were thinned out lie farther apart than `SILENCE_US`: those of the status, and those of the track. `flight`:
   * way, height, speed and energy are of that time alone; what was before and after is only drawn.
   */
  constructor({
    silenceUs = SILENCE_US,
    trackUs = silenceUs,
    flight = null,
  }: { readonly silenceUs?: number; readonly trackUs?: number; readonly flight?: Span | null } = {}) {
    this.#flight = flight;
    this.#silenceUs = silenceUs;
    this.#trackUs = trackUs;
    const lane = () => new Lane(silenceUs);
    this.#lanes = { control: new Lane(CONTROL_HOLDS_US), mode: lane(), failsafe: lane(), air: lane() };
  }

  take({ kind, utcUs, values }: Seen): void {
    const say = this.#happenings;
    switch (kind) {
      case 'position':
        this.#position(utcUs, values);
        break;
      case 'air':
        this.#curves.speed.add(utcUs, values.groundSpeedMps);
        if (this.#counts(utcUs)) this.#fastestMps = greater(this.#fastestMps, values.groundSpeedMps);
        break;
      case 'battery':
        if (utcUs <= (this.#flight?.toUtcUs ?? utcUs)) this.#energy.take(values);
        if (utcUs <= (this.#flight?.fromUtcUs ?? 0)) this.#energyBefore = this.#energy.total;
        if ((values.instance ?? 0) !== 0) break;
        this.#curves.charge.add(utcUs, values.remainingPct);
        this.#curves.volts.add(utcUs, values.voltageV);
        break;
      case 'status':
        this.#status(utcUs, values);
        break;
      case 'home':
        if (isPlace(values)) this.#home = { latDeg: values.latDeg ?? 0, lonDeg: values.lonDeg ?? 0 };
        break;
      case 'link':
        this.#curves.link.add(utcUs, values.open === false ? 0 : values.inBytesPerS);
        break;
      case 'text': {
        const again = (values.repeats ?? 0) > 0 ? ` (and ${values.repeats} times again)` : '';
        say.add(utcUs, 'autopilot', `${values.text ?? ''}${again}`, importanceOf(values.severity));
        break;
      }
      case 'control':
        this.#control(utcUs, values);
        break;
      case 'answer':
        say.add(
          utcUs,
          'command',
          phrase(values.type, values.state, values.reason),
          failed(values.state),
          values.command ?? '',
        );
        break;
      case 'itinerary':
        say.add(
          utcUs,
          'itinerary',
          phrase(`${values.itinerary} version ${values.version}:`, atItem(values), values.reason),
        );
        break;
      case 'delivery':
        say.add(
          ...([
            utcUs,
            'delivery',
            phrase(`${values.itinerary} item ${values.item}:`, values.state, values.reason),
          ] as const),
          values.state === 'unproved' || values.state === 'not-released' ? 'attention' : 'plain',
        );
        break;
      case 'ladder':
        if (values.rung === this.#before.rung) break;
        if (values.rung !== 'none' || this.#before.rung !== null)
          say.add(
            utcUs,
            'link loss',
            `the agent: ${values.rung ?? 'unknown'}`,
            values.rung === 'none' ? 'plain' : 'attention',
          );
        this.#before.rung = values.rung ?? null;
        break;
      case 'trust':
        if (values.state === this.#before.trust) break;
        if (values.state !== 'trusted' || this.#before.trust !== null)
          say.add(
            utcUs,
            'position',
            phrase('position', values.state, values.reason),
            values.state === 'trusted' ? 'plain' : 'attention',
          );
        this.#before.trust = values.state ?? null;
        break;
    }
  }

  #counts(utcUs: number): boolean {
    return this.#flight === null || (utcUs >= this.#flight.fromUtcUs && utcUs <= this.#flight.toUtcUs);
  }

  #position(utcUs: number, values: Partial<Values<'position'>>): void {
    this.#curves.height.add(utcUs, values.altRelM);
    const counts = this.#counts(utcUs);
    if (counts) this.#highestM = greater(this.#highestM, values.altRelM);
    if (!isPlace(values)) return;
    const point = { utcUs, latDeg: values.latDeg ?? 0, lonDeg: values.lonDeg ?? 0 };
    this.#way.add(point);
    if (counts) this.#distance.add(point);
  }

  #status(utcUs: number, { armed = null, mode = null, system, landed = null }: Partial<Values<'status'>>): void {
    this.#firstUs ??= utcUs;
    if (this.#lastUs !== null && utcUs - this.#lastUs > this.#silenceUs && this.#silences.length < MAX_SILENCES) {
      this.#silences.push({ fromUtcUs: this.#lastUs, toUtcUs: utcUs });
    }
    this.#lastUs = Math.max(this.#lastUs ?? utcUs, utcUs);
    if (mode !== null) this.#lanes.mode.say(utcUs, mode);
    const critical = armed === true && (system === 'critical' || system === 'emergency');
    this.#lanes.failsafe.say(utcUs, critical ? 'failsafe' : '');
    this.#saysLanded ||= landed !== null && landed !== 'unknown';
    const inAir = this.#saysLanded ? landed !== 'on-ground' && armed === true : armed === true;
    this.#lanes.air.say(utcUs, inAir ? 'air' : '');
    const before = this.#before;
    if (before.mode !== null && mode !== null && mode !== before.mode) {
      this.#happenings.add(utcUs, 'mode', `${before.mode} → ${mode}`);
    }
    if (armed !== null && armed !== before.armed && (before.armed !== null || armed)) {
      this.#happenings.add(utcUs, 'motors', armed ? 'armed' : 'disarmed');
    }
    if (mode !== null) before.mode = mode;
    if (armed !== null) before.armed = armed;
  }

  #control(utcUs: number, { state, commander, why }: Partial<Values<'control'>>): void {
    if (state === null || state === undefined) return;
    this.#lanes.control.say(utcUs, state);
    if (state === this.#before.control) return;
    const by = typeof commander === 'string' && commander !== '' ? `, in command: ${commander}` : '';
    const words = `${state}${typeof why === 'string' && why !== '' ? ` (${why})` : ''}${by}`;
    this.#happenings.add(utcUs, 'control', words, state === 'skein' ? 'plain' : 'attention');
    this.#before.control = state;
  }

  finish(): Flight {
    const span =
      this.#firstUs === null || this.#lastUs === null ? null : { fromUtcUs: this.#firstUs, toUtcUs: this.#lastUs };
    const endUs = span?.toUtcUs ?? 0;
    const { control, mode, failsafe, air } = this.#lanes;
    const inAir = air.bands(endUs).filter(({ state }) => state === 'air');
    const curves = this.#curves;
    return {
      span,
      air: inAir,
      airS: inAir.reduce((sum, { fromUtcUs, toUtcUs }) => sum + (toUtcUs - fromUtcUs) / 1e6, 0),
      ...{
        metres: this.#distance.metres,
        jumps: this.#distance.jumps,
        highestM: this.#highestM,
        fastestMps: this.#fastestMps,
      },
      used: this.#energy.used(this.#energyBefore),
      track: this.#way.lines(this.#trackUs),
      home: this.#home,
      curves: {
        ...{ height: curves.height.points(), speed: curves.speed.points(), charge: curves.charge.points() },
        ...{ volts: curves.volts.points(), link: curves.link.points() },
      },
      apartUs: Math.max(this.#trackUs, ...Object.values(curves).map(({ widthUs }) => 3 * widthUs)),
      lanes: {
        ...{ control: control.bands(endUs), mode: mode.bands(endUs) },
        failsafe: failsafe.bands(endUs).filter(({ state }) => state !== ''),
      },
      happenings: this.#happenings.inOrder(),
      leftOut: this.#happenings.leftOut + control.leftOut + mode.leftOut + failsafe.leftOut,
      silences: this.#silences,
    };
  }
}

const greater = (before: number | null, value: number | null | undefined): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? Math.max(before ?? value, value) : before;
