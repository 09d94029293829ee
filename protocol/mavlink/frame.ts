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
  /** The whole frame; a view that stays valid while the pushed chunk is not overwritten. */
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
 * The frame that `bytes` is, by its header alone: for bytes whose checksum has been verified before (a tlog record,
 * one's own `encode`). Returns null where the length does not fit.
 */
export function frameOf(bytes: Uint8Array, isKnown: (msgid: number) => boolean): Frame | null {
  const version = bytes[0] === MAGIC_V2 ? 2 : bytes[0] === MAGIC_V1 ? 1 : null;
  const header = version === 2 ? HEADER_V2 : HEADER_V1;
  if (version === null || bytes.length < header + CHECKSUM_LENGTH) return null;
  const at = (index: number) => bytes[index] ?? 0;
  const incompatFlags = version === 2 ? at(2) : 0;
  const signed = (incompatFlags & INCOMPAT_SIGNED) !== 0;
  const payloadLength = at(1);
  if (bytes.length !== header + payloadLength + CHECKSUM_LENGTH + (signed ? SIGNATURE_LENGTH : 0)) return null;
  const msgid = version === 2 ? at(7) | (at(8) << 8) | (at(9) << 16) : at(5);
  const first = version === 2 ? 4 : 2;
  return {
    bytes,
    version,
    incompatFlags,
    compatFlags: version === 2 ? at(3) : 0,
    seq: at(first),
    sysid: at(first + 1),
    compid: at(first + 2),
    msgid,
    payloadStart: header,
    payloadLength,
    signed,
    known: isKnown(msgid),
  };
}
