/** Messages of the urgent and history channels → envelopes; what their packs may cost is bounded by the gate. */
import { type Envelope, type Expand, isDensePack, isPack, openMessage } from '@skein/protocol/telemetry';
import { PackGate } from './pack-gate.ts';
import type { Clock, Count } from './ports.ts';
import { type Takes, takesOf } from './takes.ts';

const REFUSED = { damaged: 'malformed', 'too-large': 'packTooLarge', unknown: 'packUnknown' } as const;

export interface OpenerOptions {
  /** Left out: packs are not taken, and drones are told of none. */
  readonly expand?: Expand;
  readonly clock: Clock;
  readonly count: Count;
  /** From now on a drone's packs are not opened for a while, or are again. */
  readonly onShut: (drone: string, isShut: boolean) => void;
}

export class Opener {
  readonly #o: OpenerOptions;
  /** Of the packs of the live lane too. */
  readonly gate: PackGate;

  constructor(o: OpenerOptions) {
    this.#o = o;
    this.gate = new PackGate({ monoUs: () => o.clock.monoUs(), count: o.count, onChanged: o.onShut });
  }

  /** What one of so many drones is told to be opened. */
  takes(drone: string, drones: number): Takes {
    const takes = this.#o.expand === undefined ? {} : takesOf(drones);
    return this.gate.isShut(drone) ? { ...takes, packs: [] } : takes;
  }

  /**
   * `offer`: false if an envelope was not taken, and not for want of room. A dense pack of which nothing is taken has cost
   * as much as one that is damaged: the same, said again and again, comes to nothing as well. Repeats go plainer
   * (docs/wire.md §5).
   */
  open(drone: string, payload: Uint8Array, offer: (envelope: Envelope) => boolean): void {
    const { gate } = this;
    const { count, expand } = this.#o;
    count('messages');
    const isPacked = isPack(payload);
    if (isPacked) {
      count('packs');
      if (!gate.mayOpen(drone)) return;
    }
    const opened = openMessage(payload, expand);
    if (!opened.ok) count(REFUSED[opened.code]);
    let taken = 0;
    for (const envelope of opened.ok ? opened.envelopes : opened.good) if (offer(envelope)) taken++;
    const isWasted = opened.ok ? isDensePack(payload) && taken === 0 : opened.code === 'damaged';
    if (isPacked && isWasted) gate.wasted(drone);
  }
}
