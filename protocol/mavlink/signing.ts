import { crc16, solveExtra, writeChecksum } from './crc.ts';
import { CHECKSUM_LENGTH, type Frame, INCOMPAT_SIGNED, MAGIC_V2, SIGNATURE_LENGTH } from './frame.ts';

/** 2015-01-01T00:00:00Z, the epoch of signature time stamps. */
export const SIGNING_EPOCH_UNIX_MS = 1_420_070_400_000;
const STAMPS_PER_MS = 100;
const MAX_STAMP = 2 ** 48 - 1;
const KEY_LENGTH = 32;
const HASH_LENGTH = 6;
/** A stream first heard may be this far behind the newest stamp: one minute, as the signing guide demands. */
const NEW_STREAM_LAG = 60_000 * STAMPS_PER_MS;
/** More (sysid, compid, link) than a link carries. Streams are never evicted: a forgotten one could be replayed. */
const MAX_STREAMS = 64;

export type Sha256 = (data: Uint8Array) => Uint8Array;
/** Compares two arrays of equal length in constant time. */
export type ConstantTimeEqual = (a: Uint8Array, b: Uint8Array) => boolean;

export function stampOf(unixMs: number): number {
  return Math.max(0, Math.floor((unixMs - SIGNING_EPOCH_UNIX_MS) * STAMPS_PER_MS));
}

function signatureHash(sha256: Sha256, key: Uint8Array, bytes: Uint8Array, end: number): Uint8Array {
  const data = new Uint8Array(KEY_LENGTH + end);
  data.set(key);
  data.set(bytes.subarray(0, end), KEY_LENGTH);
  return sha256(data).subarray(0, HASH_LENGTH);
}

function copyKey(key: Uint8Array): Uint8Array {
  if (key.length !== KEY_LENGTH) throw new RangeError(`a signing key has ${KEY_LENGTH} bytes, not ${key.length}`);
  // `slice` of a Buffer is a view.
  return Uint8Array.from(key);
}

/** Signs frames of one link. The key stays inside: it is in no property, message or JSON. */
export class Signer {
  readonly #key: Uint8Array;
  readonly #sha256: Sha256;
  readonly #linkId: number;
  #stamp: number;

  constructor(options: {
    readonly key: Uint8Array;
    readonly linkId: number;
    readonly sha256: Sha256;
    /** The `stamp` persisted last, so that stamps increase across restarts. In 10 µs since 2015. */
    readonly stamp?: number;
  }) {
    this.#key = copyKey(options.key);
    this.#linkId = options.linkId;
    this.#sha256 = options.sha256;
    this.#stamp = options.stamp ?? 0;
  }

  /** The stamp used last; persist it at least once a minute. */
  get stamp(): number {
    return this.#stamp;
  }

  /** A signed copy of an unsigned MAVLink 2 frame, stamped later than any before, also within one millisecond. */
  sign(frame: Uint8Array, now: { readonly unixMs: number }): Uint8Array {
    const end = 10 + (frame[1] ?? 0) + CHECKSUM_LENGTH;
    if (frame[0] !== MAGIC_V2 || frame[2] !== 0 || frame.length !== end) {
      throw new RangeError('only a whole unsigned MAVLink 2 frame can be signed');
    }
    const stamp = Math.max(this.#stamp + 1, stampOf(now.unixMs));
    if (stamp > MAX_STAMP) throw new RangeError('the signature time stamp left its 48 bits');
    const signed = new Uint8Array(end + SIGNATURE_LENGTH);
    signed.set(frame);
    const checked = end - CHECKSUM_LENGTH;
    const extra = solveExtra(crc16(frame, 1, checked), (frame[checked] ?? 0) | ((frame[checked + 1] ?? 0) << 8));
    if (extra < 0) throw new RangeError('the frame to sign has no valid checksum');
    signed[2] = INCOMPAT_SIGNED;
    writeChecksum(signed, checked, extra);
    signed[end] = this.#linkId;
    for (let index = 0, rest = stamp; index < 6; index++, rest = Math.floor(rest / 256)) signed[end + 1 + index] = rest;
    signed.set(signatureHash(this.#sha256, this.#key, signed, end + 7), end + 7);
    this.#stamp = stamp;
    return signed;
  }
}

/** What a verifier must remember so that nothing recorded before a restart can be replayed after it. */
export interface SigningState {
  /** The newest stamp seen or of the clock, in 10 µs since 2015. */
  readonly stamp: number;
  readonly streams: readonly {
    readonly sysid: number;
    readonly compid: number;
    readonly linkId: number;
    readonly stamp: number;
  }[];
}

/** Named as the parser counts them. */
export type SignatureVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'badSignature' | 'replayed' | 'unsignedRefused' };

/** Verifies signatures of one key and refuses what was seen before. */
export class SignatureVerifier {
  readonly #key: Uint8Array;
  readonly #sha256: Sha256;
  readonly #equal: ConstantTimeEqual;
  readonly #acceptUnsigned: (msgid: number) => boolean;
  readonly #streams = new Map<number, number>();
  #stamp: number;

  constructor(options: {
    readonly key: Uint8Array;
    readonly sha256: Sha256;
    readonly equal: ConstantTimeEqual;
    /** Now or later than now, at start: what lies over a minute before it is refused. Raised by what is verified. */
    readonly unixMs?: number;
    readonly state?: SigningState;
    /** Messages taken without a signature; by default RADIO_STATUS and RADIO, which telemetry radios inject. */
    readonly acceptUnsigned?: (msgid: number) => boolean;
  }) {
    this.#key = copyKey(options.key);
    this.#sha256 = options.sha256;
    this.#equal = options.equal;
    this.#acceptUnsigned = options.acceptUnsigned ?? ((msgid) => msgid === 109 || msgid === 166);
    this.#stamp = Math.max(options.state?.stamp ?? 0, options.unixMs === undefined ? 0 : stampOf(options.unixMs));
    for (const stream of options.state?.streams ?? []) this.#streams.set(streamKey(stream), stream.stamp);
  }

  get state(): SigningState {
    const streams = [...this.#streams].map(([key, stamp]) => ({
      sysid: key >> 16,
      compid: (key >> 8) & 0xff,
      linkId: key & 0xff,
      stamp,
    }));
    return { stamp: this.#stamp, streams };
  }

  verify(frame: Frame): SignatureVerdict {
    if (!frame.signed) {
      return this.#acceptUnsigned(frame.msgid) ? { ok: true } : { ok: false, reason: 'unsignedRefused' };
    }
    const { bytes } = frame;
    const end = bytes.length - HASH_LENGTH;
    const hash = signatureHash(this.#sha256, this.#key, bytes, end);
    if (!this.#equal(hash, bytes.subarray(end))) return { ok: false, reason: 'badSignature' };
    let stamp = 0;
    for (let index = 1; index <= 6; index++) stamp = stamp * 256 + (bytes[end - index] ?? 0);
    const key = streamKey({ sysid: frame.sysid, compid: frame.compid, linkId: bytes[end - 7] ?? 0 });
    const last = this.#streams.get(key);
    const isOld = last === undefined ? stamp + NEW_STREAM_LAG < this.#stamp : stamp <= last;
    if (isOld || (last === undefined && this.#streams.size >= MAX_STREAMS)) return { ok: false, reason: 'replayed' };
    this.#streams.set(key, stamp);
    this.#stamp = Math.max(this.#stamp, stamp);
    return { ok: true };
  }
}

function streamKey(stream: { readonly sysid: number; readonly compid: number; readonly linkId: number }): number {
  return (stream.sysid << 16) | (stream.compid << 8) | stream.linkId;
}
