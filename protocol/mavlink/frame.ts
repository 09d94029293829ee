import { loadScratch } from './scratch.ts';

/**
 * ```
 * v2  FD len incompat compat seq sysid compid msgid(3) payload crc(2) [signature: link(1) stamp(6) hash(6)]
 * v1  FE len                 seq sysid compid msgid(1) payload crc(2)
 * ```
 * https://mavlink.io/en/guide/serialization.html
 */
export const MAGIC_V1 = 0xfe;
export const MAGIC_V2 = 0xfd;
export const HEADER_V1 = 6;
export const HEADER_V2 = 10;
export const CHECKSUM_LENGTH = 2;
export const SIGNATURE_LENGTH = 13;
export const MAX_PAYLOAD = 255;
export const MAX_FRAME = HEADER_V2 + MAX_PAYLOAD + CHECKSUM_LENGTH + SIGNATURE_LENGTH;

/** The only incompatibility flag there is; a frame with any other must be dropped. */
export const INCOMPAT_SIGNED = 0x01;

export interface Frame {
  /** The whole frame (of a parsed one made when asked for, so not copied by `{...frame}`); a view that stays valid while the pushed chunk is not overwritten. */
  readonly bytes: Uint8Array;
  readonly version: 1 | 2;
  readonly incompatFlags: number;
  readonly compatFlags: number;
  readonly seq: number;
  readonly sysid: number;
  readonly compid: number;
  readonly msgid: number;
  /** Offset of the payload in `bytes`. */
  readonly payloadStart: number;
  /** Bytes of payload as sent: trailing zeros may be cut, a newer sender may have added fields. */
  readonly payloadLength: number;
  readonly signed: boolean;
  /** False: no message of this dialect has this id; record and forward it, it cannot be decoded. */
  readonly known: boolean;
}

/**
 * A frame where the parser found it. Its `bytes` view is made when first asked for: it would be a third of the cost of
 * parsing, and `decode` does without.
 */
export class ParsedFrame implements Frame {
  // Declared only: a field that is defined and then assigned costs twice, and this object is made for every frame.
  declare readonly version: 1 | 2;
  declare readonly seq: number;
  declare readonly sysid: number;
  declare readonly compid: number;
  declare readonly msgid: number;
  declare readonly payloadStart: number;
  declare readonly payloadLength: number;
  declare readonly known: boolean;
  declare private readonly source: DataView;
  declare private readonly start: number;
  declare private readonly length: number;
  declare private view: Uint8Array | null;

  /** The frame of `length` bytes at `start`, its header taken at its word: for what a checksum has confirmed. */
  constructor(source: DataView, start: number, length: number, known: boolean) {
    const isV2 = source.getUint8(start) === MAGIC_V2;
    const sender = start + (isV2 ? 4 : 2);
    this.version = isV2 ? 2 : 1;
    this.seq = source.getUint8(sender);
    this.sysid = source.getUint8(sender + 1);
    this.compid = source.getUint8(sender + 2);
    this.msgid = idAt(source, start);
    this.payloadStart = isV2 ? HEADER_V2 : HEADER_V1;
    this.payloadLength = source.getUint8(start + 1);
    this.known = known;
    this.source = source;
    this.start = start;
    this.length = length;
    this.view = null;
  }

  get bytes(): Uint8Array {
    this.view ??= new Uint8Array(this.source.buffer, this.source.byteOffset + this.start, this.length);
    return this.view;
  }

  get incompatFlags(): number {
    return this.version === 2 ? this.source.getUint8(this.start + 2) : 0;
  }

  get compatFlags(): number {
    return this.version === 2 ? this.source.getUint8(this.start + 3) : 0;
  }

  get signed(): boolean {
    return (this.incompatFlags & INCOMPAT_SIGNED) !== 0;
  }

  /** Puts the payload into the scratch, as `size` bytes. */
  loadPayload(size: number): void {
    loadScratch(this.source, this.start + this.payloadStart, this.payloadLength, size);
  }
}

/** Message id of the frame whose whole header stands at `start`. */
export function idAt(source: DataView, start: number): number {
  if (source.getUint8(start) !== MAGIC_V2) return source.getUint8(start + 5);
  return source.getUint16(start + 7, true) | (source.getUint8(start + 9) << 16);
}
