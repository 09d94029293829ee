/**
 * One payload-sized buffer that decoding and encoding go through, so that no message allocates a view and a payload
 * whose trailing zeros were cut needs no special case. Both are synchronous and never nested, so one is enough.
 */
export const scratchBytes = new Uint8Array(260);
export const scratch = new DataView(scratchBytes.buffer);

/** Fills the scratch with `source[start, start + length)` and zeros to at least `size`; four bytes at a time. */
export function loadScratch(source: DataView, start: number, length: number, size: number): void {
  let index = 0;
  for (; index + 4 <= length; index += 4) scratch.setInt32(index, source.getInt32(start + index, true), true);
  if (index < length) {
    let rest = 0;
    for (let last = length - 1; last >= index; last--) rest = (rest << 8) | source.getUint8(start + last);
    scratch.setInt32(index, rest, true);
    index += 4;
  }
  for (; index < size; index += 4) scratch.setInt32(index, 0, true);
}

/**
 * Text of a char[] field: up to the first NUL, UTF-8. Bytes that are not UTF-8 become lone surrogates U+DC80…U+DCFF
 * (the "surrogateescape" of PEP 383), which `putText` turns back: no autopilot text is ever lost or refused.
 */
export function getText(offset: number, size: number): string {
  let text = '';
  const end = offset + size;
  for (let index = offset; index < end; index++) {
    const byte = scratchBytes[index] ?? 0;
    if (byte === 0) return text;
    if (byte >= 0x80) return text + decodeUtf8(index, end);
    text += String.fromCharCode(byte);
  }
  return text;
}

function decodeUtf8(start: number, end: number): string {
  let text = '';
  let index = start;
  while (index < end) {
    const byte = scratchBytes[index] ?? 0;
    if (byte === 0) break;
    const length = sequenceLength(byte);
    let code = length === 1 ? byte : byte & (0x7f >> length);
    let valid = length > 0 && index + length <= end;
    for (let next = 1; valid && next < length; next++) {
      const continuation = scratchBytes[index + next] ?? 0;
      valid = (continuation & 0xc0) === 0x80;
      code = (code << 6) | (continuation & 0x3f);
    }
    if (valid && isShortestForm(code, length)) {
      text += String.fromCodePoint(code);
      index += length;
    } else {
      text += String.fromCharCode(0xdc00 + byte);
      index++;
    }
  }
  return text;
}

/** Length of the UTF-8 sequence that `byte` leads, 0 where it can lead none. */
function sequenceLength(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte >= 0xc2 && byte < 0xe0) return 2;
  if (byte >= 0xe0 && byte < 0xf0) return 3;
  return byte >= 0xf0 && byte < 0xf5 ? 4 : 0;
}

function isShortestForm(code: number, length: number): boolean {
  if (length === 3) return code >= 0x800 && (code < 0xd800 || code > 0xdfff);
  if (length === 4) return code >= 0x10000 && code <= 0x10ffff;
  return true;
}

/** Writes `text` (see `getText`) into a char[] field, zero-padded; what does not fit is cut between characters. */
export function putText(offset: number, size: number, text: string | undefined): void {
  const end = offset + size;
  let index = offset;
  for (const character of text ?? '') {
    const code = character.codePointAt(0) ?? 0;
    const length = utf8Length(code);
    if (index + length > end) break;
    if (length === 1) scratchBytes[index] = code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : code;
    else {
      for (let next = length - 1, rest = code; next >= 0; next--, rest >>= 6) {
        scratchBytes[index + next] = next > 0 ? 0x80 | (rest & 0x3f) : rest | (0xf00 >> length);
      }
    }
    index += length;
  }
  scratchBytes.fill(0, index, end);
}

function utf8Length(code: number): number {
  if (code < 0x80 || (code >= 0xdc80 && code <= 0xdcff)) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

export const getUint8s = (offset: number, length: number): number[] =>
  Array.from({ length }, (_, index) => scratch.getUint8(offset + index));
export const getInt8s = (offset: number, length: number): number[] =>
  Array.from({ length }, (_, index) => scratch.getInt8(offset + index));
export const getUint16s = (offset: number, length: number): number[] =>
  Array.from({ length }, (_, index) => scratch.getUint16(offset + index * 2, true));
export const getInt16s = (offset: number, length: number): number[] =>
  Array.from({ length }, (_, index) => scratch.getInt16(offset + index * 2, true));
export const getUint32s = (offset: number, length: number): number[] =>
  Array.from({ length }, (_, index) => scratch.getUint32(offset + index * 4, true));
export const getInt32s = (offset: number, length: number): number[] =>
  Array.from({ length }, (_, index) => scratch.getInt32(offset + index * 4, true));
export const getFloat32s = (offset: number, length: number): number[] =>
  Array.from({ length }, (_, index) => scratch.getFloat32(offset + index * 4, true));
export const getFloat64s = (offset: number, length: number): number[] =>
  Array.from({ length }, (_, index) => scratch.getFloat64(offset + index * 8, true));

type Numbers = ArrayLike<number> | undefined;

export function putUint8s(offset: number, length: number, values: Numbers): void {
  for (let index = 0; index < length; index++) scratch.setUint8(offset + index, values?.[index] ?? 0);
}
export const putInt8s = putUint8s;
export function putUint16s(offset: number, length: number, values: Numbers): void {
  for (let index = 0; index < length; index++) scratch.setUint16(offset + index * 2, values?.[index] ?? 0, true);
}
export const putInt16s = putUint16s;
export function putUint32s(offset: number, length: number, values: Numbers): void {
  for (let index = 0; index < length; index++) scratch.setUint32(offset + index * 4, values?.[index] ?? 0, true);
}
export const putInt32s = putUint32s;
export function putFloat32s(offset: number, length: number, values: Numbers): void {
  for (let index = 0; index < length; index++) scratch.setFloat32(offset + index * 4, values?.[index] ?? 0, true);
}
export function putFloat64s(offset: number, length: number, values: Numbers): void {
  for (let index = 0; index < length; index++) scratch.setFloat64(offset + index * 8, values?.[index] ?? 0, true);
}
