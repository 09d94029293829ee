/**
 * Itineraries on this drone: received, prepared, flown, and what became of the parcels. The parts of this folder meet here;
 * what they decide by is pure and stands beside them.
 *
 *   down/itinerary ─▶ reception ─▶ preparing (verified) ─▶ orders (start …) ─▶ flying, delivering ─▶ over
 *                                   every change ─▶ records ─▶ book on the disk, samples out
 */
import { type Itinerary, type ItineraryMessage, reason } from '@skein/protocol/fleet';
import type { Sample } from '@skein/protocol/telemetry';
import { custodyOf, inCustody, isOver } from './book.ts';
import { BookFile } from './book-file.ts';
import { Flying } from './flying.ts';
import { Orders } from './orders.ts';
import type { ItineraryPorts } from './ports.ts';
import { Preparing } from './preparing.ts';
import { receive } from './reception.ts';
import { Records } from './records.ts';

export interface ItinerariesOptions {
  readonly ports: ItineraryPorts;
  readonly path: string;
  readonly session: string;
  /** This agent never ran here before: no book is no loss. */
  readonly firstStart: boolean;
  readonly onSample: (sample: Sample) => void;
  readonly onEvent: (event: string, words: string) => void;
  /** Something that presence tells has changed. */
  readonly onChange: () => void;
  readonly onProblem: (message: string | null) => void;
  /** In place of a write that the disk has confirmed. */
  readonly write?: (path: string, text: string) => Promise<void>;
  /** In place of the file's text. */
  readonly read?: (path: string) => Promise<string>;
  /** In place of the event loop's timers; what it returns calls it off. */
  readonly after?: (ms: number, run: () => void) => () => void;
}

export interface ItineraryStatus {
  readonly current: {
    readonly id: string;
    readonly version: number;
    readonly state: string;
    readonly reason: string;
    readonly item: number | null;
    readonly items: number;
    readonly verified: boolean;
  } | null;
  readonly custody: string;
  readonly parcels: readonly {
    readonly itinerary: string;
    readonly item: number;
    readonly name: string | null;
    readonly state: string;
    readonly reason: string;
  }[];
  readonly problem: string | null;
  readonly counters: Readonly<Record<'received' | 'otherSession' | 'refused' | 'voided' | 'notKept', number>>;
}

export class Itineraries {
  readonly #o: ItinerariesOptions;
  readonly #file: BookFile;
  readonly #records: Records;
  readonly #preparing: Preparing;
  readonly #flying: Flying;
  readonly orders: Orders;
  readonly #counters = { received: 0, otherSession: 0, refused: 0, voided: 0, notKept: 0 };
  #told = '';
  /** While another was on its way to the disk: it holds for what was there before as well. */
  #voidedMeanwhile: readonly { readonly why: string; readonly foreign: boolean }[] = [];
  #started = false;

  constructor(o: ItinerariesOptions) {
    this.#o = o;
    this.#file = new BookFile(o);
    this.#records = new Records({
      file: this.#file,
      nowUs: o.ports.nowUs,
      onSample: o.onSample,
      onEvent: o.onEvent,
    });
    this.#preparing = new Preparing(o.ports, this.#records);
    this.#flying = new Flying(o.ports, this.#records, this.#preparing);
    this.orders = new Orders(o.ports, this.#records, this.#preparing, this.#flying);
  }

  /** Resolves when what an earlier start left is known. */
  async start(): Promise<void> {
    await this.#file.start();
    this.#started = true;
    const { current, book } = this.#records;
    if (book.custodyLost !== null) {
      this.#o.onEvent('custody-unknown', `whether a parcel is aboard is not known: ${book.custodyLost}`);
    }
    this.#records.repeatParcels();
    if (current === null) return;
    // The power went between its last word and its being put away.
    if (isOver(current.stand.state)) {
      this.#records.close(current.stand.state === 'cancelled');
      return;
    }
    this.#preparing.restarted();
  }

  /** `down/itinerary`, its schema checked. */
  receive(message: ItineraryMessage): void {
    if (!this.#started) return;
    if (message.session !== this.#o.session) {
      this.#counters.otherSession++;
      return;
    }
    this.#counters.received++;
    // It comes again.
    if (this.#records.isTaking) return;
    const answer = receive(this.#records.book, message);
    switch (answer.do) {
      case 'repeat':
        this.#records.given(message, false);
        this.#records.repeat(answer.stand);
        break;
      case 'again':
        this.#preparing.begin();
        this.#records.given(message, true);
        // Given again: what a stranger wrote is written over now, also by a later start.
        if (answer.stand.state === 'void') this.#records.stand({ state: 'received', reason: '' });
        else this.#records.repeat(answer.stand);
        break;
      case 'answer':
        if (answer.stand.state === 'refused') this.#counters.refused++;
        this.#records.repeat(answer.stand);
        if (answer.remember !== null) this.#records.remember(answer.remember);
        break;
      case 'cancel':
        this.orders.cancel(reason('taken-back', message.issuedBy));
        break;
      case 'take':
        if (message.itinerary === null) break;
        void this.#take(message, message.itinerary);
        break;
    }
  }

  async #take(message: ItineraryMessage, itinerary: Itinerary): Promise<void> {
    this.#voidedMeanwhile = [];
    this.#preparing.begin();
    if (await this.#records.take(message, itinerary)) return;
    this.#counters.notKept++;
    for (const voided of this.#voidedMeanwhile) this.#preparing.void(voided.why, voided);
  }

  /** Somebody else wrote, or the autopilot holds another list, or it restarted. `why` is a reason. */
  void(why: string, o: { readonly foreign: boolean }): void {
    this.#counters.voided++;
    if (this.#records.isTaking)
      this.#voidedMeanwhile = [...this.#voidedMeanwhile, { why, foreign: o.foreign }].slice(-2);
    this.#preparing.void(why, o);
  }

  /** Current of the battery. */
  take(sample: Sample): void {
    if (sample.kind === 'battery' && (sample.values.instance ?? 0) === 0) {
      this.#flying.delivering.current(sample.values.currentA, sample.monoUs);
    }
  }

  winch(reading: { readonly lineM: number; readonly tension: number | null }): void {
    this.#flying.delivering.winch(reading);
  }

  gripper(state: 'open' | 'closed' | null): void {
    this.#flying.delivering.gripper = { told: state, atUs: this.#o.ports.nowUs() };
  }

  text(words: string): void {
    this.#flying.delivering.text(words);
  }

  /** True once the disk has all that was said; false when it refuses, or after 2 s. */
  kept(): Promise<boolean> {
    return this.#records.kept();
  }

  /** Call every 100 ms. */
  tick(): void {
    if (!this.#started) return;
    if (this.#flying.isUnderWay) this.#flying.tick();
    else if (this.#records.isTaking) return;
    else if (this.#records.isTakenBack) this.orders.cancel(reason('taken-back'));
    else this.#preparing.tick();
    const told = JSON.stringify(this.presence());
    if (told === this.#told) return;
    this.#told = told;
    this.#o.onChange();
  }

  /** It is started and not over: nothing is restarted, no parameter of safety is set. */
  get isUnderWay(): boolean {
    return this.#flying.isUnderWay;
  }

  get itinerary(): Itinerary | null {
    return this.#records.itinerary;
  }

  /** It is on its way home, as planned or early. */
  get isReturning(): boolean {
    return this.#flying.memory?.state === 'returning';
  }

  /** A release has begun and is not over. */
  get isReleasing(): boolean {
    return this.#flying.delivering.isReleasing;
  }

  /** For the pre-flight list. */
  get fact(): { readonly id: string; readonly verified: boolean } | null {
    const { current } = this.#records;
    return current === null ? null : { id: current.stand.id, verified: this.#preparing.isVerified };
  }

  /** What presence tells of it. */
  presence() {
    const { current, book } = this.#records;
    const custody = custodyOf(book);
    // What the disk has not got may be forgotten: nobody is told.
    if (current === null || this.#records.isTaking) return { itinerary: null, custody };
    const { id, version, state, item } = current.stand;
    return { itinerary: { id, version, state, item }, custody };
  }

  status(): ItineraryStatus {
    const { current, book } = this.#records;
    return {
      current:
        current === null
          ? null
          : {
              id: current.stand.id,
              version: current.stand.version,
              state: current.stand.state,
              reason: current.stand.reason,
              item: current.stand.item,
              items: current.itinerary.items.length,
              verified: this.#preparing.isVerified,
            },
      custody: custodyOf(book),
      parcels: book.parcels.filter(inCustody).map(({ itinerary, item, name, state, reason: why }) => ({
        itinerary,
        item,
        name,
        state,
        reason: why,
      })),
      problem: this.#file.problem,
      counters: { ...this.#counters },
    };
  }

  async close(): Promise<void> {
    await this.#preparing.close();
    await this.#flying.close();
    await this.#file.close();
  }
}
