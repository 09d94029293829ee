/** Just enough bytes of MQTT 3.1.1 for ends that speak it by hand: as a load generator, or badly on purpose, which real clients refuse to. */
export interface ConnectPacket {
  readonly clientId: string;
  readonly keepaliveS: number;
  readonly clean: boolean;
  readonly userName?: string;
  readonly will?: { readonly topic: string; readonly payload: string };
}

/** An MQTT string: length, then UTF-8. */
export function mqttString(text: string): Buffer {
  const body = Buffer.from(text, 'utf8');
  return Buffer.concat([Buffer.from([body.length >> 8, body.length & 0xff]), body]);
}

/** As packets are numbered, 1 … 65 535. */
function packetId(messageId: number): Buffer {
  return Buffer.from([messageId >> 8, messageId & 0xff]);
}

function remainingLength(length: number): Buffer {
  const bytes: number[] = [];
  let left = length;
  do {
    bytes.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    left >>= 7;
  } while (left > 0);
  return Buffer.from(bytes);
}

export function mqttPacket(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([type]), remainingLength(length), ...parts]);
}

export function connectPacket(o: ConnectPacket): Buffer {
  const flags = (o.clean ? 0x02 : 0) | (o.will ? 0x0c : 0) | (o.userName === undefined ? 0 : 0x80);
  return mqttPacket(
    0x10,
    mqttString('MQTT'),
    Buffer.from([4, flags, o.keepaliveS >> 8, o.keepaliveS & 0xff]),
    mqttString(o.clientId),
    ...(o.will ? [mqttString(o.will.topic), mqttString(o.will.payload)] : []),
    ...(o.userName === undefined ? [] : [mqttString(o.userName)]),
  );
}

export function publishPacket(o: {
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly messageId: number;
}): Buffer {
  const id = o.qos > 0 ? packetId(o.messageId) : Buffer.alloc(0);
  return mqttPacket(0x30 | (o.qos << 1), mqttString(o.topic), id, Buffer.from(o.payload as string));
}

/** With QoS 1. */
export function subscribePacket(messageId: number, filters: readonly string[]): Buffer {
  const parts = filters.map((filter) => Buffer.concat([mqttString(filter), Buffer.from([1])]));
  return mqttPacket(0x82, packetId(messageId), ...parts);
}

/** A PUBLISH that came, and the answer it wants: without it a broker holds back what follows. */
export function readPublish(first: number, body: Buffer): { topic: string; payload: Buffer; puback: Buffer | null } {
  const topicEnd = 2 + body.readUInt16BE(0);
  const isAnswered = ((first >> 1) & 3) > 0;
  return {
    topic: body.toString('utf8', 2, topicEnd),
    payload: body.subarray(topicEnd + (isAnswered ? 2 : 0)),
    puback: isAnswered ? mqttPacket(0x40, body.subarray(topicEnd, topicEnd + 2)) : null,
  };
}

/** Cuts a byte stream into packets. `body` is valid during the call only. */
export class PacketReader {
  readonly #onPacket: (first: number, body: Buffer) => void;
  #pending: Buffer | null = null;

  /** `first`: packet type and flags. */
  constructor(onPacket: (first: number, body: Buffer) => void) {
    this.#onPacket = onPacket;
  }

  push(chunk: Buffer): void {
    let bytes = this.#pending === null ? chunk : Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const end = packetEnd(bytes);
      if (end === null || end.at + end.length > bytes.length) break;
      this.#onPacket(bytes[0] ?? 0, bytes.subarray(end.at, end.at + end.length));
      bytes = bytes.subarray(end.at + end.length);
    }
    this.#pending = bytes.length === 0 ? null : Buffer.from(bytes);
  }
}

/** Where the body of the first packet begins and how long it is; null: its length is not all there yet. */
function packetEnd(bytes: Buffer): { readonly at: number; readonly length: number } | null {
  let length = 0;
  for (let at = 1; at < Math.min(bytes.length, 5); at++) {
    const byte = bytes[at] ?? 0;
    length |= (byte & 0x7f) << (7 * (at - 1));
    if ((byte & 0x80) === 0) return { at: at + 1, length };
  }
  return null;
}
