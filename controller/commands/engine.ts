/**
 * Runs the deliveries in memory: time, presences and answers go into the machine (delivery.ts, rollout.ts), events and
 * messages come out. A delivery is written down as sent before it is sent for the first time.
 */
import { isFinal, reasonCode } from '@skein/protocol/fleet';
import { Briefs } from './briefs.ts';
import { type Delivery, type Now, ruleOf } from './command.ts';
import { type Answer, type Circumstances, mark, onAnswer, onTime, readiness, settle } from './delivery.ts';
import { Entries, type Entry } from './entry.ts';
import { type Cause, deliveryEvent } from './events.ts';
import type { Brief, Clock, CommandCounter, CommandEvent, Contact, Count, FleetPort, Timers } from './ports.ts';
import { release } from './rollout.ts';
import { briefOf } from './view.ts';
import { wireCommand } from './wire.ts';
import type { WriteQueue } from './write-queue.ts';

export interface EngineOptions {
  readonly clock: Clock;
  readonly fleet: FleetPort;
  readonly timers: Timers;
  readonly queue: WriteQueue;
  readonly count: Count;
  /** To the drone's `down/command`. */
  readonly publish: (drone: string, message: string) => void;
  /** What the live view shows of this drone's commands. */
  readonly onBriefs: (drone: string, briefs: readonly Brief[]) => void;
  /** From the posting of a command to the first word of a drone, s. */
  readonly onFirstAnswer?: (seconds: number) => void;
}

/** Commands that are done and still held. */
const MAX_DONE = 1000;
/** How often those that wait for nothing but their drones are all looked at. */
const LOOK_US = 5e6;
/** How long hold, return and land wait for the store before they go all the same. */
export const SAFE_WAIT_MS = 500;

export class Engine {
  readonly #o: EngineOptions;
  readonly entries = new Entries(MAX_DONE);
  readonly #briefs = new Briefs();

  constructor(o: EngineOptions) {
    this.#o = o;
  }

  get now(): Now {
    return { utcUs: this.#o.clock.utcUs(), monoUs: this.#o.clock.monoUs() };
  }

  /** A command of an earlier run, or one that was posted now. */
  add(entry: Entry): void {
    this.entries.add(entry);
    for (const delivery of entry.deliveries.values()) this.show(entry, delivery);
  }

  show(entry: Pick<Entry, 'command'>, delivery: Parameters<typeof briefOf>[1]): void {
    const brief = briefOf(entry.command, delivery);
    if (brief) this.#o.onBriefs(delivery.drone, this.#briefs.set(delivery.drone, brief));
  }

  /** Resolves true once the events are durable, false after `waitMs` without. */
  async write(entry: Entry, events: readonly CommandEvent[], waitMs = Number.POSITIVE_INFINITY): Promise<boolean> {
    entry.unwritten += events.length;
    const written = this.#o.queue.write(events).then(() => {
      entry.unwritten -= events.length;
      entry.stored = true;
      return true;
    });
    if (waitMs === Number.POSITIVE_INFINITY) return written;
    let callOff: () => void = () => {};
    const late = new Promise<boolean>((resolve) => {
      callOff = this.#o.timers.after(waitMs, () => resolve(false));
    });
    return Promise.race([written, late]).finally(() => callOff());
  }

  /** Something came from this drone; `presence`: it has just said that it is there. */
  contact(drone: string, presence: boolean): void {
    const entries = this.entries.ofDrone(drone);
    if (entries.length === 0) return;
    const contact = this.#o.fleet.contact(drone);
    for (const entry of entries) {
      this.#time(entry, drone, contact, presence);
      const one = entry.deliveries.get(drone);
      if (one?.sentUtcUs === null && (entry.unpaced || presence))
        this.release(entry, entry.unpaced ? [one] : undefined);
    }
  }

  tick(): void {
    const now = this.now;
    for (const entry of [...this.entries.open()]) {
      for (const [drone, d] of entry.deliveries) {
        if (!isDue(d, entry, now)) continue;
        this.#time(entry, drone, d.sentUtcUs === null ? null : this.#o.fleet.contact(drone), false);
      }
      if (!entry.waiting || now.monoUs < entry.nextLookMonoUs) continue;
      // Nobody there waits for another's turn: each is let go by its own drone's next word.
      if (entry.unpaced) entry.nextLookMonoUs = now.monoUs + LOOK_US;
      this.release(entry);
    }
  }

  /** A word of the drone about one of its deliveries. */
  answer(entry: Entry, before: Delivery, answer: Answer): void {
    const now = this.now;
    const after = onAnswer(before, answer, now);
    if (after === before) {
      this.#o.count('oldAnswers');
      return;
    }
    this.#o.count('answers');
    if (before.answered === 0) this.#o.onFirstAnswer?.((now.utcUs - entry.command.issuedAtUtcUs) / 1e6);
    this.change(entry, before, after, 'answer');
    if (entry.command.type === 'cancel') this.#cancelAnswered(entry, after);
    if (entry.waiting) this.release(entry);
  }

  change(entry: Entry, before: Delivery, after: Delivery, cause: Cause): void {
    if (after === before) return;
    entry.set(after);
    const event = deliveryEvent(entry.command.id, before, after, { cause, utcUs: this.#o.clock.utcUs() });
    if (event) void this.write(entry, [event]);
    if (after.state === before.state && after.reason === before.reason) return;
    if (isFinal(after.state)) this.#o.count(after.state as CommandCounter);
    this.entries.changed(entry, after.drone);
    this.show(entry, after);
  }

  /** Lets go what may go now, and takes back what shall not any more. */
  release(entry: Entry, only?: readonly Delivery[]): void {
    if (!entry.stored && !ruleOf(entry.command.type).safe) return;
    const going = this.choose(entry, only);
    if (going.length === 0) return;
    const events: CommandEvent[] = [];
    for (const { before, after } of going) {
      const event = deliveryEvent(entry.command.id, before, after, { cause: 'rollout', utcUs: this.#o.clock.utcUs() });
      if (event) events.push(event);
    }
    const waitMs = ruleOf(entry.command.type).safe ? SAFE_WAIT_MS : Number.POSITIVE_INFINITY;
    void this.write(entry, events, waitMs).then(() =>
      this.go(
        entry,
        going.map((one) => one.after.drone),
      ),
    );
  }

  /** Marks those that may go; they are sent by `go` once that is written down. */
  choose(entry: Entry, only?: Iterable<Delivery>): { readonly before: Delivery; readonly after: Delivery }[] {
    const now = this.now;
    const circumstances = (drone: string) => this.#circumstances(entry, this.#o.fleet.contact(drone), now);
    const { go, refuse, stop, lastMonoUs } = release(entry.command, only ?? entry.deliveries.values(), {
      ...{ lastMonoUs: entry.lastReleaseMonoUs, nowMonoUs: now.monoUs },
      readiness: (d) => (now.monoUs >= entry.expiresMonoUs ? 'wait' : readiness(d, circumstances(d.drone))),
    });
    entry.lastReleaseMonoUs = lastMonoUs;
    for (const { delivery, reason } of refuse) {
      this.change(entry, delivery, settle(delivery, now, { state: 'rejected', reason }), 'rollout');
    }
    if (stop) this.#stop(entry, now);
    return go.map((before) => {
      const after = mark(before, circumstances(before.drone));
      entry.set(after);
      entry.marking.add(after.drone);
      return { before, after };
    });
  }

  /** Written down: off they go. */
  go(entry: Entry, drones: readonly string[]): void {
    for (const drone of drones) {
      entry.marking.delete(drone);
      this.#time(entry, drone, this.#o.fleet.contact(drone), false);
    }
  }

  #stop(entry: Entry, now: Now): void {
    for (const d of [...entry.deliveries.values()]) {
      if (isFinal(d.state) || d.sentUtcUs !== null) continue;
      this.change(entry, d, settle(d, now, { state: 'cancelled', reason: 'max-failures' }), 'max-failures');
    }
  }

  #time(entry: Entry, drone: string, contact: Contact | null, presence: boolean): void {
    const before = entry.deliveries.get(drone);
    if (before === undefined || entry.marking.has(drone)) return;
    const now = this.now;
    const { delivery, send } = onTime(before, this.#circumstances(entry, contact, now), presence);
    this.change(entry, before, delivery, presence ? 'presence' : 'time');
    if (send === null) return;
    const message = wireCommand(entry.command, delivery, send, { expiresMonoUs: entry.expiresMonoUs, now });
    this.#o.count(before.sends === 0 ? 'sent' : 'resent');
    this.#o.publish(drone, JSON.stringify(message));
  }

  /** The drone never had what is to be cancelled, and it is not sent any more: it cannot be acted on. */
  #cancelAnswered(cancel: Entry, answered: Delivery): void {
    if (answered.state !== 'rejected' || reasonCode(answered.reason ?? '') !== 'not-found') return;
    const original = this.entries.get(String(cancel.command.params.id));
    const before = original?.deliveries.get(answered.drone);
    if (original === undefined || before === undefined || isFinal(before.state)) return;
    const to = { state: 'cancelled', reason: 'cancelled', by: cancel.command.issuedBy } as const;
    this.change(original, before, settle(before, this.now, to), 'cancel');
  }

  #circumstances(entry: Entry, contact: Contact | null, now: Now): Circumstances {
    return { command: entry.command, expiresMonoUs: entry.expiresMonoUs, contact, now };
  }
}

/** Cheap: whether time alone may change something about it. */
function isDue(d: Delivery, entry: Entry, now: Now): boolean {
  if (isFinal(d.state) || entry.marking.has(d.drone)) return false;
  if (d.sends === 0 && now.monoUs >= entry.expiresMonoUs) return true;
  if (d.sentUtcUs === null) return false;
  return now.monoUs >= d.giveUpMonoUs || now.monoUs >= d.dueMonoUs;
}
