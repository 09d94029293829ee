import { createRandom } from '../random.ts';

/** One log on the card. Its bytes follow from the seed and are made when read, so a large one costs no memory. */
export interface Log {
  /** As in its file name; MAVLink counts from 1 without holes. */
  readonly number: number;
  readonly sizeBytes: number;
  /** Seconds since 1970; 0: it was begun before GPS brought the time. */
  readonly utcS: number;
  read(offset: number, length: number): Uint8Array;
}

const SIZES = [18_342, 61_440, 143_027] as const;
/** Every log of a real one begins so: the format of the message that tells formats. */
const HEAD = [0xa3, 0x95, 0x80, 0x80, 0x59, 0x46, 0x4d, 0x54, 0x00];
const SPACING_S = 3_600;

/** A byte of a log, by its place: spread evenly, the same on every machine. */
function byteAt(seed: number, at: number): number {
  let mixed = (seed ^ at) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) & 255;
}

export function createLog(number: number, sizeBytes: number, utcS: number, seed: number): Log {
  const own = Math.floor(createRandom(seed).fork(`log ${number}`).next() * 4_294_967_296);
  return {
    number,
    sizeBytes,
    utcS,
    read(offset, length) {
      const end = Math.min(sizeBytes, offset + length);
      const bytes = new Uint8Array(Math.max(0, end - offset));
      for (let index = 0; index < bytes.length; index += 1) {
        const at = offset + index;
        bytes[index] = HEAD[at] ?? byteAt(own, at);
      }
      return bytes;
    },
  };
}

/** What is on the card of a new simulator: a few logs of earlier flights. */
export const earlierLogs = (seed: number, epochS: number, sizes: readonly number[] = SIZES): Log[] =>
  sizes.map((sizeBytes, index) => createLog(index + 1, sizeBytes, epochS - (sizes.length - index) * SPACING_S, seed));
