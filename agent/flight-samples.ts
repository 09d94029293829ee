/** A recording → the samples a report is made of: those of its first autopilot, how much came of it, and its mission. */
import { decode, type Frame, MavCmd } from '@skein/protocol/mavlink';
import { isPlace, type Place, REPORT_COLUMNS, type Seen } from '@skein/protocol/report';
import type { Sample } from '@skein/protocol/telemetry';

const SECOND_US = 1e6;
/** MAV_MISSION_TYPE_MISSION */
const MISSION = 0;
const MAX_ITEMS = 1_000;
/** Commands below it are places to fly to. */
const LAST_NAV = MavCmd.NAV_LAST;

const isSeen = (sample: Sample): sample is Sample & { readonly kind: Seen['kind'] } => sample.kind in REPORT_COLUMNS;

export const seenOf = (sample: Sample): Seen | null =>
  isSeen(sample) ? ({ kind: sample.kind, utcUs: sample.monoUs, values: sample.values } as Seen) : null;

/** Bytes of the autopilot in each second, as the agent's own link says them in flight. */
export class LinkRate {
  readonly #onSample: (sample: Seen) => void;
  #fromUs: number | null = null;
  #bytes = 0;

  constructor(onSample: (sample: Seen) => void) {
    this.#onSample = onSample;
  }

  take(bytes: number, utcUs: number): void {
    this.#fromUs ??= utcUs;
    if (utcUs - this.#fromUs >= SECOND_US) {
      const inBytesPerS = Math.round((this.#bytes * SECOND_US) / (utcUs - this.#fromUs));
      this.#onSample({ kind: 'link', utcUs, values: { open: true, inBytesPerS } });
      this.#fromUs = utcUs;
      this.#bytes = 0;
    }
    this.#bytes += bytes;
  }
}

/** The mission that went over the link last, uploaded or read back; item 0 is home on ArduPilot. */
export class MissionSeen {
  readonly #items = new Map<number, Place>();
  #count = 0;

  take(frame: Frame): void {
    const message = decode(frame);
    if (message?.name === 'MISSION_COUNT' && message.fields.mission_type === MISSION) {
      if (message.fields.count !== this.#count) this.#items.clear();
      this.#count = message.fields.count;
    } else if (message?.name === 'MISSION_ITEM_INT' && message.fields.mission_type === MISSION) {
      const { seq, x, y, command } = message.fields;
      const place = { latDeg: x / 1e7, lonDeg: y / 1e7 };
      this.#items.delete(seq);
      if (command <= LAST_NAV && isPlace(place) && seq < MAX_ITEMS) this.#items.set(seq, place);
    }
  }

  places(): readonly Place[] {
    return [...this.#items].sort(([a], [b]) => a - b).map(([, place]) => place);
  }
}
