import { createRandom } from '../random.ts';
import type { Builds } from './build.ts';

const CAPABILITIES = 64_495n;
/** 4.7.0-dev, as four bytes. */
const VERSION = 67_567_616;

const ascii = (text: string): number[] => [...text].map((character) => character.charCodeAt(0));
const padded = (bytes: readonly number[], length: number): number[] => [
  ...bytes.slice(0, length),
  ...new Array<number>(Math.max(0, length - bytes.length)).fill(0),
];

/** What the board is called in the banner: 32 hexadecimal digits. It follows from the seed. */
export function boardId(seed: number): string {
  const random = createRandom(seed).fork('board');
  return Array.from({ length: 32 }, () => Math.floor(random.next() * 16).toString(16)).join('');
}

export const identity: Builds = {
  /** `uid2` is what tells boards apart (uid is 0 in software); it is the beginning of the board's name. */
  AUTOPILOT_VERSION: (view) => ({
    capabilities: CAPABILITIES,
    flight_sw_version: VERSION,
    middleware_sw_version: 0,
    os_sw_version: 0,
    board_version: 0,
    flight_custom_version: padded(ascii('skeinsim'), 8),
    middleware_custom_version: padded([], 8),
    os_custom_version: padded([], 8),
    vendor_id: 0,
    product_id: 0,
    uid: 0n,
    uid2: padded(ascii(boardId(view.seed).slice(0, 17)), 18),
  }),
};
