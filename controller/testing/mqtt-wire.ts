/** Just enough MQTT 3.1.1 to speak it badly on purpose; real clients would refuse to. */
export interface ConnectPacket {
  readonly clientId: string;
  readonly keepaliveS: number;
  readonly clean: boolean;
  readonly userName?: string;
  readonly will?: { readonly topic: string; readonly payload: string };
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

export function packet(firstByte: number, body: Uint8Array): Buffer {
  const length: number[] = [];
  for (let left = body.length; ; ) {
    const digit = left & 0x7f;
    left >>>= 7;
    length.push(left > 0 ? digit | 0x80 : digit);
    if (left === 0) break;
  }
  return Buffer.concat([Buffer.from([firstByte, ...length]), body]);
}

export function connectPacket(o: ConnectPacket): Buffer {
  const flags = (o.clean ? 0x02 : 0) | (o.will ? 0x0c : 0) | (o.userName === undefined ? 0 : 0x80);
  const keepalive = Buffer.alloc(2);
  keepalive.writeUInt16BE(o.keepaliveS);
  return packet(
    0x10,
    Buffer.concat([
      text('MQTT'),
      Buffer.from([4, flags]),
      keepalive,
      text(o.clientId),
      ...(o.will ? [text(o.will.topic), text(o.will.payload)] : []),
      ...(o.userName === undefined ? [] : [text(o.userName)]),
    ]),
  );
}

export function publishPacket(o: {
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly messageId: number;
  readonly retain?: boolean;
}): Buffer {
  const id = Buffer.alloc(o.qos > 0 ? 2 : 0);
  if (o.qos > 0) id.writeUInt16BE(o.messageId);
  const body = Buffer.concat([text(o.topic), id, Buffer.from(o.payload as string)]);
  return packet(0x30 | (o.qos << 1) | (o.retain ? 1 : 0), body);
}

export function subscribePacket(messageId: number, filters: readonly string[]): Buffer {
  const id = Buffer.alloc(2);
  id.writeUInt16BE(messageId);
  return packet(0x82, Buffer.concat([id, ...filters.flatMap((filter) => [text(filter), Buffer.from([1])])]));
}

/** Whole packets out of a byte stream. */
export class PacketReader {
  readonly #onPacket: (type: number, body: Buffer) => void;
  #pending = Buffer.alloc(0);

  constructor(onPacket: (type: number, body: Buffer) => void) {
    this.#onPacket = onPacket;
  }

  push(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    for (;;) {
      let length = 0;
      let at = 1;
      for (;;) {
        const byte = this.#pending[at];
        if (byte === undefined) return;
        length |= (byte & 0x7f) << (7 * (at - 1));
        at++;
        if ((byte & 0x80) === 0) break;
      }
      if (this.#pending.length < at + length) return;
      const type = (this.#pending[0] ?? 0) >> 4;
      this.#onPacket(type, this.#pending.subarray(at, at + length));
      this.#pending = this.#pending.subarray(at + length);
    }
  }
}
