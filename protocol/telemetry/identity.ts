/** Lane, epoch and boot of an envelope: 25 bytes of its header that seldom change from one to the next. */
function putHex(into: Uint8Array, at: number, hex: string, length: number): void {
  const digits = hex.replaceAll('-', '');
  if (!/^[0-9a-f]*$/.test(digits) || digits.length !== length * 2) {
    throw new RangeError(`${length * 2} hex digits wanted, got "${hex}"`);
  }
  for (let i = 0; i < length; i++) into[at + i] = Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16);
}

/** Two hex digits of each byte: an ingest reads tens of thousands of headers a second. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hexAt(bytes: Uint8Array, at: number, length: number): string {
  let hex = '';
  for (let i = 0; i < length; i++) hex += HEX[bytes[at + i] ?? 0];
  return hex;
}

function uuidAt(bytes: Uint8Array, at: number): string {
  const hex = hexAt(bytes, at, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Lane, epoch and boot as they stand in the header from byte 4 on. */
export const IDENTITY_BYTES = 25;
export const IDENTITY_AT = 4;
const EPOCH = 1;
const BOOT = 9;

/** Whose the last envelope was: an agent writes one epoch and boot for hours, and a message or a query reads those of one drone. */
let written = { epoch: '', boot: '', bytes: new Uint8Array(IDENTITY_BYTES) };
let seen = { epoch: hexAt(written.bytes, EPOCH, 8), boot: uuidAt(written.bytes, BOOT), bytes: written.bytes };

/** The bytes hold until the next are asked for. */
export function identityOf(lane: number, epoch: string, boot: string): Uint8Array {
  if (written.epoch !== epoch || written.boot !== boot) {
    const bytes = new Uint8Array(IDENTITY_BYTES);
    putHex(bytes, EPOCH, epoch, 8);
    putHex(bytes, BOOT, boot, 16);
    written = { epoch, boot, bytes };
  }
  written.bytes[0] = lane;
  return written.bytes;
}

/** Epoch and boot of the envelope that begins at the first byte. */
export function ownerOf(envelope: Uint8Array): { readonly epoch: string; readonly boot: string } {
  for (let i = EPOCH; i < IDENTITY_BYTES; i++) {
    if (envelope[IDENTITY_AT + i] === seen.bytes[i]) continue;
    // A copy whatever was given: `slice` of Node's Buffer is a view, and what it was read from is written again.
    const bytes = new Uint8Array(envelope.subarray(IDENTITY_AT, IDENTITY_AT + IDENTITY_BYTES));
    seen = { epoch: hexAt(bytes, EPOCH, 8), boot: uuidAt(bytes, BOOT), bytes };
    break;
  }
  return seen;
}
