/**
 * Epochs of which nothing is held any more: how far each went. Each controller is told once in each of its starts, by
 * presence, for one that was put back to a backup can learn nowhere else what it had and will never get again.
 */
import type { EpochRange, Lane } from '@skein/protocol/fleet';
import { LANE_NAMES } from './keys.ts';

/** Remembered, the newest: a week of fifty starts a day after they were emptied, and some 80 B of the file each. */
export const MAX_PAST = 256;

export interface PastEpoch {
  readonly epoch: string;
  readonly boot: string;
  /** One past the last number that was given in each lane. */
  readonly next: Readonly<Record<Lane, number>>;
}

/** Each epoch once, where it stands first, and as far as one of these tells. */
export function furthest(all: readonly PastEpoch[]): PastEpoch[] {
  const each = new Map<string, PastEpoch>();
  for (const one of all) each.set(one.epoch, further(each.get(one.epoch) ?? one, one.next));
  return [...each.values()];
}

/** The same back when it goes no further. */
export function further<T extends PastEpoch>(one: T, next: PastEpoch['next']): T {
  if (LANE_NAMES.every((lane) => next[lane] <= one.next[lane])) return one;
  const most = (lane: Lane) => Math.max(one.next[lane], next[lane]);
  return { ...one, next: { urgent: most('urgent'), history: most('history') } };
}

export interface PastAck {
  readonly epoch: string;
  readonly lane: Lane;
  readonly upTo: number;
}

const keyOf = ({ epoch, lane }: Pick<PastAck, 'epoch' | 'lane'>): string => `${epoch}/${lane}`;

/** As the main thread has them. */
export class PastEpochs {
  #all = new Map<string, PastEpoch>();
  #start: string | null = null;
  /** Lanes that this start of the controller has said it knows whole. */
  readonly #told = new Set<string>();

  take(all: readonly PastEpoch[]): void {
    this.#all = new Map(all.map((one) => [one.epoch, one]));
    for (const key of this.#told) if (!this.#all.has(key.slice(0, key.indexOf('/')))) this.#told.delete(key);
  }

  get all(): readonly PastEpoch[] {
    return [...this.#all.values()];
  }

  /** A controller has acked something; after another start of it everything is told again. */
  answeredBy(start: string): void {
    if (start === this.#start) return;
    this.#start = start;
    this.#told.clear();
  }

  /** Whether it was an ack of one of these. */
  heard(ack: PastAck): boolean {
    const past = this.#all.get(ack.epoch);
    if (past === undefined) return false;
    if (ack.upTo >= past.next[ack.lane] - 1) this.#told.add(keyOf(ack));
    return true;
  }

  /** For presence: nothing held, and what the next number would have been. */
  untold(): EpochRange[] {
    const known = (epoch: string) => LANE_NAMES.every((lane) => this.#told.has(keyOf({ epoch, lane })));
    return this.all
      .filter(({ epoch }) => !known(epoch))
      .map(({ epoch, next: { urgent, history } }) => ({
        epoch,
        lanes: { urgent: { first: urgent, next: urgent }, history: { first: history, next: history } },
      }));
  }
}
