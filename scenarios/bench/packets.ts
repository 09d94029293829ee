/**
 * Follows MQTT 3.1.1 packets through one direction of a connection and adds up their bytes by topic; what has no topic,
 * by the name of the packet.
 */
const NAMES = ['', 'CONNECT', 'CONNACK', 'PUBLISH', 'PUBACK', '', '', '', 'SUBSCRIBE', 'SUBACK', '', '', 'PINGREQ'];
const PUBLISH = 3;

export interface Tally {
  packets: number;
  /** Whole packets, header and topic and all. */
  bytes: number;
  /** Of these, what was published. */
  payload: number;
  /** When the first and the last went by, ms; what the first published. */
  readonly first: { readonly atMs: number; readonly payload: number };
  lastMs: number;
}

export class PacketTally {
  readonly #tallies = new Map<string, Tally>();
  readonly #onPublish: (name: string, payload: Buffer) => void;
  #rest: Uint8Array = new Uint8Array(0);

  /** Names are the last two levels of a topic, as `up/live`. */
  constructor(onPublish: (name: string, payload: Buffer) => void = () => {}) {
    this.#onPublish = onPublish;
  }

  get tallies(): ReadonlyMap<string, Tally> {
    return this.#tallies;
  }

  reset(): void {
    this.#tallies.clear();
  }

  push(chunk: Uint8Array): void {
    let left = Buffer.concat([this.#rest, chunk]);
    for (let packet = packetIn(left); packet !== null; packet = packetIn(left)) {
      this.#count(left.subarray(0, packet.end), packet.bodyAt);
      left = left.subarray(packet.end);
    }
    this.#rest = left;
  }

  #count(packet: Buffer, bodyAt: number): void {
    const [first = 0] = packet;
    const type = first >> 4;
    let name = NAMES[type] || `packet ${type}`;
    let payload: Buffer = Buffer.alloc(0);
    if (type === PUBLISH) {
      const topicEnd = bodyAt + 2 + packet.readUInt16BE(bodyAt);
      name = packet
        .toString('utf8', bodyAt + 2, topicEnd)
        .split('/')
        .slice(-2)
        .join('/');
      payload = packet.subarray(topicEnd + ((first & 6) > 0 ? 2 : 0));
      this.#onPublish(name, payload);
    }
    const tally = this.#tallies.get(name) ?? {
      ...{ packets: 0, bytes: 0, payload: 0, lastMs: 0 },
      first: { atMs: performance.now(), payload: payload.length },
    };
    this.#tallies.set(name, tally);
    tally.lastMs = performance.now();
    tally.packets++;
    tally.bytes += packet.length;
    tally.payload += payload.length;
  }
}

/** Where the first packet's body begins and the packet ends; null: it is not all there. */
function packetIn(bytes: Buffer): { readonly bodyAt: number; readonly end: number } | null {
  let length = 0;
  for (let at = 1; at < Math.min(5, bytes.length); at++) {
    const byte = bytes[at] ?? 0;
    length |= (byte & 0x7f) << (7 * (at - 1));
    if (byte < 0x80) return at + 1 + length <= bytes.length ? { bodyAt: at + 1, end: at + 1 + length } : null;
  }
  return null;
}
