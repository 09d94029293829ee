/** Bytes of MQTT 3.1.1, for ends that speak it by hand. */

/** An MQTT string: length, then UTF-8. */
export function mqttString(text: string): Buffer {
  const body = Buffer.from(text, 'utf8');
  return Buffer.concat([Buffer.from([body.length >> 8, body.length & 0xff]), body]);
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
