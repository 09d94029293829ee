/** What the tests here share: recorded data, random messages, a seed that replays. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { encode } from './codec.ts';
import { crc16 } from './crc.ts';
import { type Frame, FrameParser } from './index.ts';
import type { FieldInfo, FieldsIn, MessageInfo, MessageName } from './message.ts';
import type { ParserOptions } from './parser.ts';
import { messageById, messages } from './table.ts';

export const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

/** Checks a property; a failure names the seed, and `SEED=` replays it. */
export function check<T extends [unknown, ...unknown[]]>(property: fc.IProperty<T>, numRuns = 100): void {
  fc.assert(property, { seed, numRuns });
}

export function readTestdata(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(import.meta.dirname, 'testdata', name)));
}

export function readLines<T>(name: string): T[] {
  return new TextDecoder()
    .decode(readTestdata(name))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** All frames of `chunks`, to the end. */
export function parseAll(
  chunks: readonly Uint8Array[],
  options?: ParserOptions,
): { frames: Frame[]; parser: FrameParser } {
  const parser = new FrameParser(options);
  const frames: Frame[] = [];
  for (const chunk of chunks) parser.push(chunk, (frame) => frames.push(frame));
  parser.flush((frame) => frames.push(frame));
  return { frames, parser };
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Cuts `bytes` at the given places. */
export function splitAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((place, index) => bytes.slice(places[index], place));
}

export const heartbeat = {
  type: 2,
  autopilot: 3,
  base_mode: 81,
  custom_mode: 0,
  system_status: 3,
  mavlink_version: 3,
};

/** A heartbeat frame. */
export const beat = (seq: number, sysid = 1, compid = 1): Uint8Array =>
  encode('HEARTBEAT', heartbeat, { sysid, compid, seq });

type Fields = Record<string, unknown>;

const INTEGERS = {
  uint8: [0, 0xff],
  int8: [-0x80, 0x7f],
  uint16: [0, 0xffff],
  int16: [-0x8000, 0x7fff],
  uint32: [0, 0xffff_ffff],
  int32: [-0x8000_0000, 0x7fff_ffff],
} as const;

/** Zero often, since zeros at the end of a payload are cut. */
const orZero = (arbitrary: fc.Arbitrary<number>): fc.Arbitrary<number> =>
  fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 2, arbitrary });

function elementArbitrary(type: Exclude<FieldInfo['type'], 'char'>): fc.Arbitrary<number | bigint> {
  if (type === 'uint64') return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  if (type === 'int64') return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  if (type === 'float') return orZero(fc.float());
  if (type === 'double') return orZero(fc.double());
  const [min, max] = INTEGERS[type];
  return orZero(fc.integer({ min, max }));
}

export function fieldArbitrary({ type, arrayLength }: FieldInfo): fc.Arbitrary<unknown> {
  if (type === 'char') {
    const character = fc.integer({ min: 1, max: 0x7f });
    return fc.array(character, { maxLength: arrayLength }).map((codes) => String.fromCharCode(...codes));
  }
  const element = elementArbitrary(type);
  return arrayLength === 0 ? element : fc.array(element, { minLength: arrayLength, maxLength: arrayLength });
}

export function fieldsArbitrary(info: MessageInfo): fc.Arbitrary<Fields> {
  return fc.record(Object.fromEntries(info.fields.map((field) => [field.name, fieldArbitrary(field)])));
}

export interface SentMessage {
  readonly info: MessageInfo;
  readonly fields: Fields;
  readonly options: { readonly sysid: number; readonly compid: number; readonly seq: number; readonly version: 1 | 2 };
}

const byte = fc.integer({ min: 0, max: 255 });

/** Any message of the dialect with any fields, of either version. */
export const messageArbitrary: fc.Arbitrary<SentMessage> = fc
  .tuple(fc.constantFrom(...messages), byte, byte, byte, fc.boolean())
  .chain(([info, sysid, compid, seq, old]) =>
    fieldsArbitrary(info).map((fields): SentMessage => {
      const version = old && info.id <= 255 ? 1 : 2;
      return { info, fields, options: { sysid, compid, seq, version } };
    }),
  );

export function encodeMessage({ info, fields, options }: SentMessage): Uint8Array {
  return encode(info.name, fields as unknown as FieldsIn<MessageName>, options);
}

/** Bytes that belong to no frame: anything, text, and much of what frames begin with. */
export const noiseArbitrary: fc.Arbitrary<Uint8Array> = fc
  .array(fc.oneof(byte, fc.constantFrom(0xfd, 0xfe, 0x00, 0x01, 0x09)), { maxLength: 60 })
  .map((bytes) => Uint8Array.from(bytes));

/** A second parser, as plain as can be: the whole input at once, bytes looked up one by one, no unknown ids, `prefix` bytes before each frame. */
export function oracle(input: Uint8Array, prefix = 0): string[] {
  const found: string[] = [];
  let at = 0;
  while (at < input.length) {
    const length = goodLength(input.subarray(at + prefix));
    if (length > 0) found.push(hex(input.subarray(at + prefix, at + prefix + length)));
    at += length > 0 ? prefix + length : 1;
  }
  return found;
}

function goodLength(bytes: Uint8Array): number {
  const [magic = 0, payload = 0, flags = 0] = bytes;
  const v2 = magic === 0xfd;
  if (!v2 && magic !== 0xfe) return 0;
  const header = v2 ? 10 : 6;
  const length = header + payload + 2 + (v2 && flags === 1 ? 13 : 0);
  if ((v2 && flags > 1) || bytes.length < length) return 0;
  const [low = 0, middle = 0, high = 0] = v2 ? bytes.subarray(7) : [bytes[5]];
  const info = messageById(v2 ? low | (middle << 8) | (high << 16) : low);
  if (info === undefined || (!v2 && payload !== info.minLength)) return 0;
  const end = header + payload;
  const crc = crc16(Uint8Array.of(...bytes.subarray(1, end), info.crcExtra));
  return bytes[end] === (crc & 0xff) && bytes[end + 1] === crc >> 8 ? length : 0;
}
