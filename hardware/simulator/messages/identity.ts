import type { FieldsIn } from '@skein/protocol/mavlink';

const CAPABILITIES = 64_495n;
/** 4.7.0-dev, as four bytes. */
const VERSION = 67_567_616;

/** AUTOPILOT_VERSION. `uid2` is what tells boards apart (uid is 0 in software); it follows from the seed. */
export function autopilotVersion(seed: number): FieldsIn<'AUTOPILOT_VERSION'> {
  const text = (seed >>> 0).toString(16).padStart(8, '0');
  const uid2 = [...`skein-sim${text}`].map((character) => character.charCodeAt(0)).slice(0, 17);
  return {
    capabilities: CAPABILITIES,
    flight_sw_version: VERSION,
    middleware_sw_version: 0,
    os_sw_version: 0,
    board_version: 0,
    flight_custom_version: [...'skeinsim'].map((character) => character.charCodeAt(0)),
    middleware_custom_version: new Array<number>(8).fill(0),
    os_custom_version: new Array<number>(8).fill(0),
    vendor_id: 0,
    product_id: 0,
    uid: 0n,
    uid2: [...uid2, ...new Array<number>(18 - uid2.length).fill(0)],
  };
}
