/**
 * Parse and decode of a recorded flight against node-mavlink: the same bytes in the same 256-byte chunks, both warmed,
 * passes interleaved, the median of nine. Both read every field of every message into a plain object and fold it into
 * a checksum, which must be equal. Exits with 1 under the floor.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, FrameParser, type Message, TlogReader } from '@skein/protocol/mavlink';
import {
  ardupilotmega,
  common,
  icarous,
  type MavLinkPacket,
  MavLinkPacketParser,
  type MavLinkPacketRegistry,
  MavLinkPacketSplitter,
  minimal,
  standard,
  uavionix,
} from 'node-mavlink';

const CHUNK_BYTES = 256;
const PASSES = 9;
const WARM_UP_PASSES = 10;
/** The recording is short: one pass reads it this often, so that a pass is long against a timer tick. */
const LAPS = 10;
const AIM = 12;
const FLOOR = 6;

type PlainFields = Readonly<Record<string, unknown>>;

interface Result {
  readonly checksum: number;
  readonly frames: number;
}

const chunks = readChunks();
const registry: MavLinkPacketRegistry = {
  ...minimal.REGISTRY,
  ...standard.REGISTRY,
  ...common.REGISTRY,
  ...uavionix.REGISTRY,
  ...icarous.REGISTRY,
  ...ardupilotmega.REGISTRY,
};

for (let pass = 0; pass < WARM_UP_PASSES; pass++) {
  parseWithSkein();
  await parseWithNodeMavlink();
}
const skein: number[] = [];
const nodeMavlink: number[] = [];
let frames = 0;
for (let pass = 0; pass < PASSES; pass++) {
  const startSkein = performance.now();
  const ours = parseWithSkein();
  const startNodeMavlink = performance.now();
  const theirs = await parseWithNodeMavlink();
  const end = performance.now();
  skein.push(startNodeMavlink - startSkein);
  nodeMavlink.push(end - startNodeMavlink);
  if (ours.frames !== theirs.frames || ours.checksum !== theirs.checksum) {
    console.error(`The two read different things: ${JSON.stringify(ours)} against ${JSON.stringify(theirs)}`);
    process.exit(1);
  }
  frames = ours.frames;
}

const ratePerS = (times: readonly number[]): number => Math.round((frames * 1_000) / median(times));
const ratio = median(nodeMavlink) / median(skein);
console.log(
  `parse + decode: ${ratePerS(skein).toLocaleString('en')} frames/s, node-mavlink ${ratePerS(nodeMavlink).toLocaleString('en')} frames/s, ` +
    `ratio ${ratio.toFixed(1)} (aim ${AIM}, floor ${FLOOR})`,
);
if (ratio < FLOOR) process.exitCode = 1;

function parseWithSkein(): Result {
  const parser = new FrameParser();
  let checksum = 0;
  let count = 0;
  for (const chunk of chunks) {
    parser.push(chunk, (frame) => {
      const message: Message | null = decode(frame);
      if (message === null) return;
      count++;
      checksum = fold(checksum, message.fields as unknown as PlainFields);
    });
  }
  return { checksum, frames: count };
}

async function parseWithNodeMavlink(): Promise<Result> {
  const splitter = new MavLinkPacketSplitter();
  const parser = splitter.pipe(new MavLinkPacketParser());
  let checksum = 0;
  let count = 0;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  parser.on('end', resolve);
  parser.on('data', (packet: MavLinkPacket) => {
    const type = registry[packet.header.msgid];
    if (type === undefined) return;
    count++;
    checksum = fold(checksum, packet.protocol.data(packet.payload, type) as unknown as PlainFields);
  });
  for (const chunk of chunks) {
    if (!splitter.write(chunk)) await new Promise<void>((drained) => splitter.once('drain', drained));
  }
  splitter.end();
  await ended;
  return { checksum, frames: count };
}

/** Order of fields does not matter, zero adds nothing: both may list them, and newer ones, as they like. */
function fold(checksum: number, fields: PlainFields): number {
  for (const name in fields) {
    const value = fields[name];
    if (typeof value === 'number') checksum = (checksum + foldNumber(value)) | 0;
    else if (typeof value === 'bigint') checksum = (checksum + foldNumber(Number(value))) | 0;
    else if (typeof value === 'string') {
      for (let index = 0; index < value.length; index++) checksum = (checksum + value.charCodeAt(index)) | 0;
    } else if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++)
        checksum = (checksum + foldNumber(value[index]) * (index + 1)) | 0;
    }
  }
  return checksum;
}

/** Keeps ten bits of fraction; NaN folds to 0. */
function foldNumber(value: number): number {
  return (value * 1_024) | 0;
}

function readChunks(): readonly Buffer[] {
  const tlog = readFileSync(join(import.meta.dirname, '../../protocol/mavlink/testdata/flight-excerpt.tlog'));
  const recorded: Uint8Array[] = [];
  const reader = new TlogReader();
  const keep = ({ frame }: { readonly frame: { readonly bytes: Uint8Array } }) => recorded.push(frame.bytes);
  reader.push(tlog, keep);
  reader.flush(keep);
  const bytes = Buffer.concat(Array.from({ length: LAPS }, () => recorded).flat());
  return Array.from({ length: Math.ceil(bytes.length / CHUNK_BYTES) }, (_, index) =>
    bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES),
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
