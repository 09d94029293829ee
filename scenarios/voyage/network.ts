/**
 * A broker and the lines to it, in virtual time. A line is what TCP is: in order, nothing missing, until it ends; it can be
 * cut, and dead in one direction while nobody knows. Between broker and controller, and before a line, the broker may lose,
 * double, delay and overtake.
 *
 *   agent ═ line ═ broker ─ lose, double, delay ─ controller's handlers
 */
import type { Dial, DialOptions, Line, LineEvents } from '../../agent/uplink/dial.ts';
import type { Bus, BusMessage } from '../../controller/broker/index.ts';
import type { Truth } from './truth.ts';
import type { ProcessTimers, World } from './world.ts';

export interface Weather {
  lose: number;
  double: number;
  delay: number;
  /** Longest delay, ms. */
  delayMs: number;
}

/** One drone's way to the broker. */
export interface Radio {
  latencyMs: number;
  /** `up`, `down`: dead in that direction only. */
  dead: 'none' | 'up' | 'down' | 'both';
}

/** Keep-alive of 12 s, and half as much again. */
const KEEPALIVE_MS = 18_000;

interface Subscriber {
  readonly matches: (topic: string) => boolean;
  readonly handler: (message: BusMessage) => void;
  readonly timers: ProcessTimers;
}

interface Wire {
  readonly o: DialOptions;
  readonly on: LineEvents;
  readonly timers: ProcessTimers;
  readonly radio: Radio;
  filters: readonly string[];
  open: boolean;
  /** The broker still holds it open. */
  held: boolean;
  upFreeUs: number;
  downFreeUs: number;
  upWaiting: (() => void)[];
  downWaiting: (() => void)[];
}

function matcher(filters: readonly string[]): (topic: string) => boolean {
  const patterns = filters.map((filter) => filter.split('/'));
  const known = new Map<string, boolean>();
  return (topic) => {
    let found = known.get(topic);
    if (found === undefined) {
      const parts = topic.split('/');
      found = patterns.some((pattern) => {
        const rest = pattern.at(-1) === '#';
        if (rest ? parts.length < pattern.length - 1 : parts.length !== pattern.length) return false;
        return pattern.every((part, i) => part === '+' || part === '#' || part === parts[i]);
      });
      known.set(topic, found);
    }
    return found;
  };
}

export class Broker {
  readonly #world: World;
  readonly #truth: Truth;
  readonly weather: Weather = { lose: 0, double: 0, delay: 0, delayMs: 0 };
  readonly #wires = new Set<Wire>();
  #subscribers: Subscriber[] = [];
  up = true;
  /** Everything the broker took from the drones, as it came. */
  onUpstream: (topic: string, payload: Uint8Array) => void = () => {};

  constructor(world: World, truth: Truth) {
    this.#world = world;
    this.#truth = truth;
  }

  /** For a process of this drone's. */
  dial(timers: ProcessTimers, radio: Radio): Dial {
    return (o, on) => {
      const wire: Wire = {
        ...{ o, on, timers, radio, filters: [], open: false, held: false },
        ...{ upFreeUs: 0, downFreeUs: 0, upWaiting: [], downWaiting: [] },
      };
      timers.after(radio.latencyMs * 2 + 1, () => {
        if (!this.up || radio.dead !== 'none') {
          if (this.#world.chance(0.5)) on.ended('no way to the broker');
          return;
        }
        wire.open = true;
        wire.held = true;
        this.#wires.add(wire);
        on.connected();
      });
      return this.#line(wire);
    };
  }

  #line(wire: Wire): Line {
    return {
      waitingBytes: 0,
      subscribe: (topics, done) => {
        this.#send(wire, 'up', () => {
          wire.filters = topics;
          this.#send(wire, 'down', () => done({ ok: true }));
        });
      },
      publish: (topic, bytes, qos, done) => {
        this.#send(wire, 'up', () => {
          this.onUpstream(topic, bytes);
          this.#spread(topic, bytes);
          if (qos === 1) this.#send(wire, 'down', () => done(false));
        });
        if (qos === 0) wire.timers.after(0, () => done(false));
      },
      end: () => {
        wire.open = false;
        // The other end hears of it when the way up is open; else it finds out by itself.
        this.#world.after(wire.radio.dead === 'none' || wire.radio.dead === 'down' ? 1e3 : KEEPALIVE_MS * 1e3, () =>
          this.#lost(wire),
        );
      },
    };
  }

  /** One way of a line: in order, and held while it is dead. */
  #send(wire: Wire, way: 'up' | 'down', run: () => void): void {
    const { radio } = wire;
    const dead = radio.dead === 'both' || radio.dead === way;
    const waiting = way === 'up' ? wire.upWaiting : wire.downWaiting;
    if (dead || waiting.length > 0) {
      waiting.push(run);
      return;
    }
    const world = this.#world;
    const free = way === 'up' ? wire.upFreeUs : wire.downFreeUs;
    const atUs = Math.max(world.nowUs + radio.latencyMs * 1e3 * world.between(0.5, 1.5), free + 1);
    if (way === 'up') wire.upFreeUs = atUs;
    else wire.downFreeUs = atUs;
    world.after(atUs - world.nowUs, () => {
      if (way === 'up' ? wire.held : wire.open && wire.timers.alive) run();
    });
  }

  /** The radio of this drone changed: what waited goes on, or is found dead in time. */
  radioChanged(radio: Radio): void {
    for (const wire of this.#wires) {
      if (wire.radio !== radio) continue;
      if (radio.dead !== 'none') {
        this.#world.after(KEEPALIVE_MS * 1e3, () => {
          if (radio.dead !== 'none' && wire.open) this.#ended(wire, 'keepalive');
        });
        continue;
      }
      const [up, down] = [wire.upWaiting, wire.downWaiting];
      wire.upWaiting = [];
      wire.downWaiting = [];
      for (const run of up) this.#send(wire, 'up', run);
      for (const run of down) this.#send(wire, 'down', run);
    }
  }

  #ended(wire: Wire, reason: string): void {
    this.#lost(wire);
    if (!wire.open) return;
    wire.open = false;
    if (wire.timers.alive) wire.on.ended(reason);
  }

  /** The broker has lost it: the will speaks. */
  #lost(wire: Wire): void {
    if (!wire.held) return;
    wire.held = false;
    this.#wires.delete(wire);
    const { topic, payload } = wire.o.will;
    if (this.up) this.#spread(topic, Buffer.from(payload));
  }

  /** The process behind these lines is gone: its system closes them, or (power) nobody does. */
  processGone(timers: ProcessTimers, how: 'kill' | 'power'): void {
    for (const wire of [...this.#wires]) {
      if (wire.timers !== timers) continue;
      wire.open = false;
      const quick = how === 'kill' && wire.radio.dead === 'none';
      this.#world.after(quick ? 2e3 : KEEPALIVE_MS * 1e3, () => this.#lost(wire));
    }
  }

  /** All lines end; what was on its way is gone. */
  restart(downMs: number): void {
    this.up = false;
    for (const wire of [...this.#wires]) {
      wire.held = false;
      this.#wires.delete(wire);
      if (wire.open) this.#world.after(this.#world.between(0, 2e3), () => this.#ended(wire, 'the broker is gone'));
    }
    this.#subscribers = [];
    this.#world.after(downMs * 1e3, () => {
      this.up = true;
      for (const back of this.#onBack) back();
    });
  }

  readonly #onBack = new Set<() => void>();

  /** To whoever reads it: perhaps not, perhaps twice, perhaps late. */
  #spread(topic: string, payload: Uint8Array): void {
    for (const one of this.#subscribers) {
      if (!one.matches(topic) || !one.timers.alive) continue;
      this.#carry(() => {
        if (one.timers.alive && this.#subscribers.includes(one)) one.handler({ topic, payload });
      });
    }
  }

  #carry(run: () => void): void {
    const { lose, double, delay, delayMs } = this.weather;
    const world = this.#world;
    if (world.chance(lose)) {
      this.#truth.fault();
      return;
    }
    const copies = world.chance(double) ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      const late = world.chance(delay);
      if (i > 0) this.#truth.fault();
      if (late) this.#truth.fault();
      world.after(late ? world.between(1, delayMs) * 1e3 : 500 + i, run);
    }
  }

  /** Everybody whose filter fits; a line gets it in order. */
  publish(topic: string, payload: Buffer): void {
    if (!this.up) return;
    for (const wire of this.#wires) {
      if (!wire.filters.some((filter) => topic.startsWith(filter.slice(0, -1)))) continue;
      this.#carry(() => this.#send(wire, 'down', () => wire.on.message(topic, payload)));
    }
  }

  /** Straight to the controller, as if a drone had said it. */
  inject(topic: string, payload: Uint8Array): void {
    this.#spread(topic, payload);
  }

  /** The controller's side, for one process of it. */
  bus(timers: ProcessTimers): Bus {
    const asked: { readonly filters: readonly string[]; readonly handler: Subscriber['handler'] }[] = [];
    const ups: (() => void)[] = [];
    const subscribe = ({ filters, handler }: (typeof asked)[number]) => {
      this.#subscribers.push({ matches: matcher(filters), handler, timers });
    };
    const back = () => {
      if (!timers.alive) return;
      for (const one of asked) subscribe(one);
      timers.after(20, () => {
        for (const up of ups) up();
      });
    };
    this.#onBack.add(back);
    return {
      start: async () => {},
      subscribe: (filters, handler) =>
        new Promise((resolve) => {
          asked.push({ filters, handler });
          timers.after(3, () => {
            if (this.up) subscribe({ filters, handler });
            resolve();
          });
        }),
      publish: (topic, payload) => {
        const bytes = typeof payload === 'string' ? Buffer.from(payload) : Buffer.from(payload);
        if (timers.alive) this.publish(topic, bytes);
      },
      onUp: (handler) => {
        ups.push(handler);
        handler();
      },
      address: null,
      depth: 0,
      connections: 1,
      close: async () => {
        this.#onBack.delete(back);
      },
    };
  }

  controllerGone(timers: ProcessTimers): void {
    this.#subscribers = this.#subscribers.filter((one) => one.timers !== timers);
  }
}
