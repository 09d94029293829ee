/** What operators do with an itinerary that was given: assign it, take it back, settle a parcel. */
import { type Aircraft, type Itinerary, isUnderWay, unknownAircraft, validate } from '@skein/protocol/fleet';
import { type Answer, MAX_UNWRITTEN, NOT_STORED, type Refused, STORE_WAIT_MS, unknownItinerary } from './answers.ts';
import type { Engine } from './engine.ts';
import type { Entry } from './entry.ts';
import { askedEvent, type KeyUse } from './events.ts';
import type { Count, DronePort, ItineraryEvent, Settings, Settle, SettleEnd, Writing } from './ports.ts';
import {
  isOver,
  isSettling,
  isTakenBack,
  newStand,
  onAssignedAgain,
  onSettle,
  onSettleEnded,
  onTakeBack,
  type Parcel,
  type Stand,
} from './stand.ts';
import { itineraryView } from './view.ts';

export interface OrdersOptions {
  readonly engine: Engine;
  readonly drones: DronePort;
  readonly settings: Settings;
  readonly settle: Settle;
  readonly settleEnd: SettleEnd;
  readonly writing: Writing;
  readonly count: Count;
  readonly find: (id: string) => Promise<Entry | null>;
}

export class Orders {
  readonly #o: OrdersOptions;

  constructor(o: OrdersOptions) {
    this.#o = o;
  }

  /** The newest version to these drones: a stand for each, refused where a drone may not take it. */
  async assign(id: string, targets: readonly string[], by: string, key: KeyUse | null): Promise<Answer> {
    const record = await this.#o.find(id);
    const itinerary = record?.newest.about.itinerary ?? null;
    if (record === null || itinerary === null) return unknownItinerary(id);
    const stranger = targets.find((drone) => this.#o.drones.contact(drone) === null);
    if (stranger !== undefined) return { ok: false, code: 'unknown-drone', detail: `"${stranger}"` };
    if (this.#o.writing.depth > MAX_UNWRITTEN) return this.#notStored();
    const { utcUs } = this.#o.engine;
    const made: { readonly before: Stand | null; readonly after: Stand }[] = [];
    for (const drone of new Set(targets)) {
      const before = record.stand(drone, itinerary.version);
      const fresh = () => this.#standFor(record, itinerary, drone, by);
      const after = before === null ? fresh() : onAssignedAgain(before, fresh, by, utcUs);
      if (after === null) return overOn(drone, before);
      // An assigning of it is still being written: whatever comes of that, this one counts.
      const isPending = before === after && record.sending(after).marking && before.state === 'assigned';
      if (after !== before || isPending) made.push({ before, after: isPending ? { ...after } : after });
    }
    const events: ItineraryEvent[] = [askedEvent(id, 'assign', by, this.#o.engine.utcUs, key)];
    for (const { before, after } of made) {
      const event = this.#o.engine.change(record, before, after);
      if (event) events.push(event);
      this.#o.count(after.state === 'refused' ? 'refused' : 'assigned');
      Object.assign(record.sending(after), { sends: 0, dueMonoUs: 0, marking: true });
    }
    const written = await this.#o.engine.write(record, events, STORE_WAIT_MS);
    for (const { before, after } of made) {
      record.sending(after).marking = false;
      // It must not go out later, when the store comes back; unless it was taken back or assigned once more meanwhile.
      if (written || record.stand(after.drone, after.version) !== after) continue;
      const isNew = before === null || before.state === 'assigned' || isOver(before.state);
      const undone = isNew ? onTakeBack(after, 'controller', this.#o.engine.utcUs) : before;
      if (after.state !== 'refused') this.#o.engine.changed(record, after, undone);
    }
    if (!written) return this.#notStored();
    for (const { after } of made) this.#o.engine.contact(after.drone, true);
    return { ok: true, itinerary: itineraryView(record) };
  }

  #standFor(record: Entry, itinerary: Itinerary, drone: string, by: string): Stand {
    const { utcUs } = this.#o.engine;
    const { version } = itinerary;
    const refuse = (reason: string, more: Partial<Stand> = {}) =>
      newStand(drone, version, by, utcUs, { state: 'refused', reason, ...more });
    const newer = record.standsOf(drone).find((one) => one.version > version);
    if (newer) return refuse('outdated', { detail: { version: newer.version } });
    const other = this.#o.engine.otherUnderWay(drone, record.id);
    if (other) return refuse(`other-active: ${other.id}`);
    const aircraft: Aircraft = this.#o.drones.known(drone)?.aircraft ?? unknownAircraft('ardupilot');
    const { refusals, warnings } = validate(itinerary, this.#o.settings.limits, { ...aircraft, nowMs: utcUs / 1e3 });
    if (refusals.length > 0)
      return refuse(`bad-itinerary: ${refusals[0]?.words ?? ''}`.slice(0, 300), { refusals, warnings });
    return newStand(drone, version, by, utcUs, { warnings });
  }

  /** Taken back from these drones, or from all; what is under way is not: it is aborted first. */
  async cancel(id: string, targets: readonly string[] | null, by: string, key: KeyUse | null): Promise<Answer> {
    const record = await this.#o.find(id);
    if (record === null) return unknownItinerary(id);
    const underWay: string[] = [];
    const events: ItineraryEvent[] = [askedEvent(id, 'cancel', by, this.#o.engine.utcUs, key)];
    for (const stand of record.stands) {
      if (isOver(stand.state) || stand.takingBack !== null || targets?.includes(stand.drone) === false) continue;
      if (stand.state !== 'assigned' && isUnderWay(stand.state)) {
        underWay.push(stand.drone);
        continue;
      }
      const event = this.#o.engine.change(record, stand, onTakeBack(stand, by, this.#o.engine.utcUs));
      if (event) events.push(event);
      Object.assign(record.sending(stand), { sends: 0, dueMonoUs: 0 });
    }
    const written = await this.#o.engine.write(record, events, STORE_WAIT_MS);
    // Taking back is never held up: a message that comes twice takes back once.
    for (const { drone } of record.stands) this.#o.engine.contact(drone, true);
    return written ? { ok: true, itinerary: itineraryView(record), underWay } : this.#notStored();
  }

  /** An operator says what became of a parcel that the drone answers for. Said again it is sent to the drone again. */
  async settle(
    o: {
      readonly id: string;
      readonly drone: string;
      readonly item: number;
      readonly word: 'released' | 'aboard';
      readonly by: string;
    },
    key: KeyUse | null,
  ): Promise<Answer> {
    const { id, drone, item, word, by } = o;
    const record = await this.#o.find(id);
    if (record === null) return unknownItinerary(id);
    const stand = record.standsOf(drone).findLast((one) => one.parcels[item] !== undefined) ?? null;
    const parcel = stand?.parcels[item];
    if (stand === null || parcel === undefined) {
      return { ok: false, code: 'unknown-delivery', detail: `drone "${drone}" has said nothing of item ${item}` };
    }
    if (isSettling(parcel) && parcel.settled?.word !== word) {
      const { settled } = parcel;
      return {
        ok: false,
        code: 'not-unproved',
        detail: `${settled?.by} said "${settled?.word}", and the drone has not answered yet`,
      };
    }
    const again = parcel.settled?.word === word;
    // One that came home aboard is taken off by somebody: until they say so the drone answers for it and takes no other.
    const cameHome = isOver(stand.state) && parcel.state !== 'released' && parcel.state !== 'settled';
    if (parcel.state !== 'unproved' && !cameHome && !again) {
      return {
        ok: false,
        code: 'not-unproved',
        detail: `the parcel is ${parcel.state}${parcel.reason === null ? '' : ` (${parcel.reason})`}`,
      };
    }
    const told = await this.#o.settle({ drone, itinerary: id, item, released: word === 'released', by });
    if (told === null) return this.#notStored();
    // It may have said something of it meanwhile.
    const now = record.stand(drone, stand.version) ?? stand;
    const said = onSettle(now, now.parcels[item] ?? parcel, { word, by, ...told }, this.#o.engine.utcUs);
    const event = this.#o.engine.change(record, now, said);
    const events = [
      askedEvent(id, `settle ${drone} ${item} ${word}`, by, this.#o.engine.utcUs, key),
      ...(event ? [event] : []),
    ];
    if (!(await this.#o.engine.write(record, events, STORE_WAIT_MS))) return this.#notStored();
    // The drone may have been quicker than this was written down.
    await this.lookAtSettling(record).catch(() => {});
    return { ok: true, itinerary: itineraryView(record) };
  }

  /** Parcels whose settling has ended and nobody was there to hear it: before a start, or between two writes. */
  async lookAtSettling(record: Entry): Promise<void> {
    for (const { drone, parcels } of record.stands) {
      for (const parcel of Object.values(parcels)) {
        const command = parcel.settled?.command ?? null;
        if (command === null || !isSettling(parcel)) continue;
        const end = await this.#o.settleEnd(drone, command);
        if (end !== null) this.settleEnded(drone, command, end.refused);
      }
    }
  }

  /** A command of the type `settle` has ended on its drone: with its agreement, or this reason. */
  settleEnded(drone: string, command: string, refused: string | null): void {
    for (const record of this.#o.engine.records.ofDrone(drone)) {
      for (const stand of record.standsOf(drone)) {
        const isIt = ({ settled }: Parcel): boolean => settled?.command === command;
        const parcel = Object.values(stand.parcels).find(isIt);
        if (parcel === undefined || !isSettling(parcel)) continue;
        this.#o.engine.changed(record, stand, onSettleEnded(stand, parcel, refused, this.#o.engine.utcUs));
        this.#o.engine.contact(drone, true);
      }
    }
  }

  #notStored(): Refused {
    this.#o.count('notStored');
    return NOT_STORED;
  }
}

function overOn(drone: string, stand: Stand | null): Refused {
  const about = `version ${stand?.version} is ${stand?.state} on "${drone}"`;
  if (stand !== null && isTakenBack(stand)) {
    const detail = `${about}: give it under another id, and assign that`;
    return { ok: false, code: 'itinerary-taken-back', detail };
  }
  const detail = `${about}: give it under a higher version, and assign that`;
  return { ok: false, code: 'itinerary-over', detail };
}
