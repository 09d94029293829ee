/**
 * Growing writer and bounds-checked reader for the columnar body. Varints are LEB128; signed ones are zig-zagged.
 * Integers reach ±(2^53 − 1), beyond what 32-bit shifts can carry, so the arithmetic is by multiplication.
 */
export class Malformed extends Error {}

/** 0, −1, 1, −2 … → 0, 1, 2, 3 …; exact while the magnitude stays below 2^52. */
export const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
export const unzigzag = (code: number): number =>
  code < 0x8000_0000 ? (code >>> 1) ^ -(code & 1) : code % 2 === 0 ? code / 2 : -(code + 1) / 2;

/** Texts below this length are mostly names, in ASCII: calling an encoder costs more than they do. */
const SHORT = 40;

const encoder = new TextEncoder();
/** A text that begins with a byte order mark keeps it: what is read and written again has the same bytes. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export class ByteWriter {
  #bytes = new Uint8Array(512);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  varint(value: number): void {
    // Most are short: `value` may still be anything.
    if (value >= 0 && value < 0x80 && Math.floor(value) === value) {
      this.byte(value);
      return;
    }
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not an unsigned integer: ${value}`);
    this.#room(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  signed(value: number): void {
    this.varint(zigzag(value));
  }

  text(value: string): void {
    if (value.length < SHORT && this.#ascii(value)) return;
    const utf8 = encoder.encode(value);
    this.varint(utf8.length);
    this.raw(utf8);
  }

  /** A short text that needs no encoder; false, and nothing is written, if it does. */
  #ascii(value: string): boolean {
    const { length } = value;
    this.#room(1 + length);
    const at = this.#length;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code >= 0x80) return false;
      this.#bytes[at + 1 + i] = code;
    }
    this.#bytes[at] = length;
    this.#length = at + 1 + length;
    return true;
  }

  /** A varint length, then the bytes `write` produces. */
  sized(write: (inner: ByteWriter) => void): void {
    const inner = new ByteWriter();
    write(inner);
    this.varint(inner.length);
    this.raw(inner.finish());
  }

  /** The bytes written so far: a view that holds until more is written. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Begins anew. */
  reset(): void {
    this.#length = 0;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** Reads what ByteWriter wrote; anything out of bounds throws Malformed, which the codec turns into a reason. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  byte(): number {
    const value = this.#at < this.#end ? this.#bytes[this.#at] : undefined;
    if (value === undefined) throw new Malformed('ends too early');
    this.#at++;
    return value;
  }

  varint(): number {
    const first = this.byte();
    return first < 0x80 ? first : this.#longer(first & 0x7f);
  }

  /** A varint of several bytes, of which the first was read. */
  #longer(first: number): number {
    let value = first;
    let scale = 0x80;
    for (let i = 1; i < 8; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) throw new Malformed('integer over 2^53');
        return value;
      }
      scale *= 0x80;
    }
    throw new Malformed('integer too long');
  }

  signed(): number {
    return unzigzag(this.varint());
  }

  raw(length: number): Uint8Array {
    if (length > this.left) throw new Malformed('ends too early');
    const view = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return view;
  }

  /** Steps over `length` bytes; returns where they begin in the bytes that are read. */
  skip(length: number): number {
    if (length > this.left) throw new Malformed('ends too early');
    const start = this.#at;
    this.#at += length;
    return start;
  }

  text(): string {
    const length = this.varint();
    return (length < SHORT ? this.#ascii(length) : null) ?? decoder.decode(this.raw(length));
  }

  /** A short text that needs no decoder; null, and nothing is read, if it does. */
  #ascii(length: number): string | null {
    if (length > this.left) return null;
    let text = '';
    for (let i = this.#at; i < this.#at + length; i++) {
      const code = this.#bytes[i] ?? 0x80;
      if (code >= 0x80) return null;
      text += String.fromCharCode(code);
    }
    this.#at += length;
    return text;
  }

  /** A reader over the next `length` bytes, which are consumed here. */
  slice(length: number): ByteReader {
    if (length > this.left) throw new Malformed('ends too early');
    const inner = new ByteReader(this.#bytes, this.#at, this.#at + length);
    this.#at += length;
    return inner;
  }
}
