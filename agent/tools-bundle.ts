/** `skein-agent bundle`: one file to take home, or to send to whoever helps. */
import { statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { sizeWords, table } from './asking.ts';
import { type Entry, zipOf } from './bundle/index.ts';
import { type Contents, gather } from './bundle-contents.ts';
import type { CommandLine } from './cli/index.ts';
import { EXIT, type Terminal } from './exit.ts';
import { NewFile } from './new-file.ts';
import { progress, type RecordedFlights, recordedFlights } from './recorded-flights.ts';
import { RECORDINGS_FOLDER } from './recorder/index.ts';
import { AnonymousConfig, readSettings } from './settings.ts';

export async function bundle(line: CommandLine, io: Terminal): Promise<number> {
  const settings = readSettings(AnonymousConfig, line, process.env);
  if (!settings.ok) {
    io.complain(settings.problems);
    return EXIT.usage;
  }
  const flight = line.options.get('flight') ?? 'last';
  if (!/^(last|all|none|[1-9]\d{0,5})$/.test(flight)) {
    io.complain([`--flight ${flight}: write last, all, none, or a number that "skein-agent flights" lists`]);
    return EXIT.usage;
  }
  const { dataDir } = settings.config;
  // A folder that is not there holds nothing of an agent; what is missing inside of it is only told.
  const there = await statfs(dataDir).catch(() => null);
  if (there === null) {
    io.complain([`there is no data directory ${dataDir}: name it with --config FILE or --dataDir=FOLDER`]);
    return EXIT.failed;
  }
  const recorded = await recordedFlights(resolve(dataDir, RECORDINGS_FOLDER), progress(io)).catch(() => null);
  const wanted = wantedFiles(flight, recorded);
  if (wanted === null) {
    io.complain([`there is no flight ${flight}: "skein-agent flights" lists ${recorded?.flights.length ?? 0}`]);
    return EXIT.failed;
  }
  const madeAt = new Date(Date.now());
  try {
    const contents = await gather({ line, settings, recorded, wanted, madeAt });
    const { leftOut } = contents;
    if (flight === 'none') {
      leftOut.push({ what: 'recordings/', why: 'left out, as asked (--flight none)' });
    } else if (recorded === null || recorded.recordings.length === 0) {
      leftOut.push({ what: 'recordings/', why: 'there are none' });
    } else if (wanted.size === 0 && flight === 'last') {
      leftOut.push({ what: 'recordings/', why: 'no flight is recorded; --flight all takes every recording' });
    }
    // Of those that are wanted, and of those in which the wanted one may be.
    for (const { file, words } of recorded?.damaged ?? [])
      if (wanted.has(file) || (wanted.size === 0 && flight === 'last'))
        leftOut.push({ what: `of recordings/${file}`, why: words });
    return await write(contents, { line, io, madeAt });
  } catch (error) {
    io.complain([error instanceof Error ? error.message : String(error)]);
    return EXIT.failed;
  }
}

/** Names of the recordings; null: there is no such flight. */
function wantedFiles(flight: string, recorded: RecordedFlights | null): ReadonlySet<string> | null {
  if (flight === 'none') return new Set();
  if (flight === 'all') return new Set(recorded?.recordings.map(({ name }) => name));
  const flights = recorded?.flights ?? [];
  const chosen = flight === 'last' ? flights.at(-1) : flights[Number(flight) - 1];
  if (chosen === undefined) return flight === 'last' ? new Set() : null;
  return new Set(chosen.files);
}

function about({ drone, entries, leftOut, mind }: Contents, madeAt: Date): string {
  return [
    `What "skein-agent bundle" gathered of ${drone}, ${madeAt.toISOString()}. Passwords are not in it.\n`,
    ...mind.map((words) => `${words}\n`),
    '\n',
    table(entries.map(({ name, words }) => [name, words])),
    ...(leftOut.length === 0 ? [] : ['\nNot in it:\n', table(leftOut.map(({ what, why }) => [what, why]))]),
  ].join('');
}

interface Writing {
  readonly line: CommandLine;
  readonly io: Terminal;
  readonly madeAt: Date;
}

async function write(contents: Contents, { line, io, madeAt }: Writing): Promise<number> {
  const { drone, leftOut, mind } = contents;
  const stamp = madeAt.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const path = resolve(line.options.get('out') ?? `skein-${drone}-${stamp}.zip`);
  // The last, for then it is known what could not be read.
  const content = (): Readable => Readable.from([about(contents, madeAt)], { objectMode: false });
  const entries: Entry[] = [...contents.entries, { name: 'about.txt', words: 'this list', content }];
  const file = await NewFile.create(path);
  try {
    for await (const part of zipOf(entries, madeAt)) await file.put(part);
    await file.end();
  } catch (error) {
    await file.giveUp();
    throw error;
  }
  if (line.switches.has('json')) {
    const named = entries.map(({ name, words }) => ({ name, words }));
    io.out(`${JSON.stringify({ file: path, bytes: file.bytes, entries: named, leftOut, mind })}\n`);
    return EXIT.ok;
  }
  io.out(table(entries.map(({ name, words }) => [name, words])));
  for (const words of mind) io.out(`! ${words}\n`);
  for (const { what, why } of leftOut) io.out(`! not in it: ${what}: ${why}\n`);
  io.out(`\n${path}: ${sizeWords(file.bytes)}. Passwords are not in it; positions and names are.\n`);
  return EXIT.ok;
}
