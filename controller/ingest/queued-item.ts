/** An envelope on its way to the store: which queue it waits in, and what it takes of the room. */
import type { Lane, StoreItem } from './ports.ts';

export interface QueuedItem extends StoreItem {
  readonly epoch: string;
  readonly lane: Lane;
  /** Last number it covers. */
  readonly to: number;
  readonly monoToUs: number;
}

export type QueueName = 'urgent' | 'history' | 'verify';

export const queueOf = (item: QueuedItem): QueueName => (item.verify ? 'verify' : item.lane);

/** What an envelope in the queue costs beside its bytes (235 measured): a small one must not cost nothing. */
const ITEM_BYTES = 256;

export const costOf = (bytes: Uint8Array): number => bytes.length + ITEM_BYTES;
