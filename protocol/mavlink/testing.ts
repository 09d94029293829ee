/** What the tests here share: recorded data, random messages, a seed that replays. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { encode } from './codec.ts';
import { type Frame, FrameParser } from './index.ts';
import type { FieldInfo, FieldsIn, MessageInfo, MessageName } from './message.ts';
import type { ParserOptions } from './parser.ts';
import { messages } from './table.ts';

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
