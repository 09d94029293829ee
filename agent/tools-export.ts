/** What `skein-agent decode` writes for other programs: tables of samples, and the way flown. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { KindName, Sample } from '@skein/protocol/telemetry';
import {
  csvHead,
  csvLine,
  MAX_POINTS,
  type ReadRecording,
  RecordedSamples,
  readRecording,
  Track,
  type TrackFormat,
} from './decode/index.ts';
import type { Terminal } from './exit.ts';
import { openSink, type Sink } from './new-file.ts';

/** Text gathered before it is written. */
const WRITE_CHARS = 64 << 10;

export interface Export {
  readonly path: string;
  readonly open: () => Readable;
  /** What the formats that name a drone call it. */
  readonly drone: string;
  readonly kinds: readonly KindName[];
  /** A file, or a folder for tables of several kinds; null: standard output. */
  readonly out: string | null;
  readonly io: Terminal;
}

interface Read extends ReadRecording {
  readonly frames: number;
}

/** Reads the samples; after each chunk what was made of them can be written, false ends it. Throws why it is no use. */
async function samplesOf(
  { path, open }: Export,
  onSample: (sample: Sample) => void,
  more: () => Promise<boolean>,
): Promise<Read> {
  let frames = 0;
  const samples = new RecordedSamples(onSample);
  const events = {
    onFrame: (...[frame, timeUs]: Parameters<Parameters<typeof readRecording>[1]['onFrame']>) => {
      frames++;
      samples.take(frame, timeUs ?? 0);
    },
    onFormat: (format: ReadRecording['format']) => format === 'tlog',
    more,
  };
  const read = await readRecording(open(), events).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : new Error(`${path}: ${message}`);
  });
  if (read.format === 'tlog') return { ...read, frames };
  throw new Error(`${path} has no times, or no MAVLink frame: this format wants a .tlog; --format jsonl reads others`);
}

function summed(io: Terminal, { frames, skippedBytes, lostBySeq }: Read, words: string): void {
  const rest = `${skippedBytes} bytes belong to no frame, ${lostBySeq} missing by sequence number`;
  io.complain([`${words} from ${frames} frames; ${rest}`]);
}

/** Returns how many frames there were, as `exportTables` does. */
export async function exportTrack(asked: Export, format: TrackFormat): Promise<number> {
  const { drone, out, io } = asked;
  const track = new Track();
  const read = await samplesOf(
    asked,
    (sample) => track.take(sample),
    async () => !track.full,
  );
  if (track.full) throw new Error(`more than ${MAX_POINTS} positions: decode parts of the recording one by one`);
  const sink = await openSink(out, io.stream);
  for (const part of track.write(format, drone)) if (!(await sink.put(part))) break;
  await sink.end();
  summed(io, read, `${track.points} points`);
  return read.frames;
}

/** A table is given on while it is read: each kind has its own file, and its own text that waits. */
export async function exportTables(asked: Export): Promise<number> {
  const { drone, kinds, io } = asked;
  const sinks = await sinksOf(asked);
  const texts = new Map<KindName, string>(kinds.map((kind) => [kind, csvHead(kind)]));
  let rows = 0;
  const write = async (least: number): Promise<boolean> => {
    let open = true;
    for (const [kind, text] of texts) {
      if (text.length <= least) continue;
      texts.set(kind, '');
      open = ((await sinks.get(kind)?.put(text)) ?? true) && open;
    }
    return open;
  };
  try {
    const onSample = (sample: Sample): void => {
      const text = texts.get(sample.kind);
      if (text === undefined) return;
      rows++;
      texts.set(sample.kind, text + csvLine(drone, sample));
    };
    const read = await samplesOf(asked, onSample, () => write(WRITE_CHARS));
    await write(0);
    for (const sink of sinks.values()) await sink.end();
    summed(io, read, `${rows} rows`);
    return read.frames;
  } catch (error) {
    for (const sink of sinks.values()) await sink.giveUp();
    throw error;
  }
}

async function sinksOf({ kinds, out, io }: Export): Promise<ReadonlyMap<KindName, Sink>> {
  const several = out !== null && kinds.length > 1;
  if (several) await mkdir(out, { recursive: true });
  const sinks = new Map<KindName, Sink>();
  try {
    for (const kind of kinds) sinks.set(kind, await openSink(several ? join(out, `${kind}.csv`) : out, io.stream));
  } catch (error) {
    for (const sink of sinks.values()) await sink.giveUp();
    throw error;
  }
  return sinks;
}
