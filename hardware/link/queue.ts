/**
 * What waits to be written, by priority. Each priority has its own bound in bytes, so a flood of one never takes the room
 * of another; what does not fit is dropped and counted by name.
 */
export const priorities = ['urgent', 'heartbeat', 'normal', 'bulk'] as const;
export type Priority = (typeof priorities)[number];

/** Bytes that may wait. A heartbeat is 21 bytes; an old one is worth nothing, so few are kept. */
export const defaultBounds: Readonly<Record<Priority, number>> = {
  urgent: 16_384,
  heartbeat: 256,
  normal: 32_768,
  bulk: 65_536,
};

export type QueueCounts = Record<Priority, number>;

const zero = (): QueueCounts => ({ urgent: 0, heartbeat: 0, normal: 0, bulk: 0 });

export class WriteQueue {
  readonly #bounds: Readonly<Record<Priority, number>>;
  readonly #waiting: Record<Priority, Uint8Array[]> = { urgent: [], heartbeat: [], normal: [], bulk: [] };
  readonly #bytes: QueueCounts = zero();
  /** Frames dropped because their priority's room was full. */
  readonly droppedFull: QueueCounts = zero();

  constructor(bounds: Readonly<Record<Priority, number>> = defaultBounds) {
    this.#bounds = bounds;
  }

  /** Takes one frame, or says no. Of heartbeats the newest is kept and the oldest goes; elsewhere the new one is refused. */
  push(frame: Uint8Array, priority: Priority): boolean {
    const waiting = this.#waiting[priority];
    const bound = this.#bounds[priority];
    while (priority === 'heartbeat' && waiting.length > 0 && this.#bytes[priority] + frame.length > bound) {
      this.#bytes[priority] -= waiting.shift()?.length ?? 0;
      this.droppedFull[priority] += 1;
    }
    if (this.#bytes[priority] + frame.length > bound) {
      this.droppedFull[priority] += 1;
      return false;
    }
    waiting.push(frame);
    this.#bytes[priority] += frame.length;
    return true;
  }

  /** The most important frame that waits, oldest first within its priority. */
  shift(): { readonly frame: Uint8Array; readonly priority: Priority } | undefined {
    const priority = this.nextPriority();
    if (priority === undefined) return undefined;
    const frame = this.#waiting[priority].shift();
    if (frame === undefined) return undefined;
    this.#bytes[priority] -= frame.length;
    return { frame, priority };
  }

  nextPriority(): Priority | undefined {
    return priorities.find((priority) => this.#waiting[priority].length > 0);
  }

  /** Empties the queue and says how many frames of each priority were in it. */
  clear(): QueueCounts {
    const lost = zero();
    for (const priority of priorities) {
      lost[priority] = this.#waiting[priority].length;
      this.#waiting[priority].length = 0;
      this.#bytes[priority] = 0;
    }
    return lost;
  }

  get bytes(): Readonly<QueueCounts> {
    return { ...this.#bytes };
  }
}
