import type { Ack } from '@skein/protocol/fleet';
import { DENSE_PACKS, PACKS, SAMPLE_CODECS } from '@skein/protocol/telemetry';

/** What an agent may send, told in answer to its presence. */
export type Takes = Pick<Ack, 'packs' | 'codecs'>;

/** With more drones the bytes that dense packs save are not worth what opening them takes: some 55 µs a batch. */
export const MOST_DENSE_DRONES = 1000;

const TAKES: Takes = { packs: [...PACKS], codecs: [...SAMPLE_CODECS] };
const OF_MANY: Takes = { ...TAKES, packs: PACKS.filter((name) => name !== DENSE_PACKS) };

export function takesOf(drones: number): Takes {
  return drones > MOST_DENSE_DRONES ? OF_MANY : TAKES;
}
