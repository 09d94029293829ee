/**
 * What must never be, judged by what is true in the simulator and by what the harness itself did: never by the agent's word.
 *
 *   each frame of ours ─▶ sends      each 20 ms ─▶ step      each word of the agent ─▶ stand, parcel      ─▶ wrong
 */
import type { Simulator } from '@skein/hardware/simulator';
import { type Compiled, compile, type Itinerary } from '@skein/protocol/fleet';
import { MavCmd, type Message } from '@skein/protocol/mavlink';
import { differs } from './held-lists.ts';
import { ParcelTruth } from './parcel-truth.ts';
import { PilotTruth } from './pilot-truth.ts';

export type Flavour = 'ardupilot' | 'px4';

/** What the harness knows of this moment, as exactly as the agent may. */
export interface Moment {
  readonly leaseLeftMs: number;
  /** The controller's clock, its error counted against it. */
  readonly utcUs: number;
  /** A GPS fault that must have been noticed by now; null: none. */
  readonly blind: string | null;
  /** The charge fell so long ago that it must have been heard, %. */
  readonly chargePct: number;
  readonly adopted: boolean;
  /** An operator's return or land is being carried out. */
  readonly ordered: boolean;
}

interface Given {
  readonly itinerary: Itinerary;
  readonly plan: Compiled;
  readonly sound: boolean;
  taken: boolean;
}

const WRITES = /^MISSION_(COUNT|ITEM|ITEM_INT|CLEAR_ALL|WRITE_PARTIAL_LIST)$/;
const ASKS: readonly number[] = [MavCmd.REQUEST_MESSAGE, MavCmd.SET_MESSAGE_INTERVAL, MavCmd.GET_HOME_POSITION];
const HOMEWARD: readonly number[] = [MavCmd.DO_SET_MODE, MavCmd.NAV_RETURN_TO_LAUNCH, MavCmd.NAV_LAND];
const RETURNS_MS = 6_000;
/** Between an order to start and its motors. */
const START_LASTS_US = 30e6;

const timeUs = (text: string | undefined): number =>
  text === undefined ? Number.POSITIVE_INFINITY : Date.parse(text) * 1000;

export class FlightTruth {
  readonly #simulator: Simulator;
  readonly #flavour: Flavour;
  readonly #moment: () => Moment;
  readonly wrong: string[] = [];
  readonly parcels: ParcelTruth;
  readonly #given = new Map<string, Given[]>();
  readonly #takenBack = new Set<string>();
  readonly #completed = new Set<string>();
  #flies: Given | null = null;
  #armed = false;
  #stoodMs = 0;
  #cameHome = false;
  /** The turn of its return came. */
  #returnMs = Number.NEGATIVE_INFINITY;
  readonly #pilot = new PilotTruth();
  /** Somebody else wrote a list then, and what tells of it was heard. */
  #foreignMs = Number.NEGATIVE_INFINITY;
  #foreignHeard = false;
  #readSinceMs = Number.NEGATIVE_INFINITY;
  /** Restarted then, and what tells of it was heard. */
  #bootedMs = Number.NEGATIVE_INFINITY;
  #bootHeard = true;
  #boots: number;
  readonly #readIn = new Map<number, number>();
  #laddered = false;
  starts = 0;
  jumps = 0;

  constructor(o: { readonly simulator: Simulator; readonly flavour: Flavour; readonly moment: () => Moment }) {
    this.#simulator = o.simulator;
    this.#flavour = o.flavour;
    this.#moment = o.moment;
    this.#boots = o.simulator.autopilot.boots;
    this.parcels = new ParcelTruth(o.simulator, (words) => this.#say(words));
  }

  #say(words: string): void {
    if (this.wrong.length < 20) this.wrong.push(`${Math.round(this.#simulator.nowMs / 100) / 10} s: ${words}`);
  }

  /** An itinerary, or its end, reached a living agent. */
  reached(id: string, version: number, itinerary: Itinerary | null, sound: boolean): void {
    if (itinerary === null) {
      // An older one: what replaced it is not meant.
      if (version >= this.#newest(id)) this.#takenBack.add(id);
      return;
    }
    const all = this.#given.get(id) ?? [];
    this.#given.set(id, all);
    if (all.some((one) => one.itinerary.version === itinerary.version)) return;
    all.push({ itinerary, plan: compile(itinerary, { flavour: this.#flavour }), sound, taken: false });
  }

  /** The book was lost: what it would have known is nobody's fault. */
  forget(): void {
    this.#takenBack.clear();
    this.#given.clear();
    this.parcels.forget();
  }

  /** The pilot turned to this mode; `shown`: as heartbeats tell it. */
  pilot(mode: string, shown: number): void {
    // PX4 goes from a mission to Return by itself, too, as the turn of its last item comes: nobody can tell that from a switch.
    const turned = this.#simulator.nowMs - this.#returnMs < RETURNS_MS;
    if (this.#flavour === 'px4' && mode === 'RTL' && turned) return;
    this.#pilot.turned(shown, this.#simulator.nowMs);
  }

  /** An operator took control back, or orders the aircraft home. */
  controlTakenBack(): void {
    this.#pilot.over();
  }

  /** The ladder orders it home, once for each loss of the lease. */
  ladder(): void {
    const { leaseLeftMs } = this.#moment();
    if (leaseLeftMs > 0) this.#say('the ladder orders a return while the lease is fresh');
    if (this.#laddered) this.#say('the ladder orders a return twice');
    this.#laddered = true;
  }

  /** Somebody else's list is in the autopilot. */
  foreign(): void {
    this.#foreignMs = this.#simulator.nowMs;
    this.#foreignHeard = false;
  }

  /** A message that the autopilot sent at `sentMs` came to the agent. */
  heard(message: Message, sentMs: number): void {
    if (message.name === 'HEARTBEAT') this.#pilot.heard(message.fields.custom_mode, sentMs);
    const answers = message.name === 'TIMESYNC' && message.fields.tc1 !== 0n;
    const tells = answers || ('time_boot_ms' in message.fields && message.fields.time_boot_ms > 0);
    if (tells && sentMs > this.#bootedMs) this.#bootHeard = true;
    if (message.name === 'MISSION_CURRENT' && sentMs > this.#foreignMs) this.#foreignHeard = true;
  }

  /** A frame leaves the agent. */
  sends(message: Message): void {
    const { autopilot } = this.#simulator;
    const { name } = message;
    if (WRITES.test(name)) {
      if (this.#armed) this.#say(`${name} to an armed vehicle`);
      this.#mayFly(name);
    } else if (name === 'MISSION_REQUEST_LIST') {
      this.#readSinceMs = this.#simulator.nowMs;
    } else if (name === 'MISSION_ACK' && message.fields.type === 0) {
      this.#readIn.set(message.fields.mission_type ?? 0, autopilot.boots);
    } else if (name === 'MISSION_SET_CURRENT') {
      this.#mayFly(name);
      if (this.#flavour !== 'px4') this.#say(`${name} to an ArduPilot`);
      this.#jump(message.fields.seq);
    } else if (name === 'COMMAND_LONG' || name === 'COMMAND_INT') {
      const { command, param1, param2 } = message.fields;
      if (!ASKS.includes(command)) this.#mayFly(`command ${command}`, command);
      if (command === MavCmd.COMPONENT_ARM_DISARM && param2 !== 0) this.#say('a forced arming');
      if (command === MavCmd.COMPONENT_ARM_DISARM && param1 === 1) this.#arming();
      if (command === MavCmd.DO_SET_MISSION_CURRENT) this.#jump(param1);
    }
  }

  #mayFly(what: string, command?: number): void {
    this.#pilot.ordered(this.#simulator.nowMs);
    if (!this.#pilot.isKnown || !this.#armed) return;
    if (command !== undefined && HOMEWARD.includes(command) && this.#moment().ordered) return;
    this.#say(`${what} beside a pilot`);
  }

  /** What the autopilot holds now: one that was given, or what it differs by. */
  #held(): Given | string {
    let nearest = 'nothing was ever given';
    for (const one of [...this.#given.values()].flat()) {
      const other = differs(this.#simulator, this.#flavour, one.plan);
      if (other === null) return one;
      nearest = other;
    }
    return nearest;
  }

  /** Of the versions that the agent said it took. */
  #newest(id: string): number {
    const taken = (this.#given.get(id) ?? []).filter((one) => one.taken);
    return Math.max(...taken.map(({ itinerary }) => itinerary.version));
  }

  /** On ArduPilot lists of the same length look alike to everybody who does not read them. */
  #looksGiven(): boolean {
    const { length } = this.#simulator.autopilot.mission.items;
    const given = [...this.#given.values()].flat();
    return this.#flavour === 'ardupilot' && given.some(({ plan }) => plan.mission.length === length);
  }

  #arming(): void {
    if (this.#armed) return;
    // Written since it was read back: heard of by nobody yet, or never, where it is as long as ours.
    const unseen = this.#foreignMs > this.#readSinceMs && (!this.#foreignHeard || this.#looksGiven());
    const held = this.#held();
    if (typeof held === 'string') {
      if (!unseen) this.#say(`arms what was never given: ${held}`);
      return;
    }
    const { id, version, notAfter } = held.itinerary;
    const newest = this.#newest(id);
    if (!held.sound) this.#say(`arms an unsound itinerary ${id} ${version}`);
    if (this.#takenBack.has(id)) this.#say(`arms ${id}, which was taken back`);
    if (version < newest) this.#say(`arms ${id} version ${version} when ${newest} was taken`);
    if (this.#moment().utcUs > timeUs(notAfter) + START_LASTS_US) this.#say(`arms ${id} after its time`);
    // Restarted since its age was told: it has said nothing that tells of it yet, and refuses to arm while it boots.
    const boots = this.#bootHeard ? this.#boots : this.#boots - 1;
    for (const type of [0, 1, 2]) {
      if ((this.#readIn.get(type) ?? 0) < boots) this.#say(`arms with list ${type} not read in this boot`);
    }
    this.#flies = held;
  }

  #jump(seq: number): void {
    const flies = this.#flies;
    const leg = flies?.plan.deliveries.find(({ releaseSeq, afterSeq }) => seq >= releaseSeq && seq < afterSeq);
    if (flies === null || leg === undefined) return;
    const { id, items } = flies.itinerary;
    const item = items[leg.item];
    const key = `${id}/${leg.item}`;
    this.jumps++;
    const now = this.#moment();
    const wrong = (why: string): void => this.#say(`a release begins ${why}: ${key}`);
    if (!this.parcels.begin(key)) wrong('a second time');
    if (item?.do !== 'deliver') return;
    if (this.#pilot.isKnown) wrong('beside a pilot');
    if (now.adopted) wrong('in an adopted flight');
    if (now.blind !== null) wrong(`without a position (${now.blind})`);
    if (now.chargePct < (item.minBatteryPct ?? 50) - 2) wrong(`with ${Math.round(now.chargePct)} % left`);
    if (now.leaseLeftMs <= 0 && item.releaseOffline !== true) wrong('without a link');
    if (now.utcUs >= timeUs(item.notAfter)) wrong('after its time');
    const other = differs(this.#simulator, this.#flavour, flies.plan);
    if (other !== null && (this.#foreignHeard || this.#foreignMs < this.#readSinceMs))
      wrong(`of another list (${other})`);
    if (seq !== leg.releaseSeq) wrong('in the middle');
  }

  /** Every 20 ms. */
  step(): void {
    const { autopilot } = this.#simulator;
    const { armed } = autopilot.flight;
    if (autopilot.boots !== this.#boots) {
      this.#boots = autopilot.boots;
      this.#bootedMs = this.#simulator.nowMs;
      this.#bootHeard = false;
    }
    if (armed && !this.#armed) {
      this.starts++;
      this.#cameHome = false;
      const leg = this.#flies?.plan.deliveries[0];
      this.parcels.takeOff(leg === undefined ? null : `${this.#flies?.itinerary.id}/${leg.item}`);
    }
    if (!armed && this.#armed) {
      this.controlTakenBack();
      this.#stoodMs = this.#simulator.nowMs;
    }
    this.#armed = armed;
    if (!armed || this.#moment().leaseLeftMs > 0) this.#laddered = false;
    if (armed && this.#flies !== null) {
      const seq = this.#flavour === 'px4' ? autopilot.mission.current - 1 : autopilot.mission.current;
      const comesHome = seq >= this.#flies.plan.returnSeq;
      if (comesHome && !this.#cameHome) this.#returnMs = this.#simulator.nowMs;
      this.#cameHome ||= comesHome;
    }
    this.parcels.step({ armed, stoodMs: this.#stoodMs });
  }

  /** The agent's word on an itinerary. */
  stand(id: string, version: number, state: string): void {
    const one = this.#given.get(id)?.find(({ itinerary }) => itinerary.version === version);
    if (one !== undefined && (state === 'received' || state === 'verified')) one.taken = true;
    // It may be said again at any time: what counts is when it first was.
    if (state !== 'completed' || this.#completed.has(`${id} ${version}`)) return;
    this.#completed.add(`${id} ${version}`);
    if (this.#flies?.itinerary.id !== id) this.#say(`${id} is called completed, and was not flown`);
    else if (this.#armed || !this.#cameHome) this.#say(`${id} is called completed, and did not end so`);
  }

  /** Whether what the agent calls verified is so; null: it is, or nobody could know better. Lists of the same length look alike to everybody. */
  falselyVerified(id: string, version: number): string | null {
    const one = this.#given.get(id)?.find(({ itinerary }) => itinerary.version === version);
    if (one === undefined) return `${id} ${version} was never given`;
    const { boots, mission } = this.#simulator.autopilot;
    for (const type of [0, 1, 2]) if (this.#readIn.get(type) !== boots) return `list ${type} was not read in this boot`;
    const other = differs(this.#simulator, this.#flavour, one.plan);
    const extra = this.#flavour === 'px4' ? 1 : 0;
    const sameLength = this.#flavour === 'ardupilot' && mission.items.length === one.plan.mission.length + extra;
    return other === null || sameLength ? null : other;
  }
}
