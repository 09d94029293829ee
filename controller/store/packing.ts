/**
 * A group of envelopes as one buffer that moves to the worker without being copied again (structured clone would copy
 * the whole network buffer behind every small view).
 */
import type { StoreItem } from './port.ts';

export interface PackedItems {
  readonly drones: readonly string[];
  /** Four numbers an item: index of its drone, end of its bytes, µs received, 1 when it is to be verified. */
  readonly index: Float64Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const FIELDS = 4;

export function packItems(items: readonly StoreItem[]): PackedItems {
  const drones = new Map<string, number>();
  const index = new Float64Array(items.length * FIELDS);
  const bytes = new Uint8Array(items.reduce((sum, item) => sum + item.bytes.length, 0));
  let end = 0;
  items.forEach((item, i) => {
    const drone = drones.get(item.drone) ?? drones.size;
    drones.set(item.drone, drone);
    bytes.set(item.bytes, end);
    end += item.bytes.length;
    const at = i * FIELDS;
    index[at] = drone;
    index[at + 1] = end;
    index[at + 2] = item.receivedUtcUs;
    index[at + 3] = item.verify ? 1 : 0;
  });
  return { drones: [...drones.keys()], index, bytes };
}

export function unpackItems({ drones, index, bytes }: PackedItems): StoreItem[] {
  let from = 0;
  return Array.from({ length: index.length / FIELDS }, (_, i) => {
    const at = i * FIELDS;
    const end = index[at + 1] ?? 0;
    const drone = drones[index[at] ?? 0] ?? '';
    const item = {
      drone,
      receivedUtcUs: index[at + 2] ?? 0,
      verify: index[at + 3] === 1,
      bytes: bytes.subarray(from, end),
    };
    from = end;
    return item;
  });
}
