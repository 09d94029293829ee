/**
 * Follows MQTT packet boundaries through a byte stream without keeping the bytes: enough to cap the length of a packet
 * before anybody gathers it, to see that CONNECT comes first, and to refuse QoS 2. MQTT 3.1.1 §2.2.
 *
 *   type+flags:1  remainingLength:1–4  …
 */
export type ScanProblem = 'malformed' | 'tooLarge' | 'firstNotConnect' | 'qos2';

export interface ScanLimits {
  readonly maxPacketBytes: number;
  /** Before the session is accepted: nothing larger than a CONNECT with a will. */
  readonly maxConnectBytes: number;
}

const CONNECT = 1;
const PUBLISH = 3;
const PUBREC = 5;
const PUBCOMP = 7;

export class PacketScan {
  readonly #limits: ScanLimits;
  #first = true;
  #type = 0;
  /** 0: next byte is a type; 1–4: next byte is that byte of the length. */
  #lengthByte = 0;
  #length = 0;
  #skip = 0;

  constructor(limits: ScanLimits) {
    this.#limits = limits;
  }

  /** Publications begun in this chunk, or what is wrong. */
  push(chunk: Uint8Array): { readonly publishes: number } | { readonly problem: ScanProblem } {
    let publishes = 0;
    for (let i = 0; i < chunk.length; ) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, chunk.length - i);
        this.#skip -= step;
        i += step;
        continue;
      }
      const byte = chunk[i++] ?? 0;
      if (this.#lengthByte === 0) {
        const problem = this.#startPacket(byte);
        if (problem) return { problem };
        if (this.#type === PUBLISH) publishes++;
        continue;
      }
      this.#length |= (byte & 0x7f) << (7 * (this.#lengthByte - 1));
      if (byte & 0x80) {
        if (++this.#lengthByte > 4) return { problem: 'malformed' };
        continue;
      }
      if (this.#length > (this.#first ? this.#limits.maxConnectBytes : this.#limits.maxPacketBytes)) {
        return { problem: 'tooLarge' };
      }
      this.#first = false;
      this.#lengthByte = 0;
      this.#skip = this.#length;
    }
    return { publishes };
  }

  #startPacket(byte: number): ScanProblem | null {
    this.#type = byte >> 4;
    this.#lengthByte = 1;
    this.#length = 0;
    if (this.#first && this.#type !== CONNECT) return 'firstNotConnect';
    if (this.#type === 0 || this.#type === 15) return 'malformed';
    if (this.#type === PUBLISH && (byte & 0x06) >= 0x04) return (byte & 0x06) === 0x04 ? 'qos2' : 'malformed';
    if (this.#type >= PUBREC && this.#type <= PUBCOMP) return 'qos2';
    return null;
  }
}
