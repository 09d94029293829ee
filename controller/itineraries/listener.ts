/**
 * What drones say of itineraries and parcels: to the stand it is about, which may have to be read from the store first, or,
 * when nobody here has assigned it, into a record of its own.
 */
import { reason } from '@skein/protocol/fleet';
import type { Engine } from './engine.ts';
import { Entry } from './entry.ts';
import { givenEvent } from './events.ts';
import type { Count, ItineraryEvent, Said } from './ports.ts';
import { isOver, isTaken, newStand, onParcelWord, onReplaced, onWord, type Stand } from './stand.ts';
import { readParcelWord, readWord } from './words.ts';

/** Words waiting for their itinerary to be read. */
const MAX_LOADING = 256;
/** Words about an unknown itinerary that are written down, of one drone. */
const MAX_UNTARGETED_PER_HOUR = 100;
const HOUR_US = 3600e6;

export interface ListenerOptions {
  readonly engine: Engine;
  readonly clock: { monoUs(): number };
  readonly find: (id: string) => Promise<Entry | null>;
  readonly count: Count;
  readonly onAlert: (drone: string, data: Particulars) => void;
  readonly onProblem: (message: string, detail: Particulars) => void;
}
type Particulars = Readonly<{ [key: string]: unknown }>;

interface Heard {
  readonly itinerary: string;
  readonly version: number;
  readonly apply: (stand: Stand, utcUs: number) => Stand;
}

export class Listener {
  readonly #o: ListenerOptions;
  readonly #untargeted = new Map<string, number>();
  #untargetedSinceUs = 0;
  #loading = 0;

  constructor(o: ListenerOptions) {
    this.#o = o;
  }

  take(drone: string, said: Said): void {
    const heard = read(said);
    if (heard === null) {
      this.#o.count('badAnswers');
      return;
    }
    const record = this.#o.engine.records.get(heard.itinerary);
    if (record) {
      this.#give(record, drone, heard);
      return;
    }
    if (this.#loading >= MAX_LOADING) {
      this.#o.count('answersDropped');
      return;
    }
    this.#loading++;
    void this.#o
      .find(heard.itinerary)
      .then((found) => this.#give(found, drone, heard))
      .catch((error: unknown) => {
        this.#o.count('answersDropped');
        this.#o.onProblem('the itinerary a drone speaks of could not be read', { drone, reason: String(error) });
      })
      .finally(() => {
        this.#loading--;
      });
  }

  #give(found: Entry | null, drone: string, heard: Heard): void {
    const { engine, count } = this.#o;
    const record = engine.records.get(heard.itinerary) ?? found;
    const stand = record?.stand(drone, heard.version) ?? null;
    if (record === null || stand === null) {
      this.#alone(record, drone, heard);
      return;
    }
    const after = heard.apply(stand, engine.utcUs);
    const news = after.steps !== stand.steps || after.parcels !== stand.parcels;
    count(news ? 'answers' : 'oldAnswers');
    engine.changed(record, stand, after);
    if (isTaken(after)) this.#endOlder(record, after);
    this.#alertUnproved(record, stand, after);
    // It may answer for a parcel less: what waited for that goes.
    if (after.parcels !== stand.parcels) engine.contact(drone, true);
  }

  /** Another controller gave it, a copied card holds it, or our database was restored from a backup. */
  #alone(found: Entry | null, drone: string, heard: Heard): void {
    const { engine, count, onAlert } = this.#o;
    count('untargeted');
    if (!this.#mayRecord(drone)) {
      count('untargetedDropped');
      return;
    }
    const { itinerary: id, version } = heard;
    const { utcUs } = engine;
    const about = { itinerary: null, issuedBy: 'unknown', source: 'drone', warnings: [], notes: [] };
    const events: ItineraryEvent[] = [];
    const record = found ?? new Entry(id, { version, atUtcUs: utcUs, about });
    if (found === null) events.push(givenEvent(id, version, about, utcUs, null));
    const blank = newStand(drone, version, 'unknown', utcUs, { untargeted: true, sentUtcUs: utcUs, heard: true });
    const made = heard.apply({ ...blank, steps: [] }, utcUs);
    const event = engine.change(record, null, made);
    if (isTaken(made)) this.#endOlder(record, made);
    void engine.write(record, event === null ? events : [...events, event], Number.POSITIVE_INFINITY);
    onAlert(drone, { code: 'untargeted-itinerary', itinerary: id, version, state: made.state, reason: made.reason });
  }

  /** What was to be taken back of older versions: the drone has only the newer one. */
  #endOlder(record: Entry, { drone, version }: Stand): void {
    const { engine } = this.#o;
    for (const older of record.standsOf(drone)) {
      if (older.version >= version || older.takingBack === null || isOver(older.state)) continue;
      engine.changed(record, older, onReplaced(older, reason('newer', `version ${version}`), engine.utcUs));
    }
  }

  #alertUnproved(record: Entry, before: Stand, after: Stand): void {
    for (const [item, { state, reason }] of Object.entries(after.parcels)) {
      if (state !== 'unproved' || before.parcels[item]?.state === 'unproved') continue;
      this.#o.count('unproved');
      this.#o.onAlert(after.drone, {
        code: 'parcel-unproved',
        itinerary: record.id,
        version: after.version,
        item: Number(item),
        reason,
      });
    }
  }

  #mayRecord(drone: string): boolean {
    const nowUs = this.#o.clock.monoUs();
    if (nowUs - this.#untargetedSinceUs > HOUR_US) {
      this.#untargeted.clear();
      this.#untargetedSinceUs = nowUs;
    }
    const count = (this.#untargeted.get(drone) ?? 0) + 1;
    this.#untargeted.set(drone, count);
    return count <= MAX_UNTARGETED_PER_HOUR;
  }
}

function read({ kind, values }: Said): Heard | null {
  if (kind === 'itinerary') {
    const found = readWord(values);
    return found && { ...found, apply: (stand, utcUs) => onWord(stand, found.word, utcUs) };
  }
  const found = readParcelWord(values);
  return found && { ...found, apply: (stand, utcUs) => onParcelWord(stand, found.word, utcUs) };
}
