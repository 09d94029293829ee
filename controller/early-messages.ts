/**
 * QoS 0 overtakes QoS 1 inside a broker: a session's first live batches and time request may come before the presence
 * that announces it. They are kept for a moment and played again when it has come.
 */
const KEEP_US = 2e6;
const MAX_PER_DRONE = 16;
const MAX_BYTES = 4 << 20;

interface Held {
  readonly atUs: number;
  readonly bytes: number;
  readonly replay: () => void;
}

export interface EarlyMessagesOptions {
  /** Monotonic, µs. */
  readonly nowUs: () => number;
  /** So many were given up: no presence came, or there was no room. */
  readonly onGivenUp: (count: number) => void;
}

export class EarlyMessages {
  readonly #o: EarlyMessagesOptions;
  readonly #byDrone = new Map<string, Held[]>();
  #bytes = 0;

  constructor(o: EarlyMessagesOptions) {
    this.#o = o;
  }

  hold(drone: string, bytes: number, replay: () => void): void {
    this.#dropExpired();
    const held = this.#byDrone.get(drone) ?? [];
    if (held.length >= MAX_PER_DRONE || this.#bytes + bytes > MAX_BYTES) {
      this.#o.onGivenUp(1);
      return;
    }
    this.#bytes += bytes;
    held.push({ atUs: this.#o.nowUs(), bytes, replay });
    this.#byDrone.set(drone, held);
  }

  /** Its presence has come. */
  release(drone: string): void {
    this.#dropExpired();
    for (const { replay } of this.#take(drone)) replay();
  }

  #dropExpired(): void {
    const before = this.#o.nowUs() - KEEP_US;
    for (const [drone, held] of this.#byDrone) {
      // In the order in which drones began to be held.
      if ((held[0]?.atUs ?? 0) >= before) break;
      const kept = held.filter((one) => one.atUs >= before);
      this.#take(drone);
      this.#o.onGivenUp(held.length - kept.length);
      if (kept.length === 0) continue;
      this.#byDrone.set(drone, kept);
      for (const one of kept) this.#bytes += one.bytes;
    }
  }

  #take(drone: string): readonly Held[] {
    const held = this.#byDrone.get(drone) ?? [];
    this.#byDrone.delete(drone);
    for (const one of held) this.#bytes -= one.bytes;
    return held;
  }
}
