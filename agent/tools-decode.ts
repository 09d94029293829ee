/** `skein-agent decode`. */
import { createReadStream } from 'node:fs';
import type { CommandLine } from './cli/index.ts';
import { decodeRecording, summaryLine } from './decode/index.ts';
import { EXIT, type Terminal } from './exit.ts';

export async function decode(line: CommandLine, io: Terminal): Promise<number> {
  const [path = '-'] = line.words;
  const input = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: 256 << 10 });
  try {
    const summary = await decodeRecording(input, process.stdout);
    if (!summary.cut) process.stderr.write(`${summaryLine(summary)}\n`);
    if (summary.frames > 0 || summary.cut) return EXIT.ok;
    io.complain([`${path} holds no MAVLink frame: give a .tlog, or the raw bytes of a link`]);
    return EXIT.failed;
  } catch (error) {
    io.complain([`${path}: ${error instanceof Error ? error.message : String(error)}`]);
    return EXIT.failed;
  }
}
