/** `skein-agent decode`: a recording as JSON lines, or in the formats that other programs open. */
import { createReadStream } from 'node:fs';
import { basename, extname } from 'node:path';
import type { Readable } from 'node:stream';
import type { KindName } from '@skein/protocol/telemetry';
import type { CommandLine } from './cli/index.ts';
import { decodeRecording, KIND_NAMES, summaryLine, TRACK_FORMATS } from './decode/index.ts';
import { EXIT, type Terminal } from './exit.ts';
import { type Export, exportTables, exportTrack } from './tools-export.ts';

const CHUNK_BYTES = 256 << 10;

const open = (path: string): Readable =>
  path === '-' ? process.stdin : createReadStream(path, { highWaterMark: CHUNK_BYTES });

export async function decode(line: CommandLine, io: Terminal): Promise<number> {
  const [path = '-'] = line.words;
  const format = line.options.get('format') ?? 'jsonl';
  const named = line.options.get('kinds')?.split(',') ?? ['position'];
  const kinds = KIND_NAMES.filter((kind) => named.includes(kind));
  const problem = wrong(line, named, kinds);
  if (problem !== null) {
    io.complain([problem]);
    return EXIT.usage;
  }
  const drone = line.options.get('drone') ?? (path === '-' ? 'recording' : basename(path, extname(path)));
  const out = line.options.get('out') ?? null;
  const asked: Export = { path, open: () => open(path), drone, kinds, out, io };
  const track = TRACK_FORMATS.find((one) => one === format);
  try {
    const frames =
      track !== undefined
        ? await exportTrack(asked, track)
        : format === 'csv'
          ? await exportTables(asked)
          : await jsonLines(path, io);
    if (frames > 0) return EXIT.ok;
    io.complain([`${path} holds no MAVLink frame: give a .tlog, or the raw bytes of a link`]);
  } catch (error) {
    io.complain([error instanceof Error ? error.message : String(error)]);
  }
  return EXIT.failed;
}

function wrong({ options }: CommandLine, named: readonly string[], kinds: readonly KindName[]): string | null {
  const format = options.get('format') ?? 'jsonl';
  const strange = named.find((name) => !KIND_NAMES.some((kind) => kind === name));
  if (strange !== undefined) return `--kinds ${strange}: there is ${KIND_NAMES.join(', ')}`;
  if (options.has('kinds') && format !== 'csv')
    return '--kinds is for --format csv: a track has positions, JSON lines have everything';
  if (options.has('out') && format === 'jsonl')
    return 'JSON lines go to standard output: write > FILE in place of --out';
  if (kinds.length > 1 && !options.has('out'))
    return 'tables of several kinds want --out FOLDER: each becomes a file there';
  return null;
}

/** Returns how many frames there were. */
async function jsonLines(path: string, io: Terminal): Promise<number> {
  try {
    const summary = await decodeRecording(open(path), io.stream);
    if (!summary.cut) process.stderr.write(`${summaryLine(summary)}\n`);
    return summary.cut ? 1 : summary.frames;
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
