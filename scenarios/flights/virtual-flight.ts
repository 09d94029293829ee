/**
 * A drone that flies itineraries in virtual time: an agent (virtual-agent.ts) against the simulator, over a line that loses and
 * delays, with a book on a bad disk, and crashes. No socket, no file, no timer.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { createSimulator, type Random, type Simulator } from '@skein/hardware/simulator';
import type { Command, ItineraryMessage } from '@skein/protocol/fleet';
import type { Sample } from '@skein/protocol/telemetry';
import type { Answer, JournalledCommand } from '../../agent/commands/types.ts';
import type { SavedCharge } from '../../agent/reboot/charge.ts';
import { type FlightMutation, MUTATORS } from './flight-mutations.ts';
import { type Flavour, FlightTruth } from './flight-truth.ts';
import { People } from './people.ts';
import { createVirtualAgent, type VirtualAgent } from './virtual-agent.ts';
import { VirtualBook } from './virtual-book.ts';
import { VirtualLine } from './virtual-line.ts';
import { VirtualTime } from './virtual-time.ts';

const STEP_MS = 20;
const TICK_MS = 100;
const FREE_AT_BOOT = 1;
const EPOCH_MS = 1_000_000;
/** The controller's clock minus ours. */
const UTC_OFFSET_US = 1_795_289_965_000_000;
const CLOCK_ERR_US = 30_000;
/** What gives each fault away: the slowest of the verdicts on a position, and the line. */
const NOTICED_MS = 4_000;
/** A foreign list or a reboot that nobody noticed for so long is not noticed. */
const NOT_NOTICED_MS = 15_000;

export interface VirtualFlightOptions {
  readonly seed: number;
  readonly random: Random;
  readonly flavour: Flavour;
  readonly carries: 'winch' | 'gripper';
  /** Share of the frames that the line loses, each way, and what it delays. */
  readonly loss: number;
  readonly delayMs: number;
  readonly bookSlow: number;
  readonly bookFails: number;
  readonly bookTears: number;
  readonly mutation?: FlightMutation;
}

export class VirtualFlight {
  readonly o: VirtualFlightOptions;
  readonly simulator: Simulator;
  readonly people: People;
  readonly truth: FlightTruth;
  readonly book: VirtualBook;
  readonly line: VirtualLine;
  #agent: VirtualAgent | null = null;
  #starts = 0;
  readonly #time = new VirtualTime(EPOCH_MS);

  readonly #journal = new Map<string, JournalledCommand>();
  #charge: SavedCharge | null = null;
  #adopted = false;
  /** When the controller's lease runs out. */
  leaseUntilMs = 0;
  readonly beginMs = EPOCH_MS;
  readonly #stands: ((state: string) => void)[] = [];
  /** Begun then, of this kind, while it lasts. */
  blind: { readonly kind: string; readonly sinceMs: number } | null = null;
  lowSinceMs = Number.NEGATIVE_INFINITY;
  /** Orders of operators to return or land that are being carried out. */
  #homeward = 0;
  #falseMs: number | null = null;
  readonly answers: Answer[] = [];
  readonly stands: { readonly id: string; readonly version: number; readonly state: string }[] = [];
  readonly parcels = new Map<string, { readonly itinerary: string; readonly item: number; readonly state: string }>();

  constructor(o: VirtualFlightOptions) {
    this.o = o;
    const { seed, flavour, carries, random } = o;
    const winch = carries === 'winch';
    this.simulator = createSimulator({ seed, flavour, start: 'ready', payloadKg: 0.6, winch, gripper: !winch });
    if (flavour === 'ardupilot') {
      const { parameters } = this.simulator.autopilot;
      parameters.set('FS_GCS_ENABLE', 1);
      if (winch) parameters.set('WINCH_OPTIONS', parameters.value('WINCH_OPTIONS') & ~FREE_AT_BOOT);
    }
    this.truth = new FlightTruth({
      simulator: this.simulator,
      flavour,
      moment: () => ({
        leaseLeftMs: this.leaseLeftMs,
        utcUs: this.utcUs + CLOCK_ERR_US,
        adopted: this.#adopted,
        blind: this.blind !== null && this.nowMs - this.blind.sinceMs > NOTICED_MS ? this.blind.kind : null,
        chargePct: this.nowMs - this.lowSinceMs > NOTICED_MS ? this.chargePct : 100,
        ordered: this.#homeward > 0,
      }),
    });
    this.book = new VirtualBook({
      random: random.fork('book'),
      after: (ms, run) => this.after(ms, run),
      slow: o.bookSlow,
      fails: o.bookFails,
      tears: o.bookTears,
    });
    this.line = new VirtualLine({
      simulator: this.simulator,
      time: this.#time,
      truth: this.truth,
      random,
      loss: o.loss,
      delayMs: o.delayMs,
      agent: () => this.#agent,
    });
    this.people = new People(this.simulator, o, this.truth);
    this.people.holdLine();
  }

  get nowMs(): number {
    return this.#time.nowMs;
  }

  get session(): string | null {
    return this.#agent?.session ?? null;
  }

  get utcUs(): number {
    return UTC_OFFSET_US + this.nowMs * 1000;
  }

  get leaseLeftMs(): number {
    return Math.max(0, this.leaseUntilMs - this.nowMs);
  }

  /** What is really left, %. */
  get chargePct(): number {
    const { chargeMah, capacityMah } = this.simulator.vehicle.battery;
    return (chargeMah / capacityMah) * 100;
  }

  get isArmed(): boolean {
    return this.simulator.autopilot.flight.armed;
  }

  get current() {
    return this.#agent?.itineraries.status().current ?? null;
  }

  get custody(): string {
    return this.#agent?.itineraries.status().custody ?? 'unknown';
  }

  /** Told of each state of an itinerary that the agent says. */
  listen(listener: (state: string) => void): void {
    this.#stands.push(listener);
  }

  after(ms: number, run: () => void): () => void {
    return this.#time.after(ms, run);
  }

  #writeJournal(entry: JournalledCommand, mine: () => boolean): Promise<'durable'> {
    return new Promise((resolve) => {
      this.after(2 + this.o.random.next() * 40, () => {
        if (mine()) this.#journal.set(entry.id, entry);
        resolve('durable');
      });
    });
  }

  #sample(sample: Sample): void {
    if (sample.kind === 'itinerary') {
      const { itinerary: id, version, state } = sample.values;
      if (id === null || version === null || state === null) return;
      this.stands.push({ id, version, state });
      this.truth.stand(id, version, state);
      for (const listener of this.#stands) listener(state);
    } else if (sample.kind === 'delivery') {
      const { itinerary, item, state } = sample.values;
      if (itinerary === null || item === null || state === null) return;
      this.parcels.set(`${itinerary}/${item}`, { itinerary, item, state });
      this.truth.parcels.said(`${itinerary}/${item}`, state);
    }
  }

  /** Starts the agent with what its disk holds. */
  start(): void {
    const session = `${++this.#starts}`.padStart(16, '0');
    const mine = () => this.#agent?.session === session;
    this.#adopted = this.isArmed;
    // As in `crash`: a switch turned while no agent ran is known to none.
    this.truth.controlTakenBack();
    const { mutation } = this.o;
    this.#agent = createVirtualAgent({
      session,
      mutator: mutation === undefined ? null : MUTATORS[mutation],
      random: this.o.random,
      firstStart: this.book.text === null,
      nowMs: () => this.nowMs,
      controllerTime: () => ({ utcUs: this.utcUs, errUs: CLOCK_ERR_US }),
      leaseLeftMs: () => this.leaseLeftMs,
      send: (bytes) => mine() && this.line.send(bytes),
      after: (ms, run) => this.after(ms, run),
      charge: this.#charge,
      onCharge: (saved) => {
        if (mine()) this.#charge = saved;
      },
      journalled: this.#journal,
      journal: (entry) => this.#writeJournal(entry, mine),
      readBook: () => this.book.read(),
      writeBook: async (text) => {
        await this.book.write(text, mine);
        this.truth.parcels.book(text);
      },
      onAnswer: (answer) => mine() && this.answers.push(answer),
      onSample: (sample) => mine() && this.#sample(sample),
      onLadder: () => this.truth.ladder(),
      onActing: (type, params, over) => this.#acting(type, params, over),
    });
  }

  #acting(type: string, params: Readonly<Record<string, unknown>>, over: boolean): void {
    if (type === 'return' || type === 'land') {
      this.#homeward += over ? -1 : 1;
      if (over) this.truth.controlTakenBack();
    }
    if (type !== 'resume' || params.takeControl !== true || over) return;
    this.truth.controlTakenBack();
    this.#adopted = false;
  }

  /** The process is gone: what was not durable never was. */
  crash(): void {
    const agent = this.#agent;
    if (agent === null) return;
    this.#agent = null;
    this.#homeward = 0;
    // Who comes after it cannot know who flies: it adopts, and an operator may order a hold.
    this.truth.controlTakenBack();
    const torn = this.book.torn;
    this.book.crash();
    if (this.book.torn > torn) {
      this.truth.forget();
      this.parcels.clear();
    }
    agent.kill();
  }

  receive(command: Command): void {
    this.#agent?.desk.receive(command, 'own');
  }

  /** An itinerary arrives, or that it is taken back. */
  assign(message: ItineraryMessage, sound: boolean): void {
    const agent = this.#agent;
    if (agent === null || !agent.ready || message.session !== agent.session) return;
    this.truth.reached(message.id, message.version, message.itinerary, sound);
    const { mutation } = this.o;
    const mutated = mutation === undefined ? null : MUTATORS[mutation].receive;
    const given = mutated?.(message, agent, (bytes) => this.line.send(bytes)) ?? message;
    agent.itineraries.receive(given);
  }

  /** Lets virtual time pass. */
  async pass(ms: number): Promise<void> {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; ) {
      this.#time.nowMs += STEP_MS;
      this.#time.runDue();
      this.simulator.advanceTo(this.nowMs - EPOCH_MS);
      this.truth.step();
      if (this.nowMs % TICK_MS === 0) {
        this.#agent?.tick();
        if (!this.isArmed) this.#adopted = false;
        if (this.nowMs % 1_000 === 0) this.#look();
      }
      await turn();
    }
  }

  /** What is called verified is so, or everybody may still think so. */
  #look(): void {
    const now = this.current;
    const false_ =
      now === null || !now.verified || this.isArmed || this.nowMs < this.line.muteUntilMs
        ? null
        : this.truth.falselyVerified(now.id, now.version);
    if (false_ === null) this.#falseMs = null;
    else this.#falseMs ??= this.nowMs;
    if (this.#falseMs !== null && this.nowMs - this.#falseMs > NOT_NOTICED_MS) {
      this.truth.wrong.push(`${now?.id} is called verified: ${false_}`);
      this.#falseMs = null;
    }
  }

  close(): void {
    this.crash();
  }
}
