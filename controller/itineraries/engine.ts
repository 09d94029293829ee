/**
 * What is in memory of itineraries, and the way to the drones: every change is an event; nothing leaves before it is
 * written down that it leaves; it is sent on each presence and with back-off until the drone has said something of it.
 */
import { type ItineraryMessage, isUnderWay, reason, reasonWords } from '@skein/protocol/fleet';
import { formatUtc } from '@skein/protocol/time';
import { Entries } from './entries.ts';
import type { Entry } from './entry.ts';
import { standEvent } from './events.ts';
import type {
  Clock,
  Count,
  DeliveryBrief,
  DronePort,
  ItineraryBrief,
  ItineraryEvent,
  Settings,
  Writing,
} from './ports.ts';
import { isOver, isOwed, isSettling, pauseUs, type Stand } from './stand.ts';
import { deliveryBrief, itineraryBrief } from './view.ts';

export interface EngineOptions {
  readonly clock: Clock;
  readonly count: Count;
  readonly drones: DronePort;
  readonly settings: Settings;
  readonly writing: Writing;
  readonly publish: (drone: string, message: string) => void;
  readonly onBriefs: (drone: string, itinerary: ItineraryBrief, delivery: DeliveryBrief | null) => void;
}

const isSettlingOne = ({ parcels }: Stand): boolean => Object.values(parcels).some(isSettling);

/** Never sent, or to be sent again and waiting (the reason). What is on its way the drone itself decides by. */
const isHeldBack = (one: Stand): boolean =>
  isOwed(one) && one.takingBack === null && one.state === 'assigned' && (one.sentUtcUs === null || one.reason !== null);

/** Itineraries kept in memory of which nothing is open. */
const MAX_DONE = 500;
/** A presence just after a sending calls for no second one. */
const PRESENCE_QUIET_US = 500_000;

export class Engine {
  readonly records = new Entries(MAX_DONE);
  readonly #o: EngineOptions;
  /** The stand that each drone's entry shows. */
  readonly #shown = new Map<string, { readonly id: string; readonly version: number }>();

  constructor(o: EngineOptions) {
    this.#o = o;
  }

  get utcUs(): number {
    return this.#o.clock.utcUs();
  }

  /** Resolves true once the events are durable, false after `waitMs` without. */
  async write(record: Entry, events: readonly ItineraryEvent[], waitMs: number): Promise<boolean> {
    record.unwritten += events.length;
    const written = this.#o.writing.write(events).then(() => {
      record.unwritten -= events.length;
      return true;
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      if (Number.isFinite(waitMs)) timer = setTimeout(() => resolve(false), waitMs);
    });
    return Promise.race([written, late]).finally(() => clearTimeout(timer));
  }

  /** Takes a change into memory; the event that writes it down, null when nothing changed. */
  change(record: Entry, before: Stand | null, after: Stand): ItineraryEvent | null {
    if (before === after) return null;
    record.set(after);
    this.records.put(record);
    this.show(record, after);
    return standEvent(record.id, before, after, this.utcUs);
  }

  /** As `change`, written down by the way. */
  changed(record: Entry, before: Stand | null, after: Stand): void {
    const event = this.change(record, before, after);
    if (event) void this.write(record, [event], Number.POSITIVE_INFINITY);
  }

  /** What is under way is shown; else what changed last. */
  show(record: Entry, stand: Stand): void {
    const shown = this.#shown.get(stand.drone);
    const held = shown === undefined ? null : (this.records.get(shown.id)?.stand(stand.drone, shown.version) ?? null);
    const same = shown?.id === record.id && shown.version === stand.version;
    const flying = stand.state !== 'assigned' && isUnderWay(stand.state);
    if (held !== null && !same && !flying && held.state !== 'assigned' && isUnderWay(held.state)) return;
    this.#shown.set(stand.drone, { id: record.id, version: stand.version });
    const plan = record.plan(stand.version);
    this.#o.onBriefs(stand.drone, itineraryBrief(record.id, stand, plan), deliveryBrief(record.id, stand, plan));
  }

  /** A presence came (`presence`), or another sign of life. */
  contact(drone: string, presence: boolean): void {
    for (const record of this.records.ofDrone(drone)) {
      for (const stand of record.standsOf(drone)) this.#look(record, stand, presence);
    }
  }

  tick(): void {
    for (const record of [...this.records.open()]) {
      for (const stand of record.stands) if (isOwed(stand)) this.#look(record, stand, false);
    }
  }

  /** Sends what is owed to this drone, if it is time. */
  #look(record: Entry, stand: Stand, presence: boolean): void {
    if (!isOwed(stand)) return;
    const sending = record.sending(stand);
    const nowUs = this.#o.clock.monoUs();
    const quiet = sending.sends > 0 && nowUs - (sending.dueMonoUs - pauseUs(sending.sends)) < PRESENCE_QUIET_US;
    if (sending.marking || (nowUs < sending.dueMonoUs && (!presence || quiet))) return;
    const session = this.#o.drones.contact(stand.drone)?.session ?? null;
    if (session === null || this.#waits(record, stand)) return;
    const now = record.stand(stand.drone, stand.version) ?? stand;
    if (now.sentUtcUs !== null) {
      this.send(record, now, session);
      return;
    }
    sending.marking = true;
    const event = this.change(record, now, { ...now, sentUtcUs: this.utcUs });
    void this.write(record, event === null ? [] : [event], Number.POSITIVE_INFINITY).then(() => {
      sending.marking = false;
      const written = record.stand(stand.drone, stand.version);
      if (written) this.#look(record, written, true);
    });
  }

  /**
   * Not yet: a newer version is to be told first, which replaces this one, also where this one is taken back (else the drone
   * would refuse the newer one); or the drone answers for a parcel that is being settled, and would refuse another delivery
   * for good. Why is said.
   */
  #waits(record: Entry, stand: Stand): boolean {
    const { drone, version } = stand;
    const isNewer = (one: Stand): boolean => one.version > version && one.takingBack === null;
    if (record.standsOf(drone).some((one) => isNewer(one) && isOwed(one))) return true;
    if (stand.takingBack !== null) return false;
    if (record.plan(version)?.about.itinerary?.items.some((item) => item.do === 'deliver') !== true) return false;
    const settling = this.records.ofDrone(drone).find((one) => one.standsOf(drone).some(isSettlingOne));
    const reason = settling === undefined ? null : `still-aboard: a parcel of ${settling.id} is being settled`;
    // Why it was forgotten stays until something else is to be said.
    const said = stand.reason?.startsWith('forgotten') === true ? (reason ?? stand.reason) : reason;
    if (stand.state === 'assigned' && stand.reason !== said) this.changed(record, stand, { ...stand, reason: said });
    return settling !== undefined;
  }

  send(record: Entry, stand: Stand, session: string): void {
    const sending = record.sending(stand);
    const itinerary = record.plan(stand.version)?.about.itinerary ?? null;
    if (itinerary === null && stand.takingBack === null) return;
    sending.sends++;
    sending.dueMonoUs = this.#o.clock.monoUs() + pauseUs(sending.sends);
    const message: ItineraryMessage = {
      ...{ session, id: record.id, version: stand.version, limits: { ...this.#o.settings.limits } },
      itinerary: stand.takingBack === null ? itinerary : null,
      issuedBy: stand.takingBack ?? stand.issuedBy,
      sentAt: formatUtc(this.utcUs),
      ...(stand.givenUtcUs > 0 ? { givenAt: formatUtc(stand.givenUtcUs) } : {}),
    };
    this.#o.count('sent');
    this.#o.publish(stand.drone, JSON.stringify(message));
  }

  /** What it has is not what an operator gave it last, which has not left here. A reason, or null. */
  againstStart(drone: string): string | null {
    for (const record of this.records.ofDrone(drone)) {
      const held = record.standsOf(drone).find(isHeldBack);
      if (held === undefined) continue;
      const why = held.reason === null ? '' : `: ${reasonWords(held.reason)}`;
      return reason('not-verified', `${record.id} version ${held.version} was given to it since, and waits${why}`);
    }
    return null;
  }

  /** Another itinerary that this drone is under way with. */
  otherUnderWay(drone: string, id: string): Entry | null {
    const other = this.records
      .ofDrone(drone)
      .find(
        (one) =>
          one.id !== id &&
          one.standsOf(drone).some(({ state }) => state !== 'assigned' && !isOver(state) && isUnderWay(state)),
      );
    return other ?? null;
  }
}
