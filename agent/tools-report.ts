/** `skein-agent report`: a recorded flight as one HTML file that needs nothing else. */
import { createReadStream } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Frame } from '@skein/protocol/mavlink';
import {
  FlightRecord,
  type Flown,
  type Place,
  type ReportAbout,
  renderReport,
  type Span,
} from '@skein/protocol/report';
import { knowsZone } from '@skein/protocol/time';
import type { CommandLine } from './cli/index.ts';
import { controlSaid } from './control-said.ts';
import { RecordedSamples, readRecording } from './decode/index.ts';
import { droneSaid } from './drone-said.ts';
import { EXIT, type Terminal } from './exit.ts';
import { LinkRate, MissionSeen, seenOf } from './flight-samples.ts';
import { ClockSteps, type Flight, FlightFinder } from './flights/index.ts';
import { openSink } from './new-file.ts';
import { RECORDINGS_FOLDER } from './recorder/index.ts';
import { AnonymousConfig, logFolder, readSettings } from './settings.ts';
import { allFlights } from './tools-flights.ts';

const CHUNK_BYTES = 256 << 10;
/** Shown before take-off and after landing. */
const AROUND_US = 60e6;
/** As the settings call a drone of which they do not know the name. */
const NAMELESS = 'unnamed';
const NUMBER = /^[1-9]\d{0,5}$/;

/** Which recordings, and which time of them. */
interface Asked {
  readonly paths: readonly string[];
  /** Null: all of it. */
  readonly span: Span | null;
  /** The flight that was asked for, as the list has it; null: whatever the file holds. */
  readonly flight: Flight | null;
  readonly source: string;
  readonly notes: readonly string[];
  /** Where the log of the agent lies that recorded it; null: not known. */
  readonly logs: string | null;
}

export async function report(line: CommandLine, io: Terminal): Promise<number> {
  const settings = readSettings(AnonymousConfig, line, process.env);
  if (!settings.ok) {
    io.complain(settings.problems);
    return EXIT.usage;
  }
  const { dataDir, display, drone } = settings.config;
  const named = drone === NAMELESS ? null : drone;
  const face = { zone: display.timeZone, hours: display.timeFormat };
  if (!knowsZone(face.zone)) {
    io.complain([`display.timeZone: this machine knows no zone "${face.zone}"`]);
    return EXIT.usage;
  }
  const [word = 'last'] = line.words;
  const asked =
    word === 'last' || NUMBER.test(word)
      ? await recorded(word, dataDir, logFolder(settings.config), io)
      : { paths: [word], span: null, flight: null, source: basename(word), notes: [], logs: null };
  if (asked === null) return EXIT.failed;
  try {
    const read = await readAll(asked);
    if (read.flight.span === null) {
      io.complain([`${asked.source} holds nothing of an autopilot with times: give a .tlog`]);
      return EXIT.failed;
    }
    const name = named ?? (await nameOf(asked));
    const about: ReportAbout = {
      ...{ drone: name, source: asked.source, madeAtUtcUs: Date.now() * 1000, face, span: asked.span },
      flown: flownIn(asked.flight === null ? read.flights : [asked.flight]),
      planned: read.planned.length > 1 ? { name: 'the mission in the recording', places: read.planned } : null,
      ...{ gaps: [], filledLater: [], notes: [...asked.notes, ...read.notes] },
    };
    const start = read.flight.air.at(0)?.fromUtcUs ?? read.flight.span.fromUtcUs;
    return await write(renderReport(read.flight, about), line.options.get('out') ?? fileName(name, start), io);
  } catch (error) {
    io.complain([error instanceof Error ? error.message : String(error)]);
    return EXIT.failed;
  }
}

/** What the log says of recordings of an agent; the name of a file from elsewhere. */
const nameOf = async ({ logs, source }: Asked): Promise<string> =>
  logs === null ? basename(source, extname(source)) : ((await droneSaid(logs)) ?? 'drone');

const fileName = (drone: string, utcUs: number): string =>
  `${drone.replaceAll(/[^A-Za-z0-9._-]/g, '_')}-${new Date(utcUs / 1000).toISOString().slice(0, 16).replaceAll(/[-:]/g, '')}.html`;

/** Null: there is no such flight, which has been said. */
async function recorded(word: string, dataDir: string, logs: string, io: Terminal): Promise<Asked | null> {
  const found = await allFlights(dataDir, io);
  if (found === null) return null;
  const index = word === 'last' ? found.flights.length - 1 : Number(word) - 1;
  const flight = found.flights[index];
  if (flight === undefined) {
    io.complain([`there is no flight ${word}: "skein-agent flights" lists ${found.flights.length}`]);
    return null;
  }
  const damaged = found.damaged.filter(({ file }) => flight.files.includes(file));
  return {
    paths: flight.files.map((name) => join(dataDir, RECORDINGS_FOLDER, name)),
    span: spanOf(flight, found.flights[index - 1], found.flights[index + 1]),
    flight,
    source: `the recordings of the drone (${flight.files.join(', ')})`,
    notes: [
      flight.clockStepped ? 'The clock was set in this flight: what was before is shown by the clock at its end.' : '',
      ...damaged.map(({ file, words }) => `${file}: ${words}.`),
    ].filter((words) => words !== ''),
    logs,
  };
}

/** Nothing of another flight, nor of a time to come. */
function spanOf({ startUtcUs, endUtcUs }: Flight, before: Flight | undefined, after: Flight | undefined): Span {
  const [earliestUs, latestUs] = [startUtcUs - AROUND_US, endUtcUs + AROUND_US];
  const nowUs = Date.now() * 1000;
  // Between two flights a clock may have been set: then they do not bound each other.
  const fromUtcUs = Math.max(earliestUs, ...[before?.endUtcUs ?? 0].filter((us) => us <= startUtcUs));
  const toUtcUs = Math.min(latestUs, ...[nowUs, (after?.startUtcUs ?? latestUs) - 1].filter((us) => us >= endUtcUs));
  return { fromUtcUs, toUtcUs };
}

/** Null: no flight was found, so that all there is counts. */
function flownIn(flights: readonly Flight[]): Flown | null {
  if (flights.length === 0) return null;
  const of = (each: (flight: Flight) => number | null): readonly number[] =>
    flights.map(each).filter((value) => value !== null);
  const sum = (values: readonly number[]): number | null =>
    values.length === 0 ? null : values.reduce((all, value) => all + value, 0);
  const heights = of(({ highestM }) => highestM);
  const mAh = sum(of(({ usedMah }) => usedMah));
  return {
    airS: sum(of(({ durationS }) => durationS)) ?? 0,
    metres: sum(of(({ distanceM }) => distanceM)),
    highestM: heights.length === 0 ? null : Math.max(...heights),
    used: mAh === null ? null : { mAh, wh: sum(of(({ usedWh }) => usedWh)) },
  };
}

async function read(path: string, onFrame: (frame: Frame, timeUs: number | undefined) => void): Promise<void> {
  await readRecording(createReadStream(path, { highWaterMark: CHUNK_BYTES }), { onFrame }).catch((error: unknown) => {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  });
}

/** What to add to the time of each frame of these, so that all until `endUtcUs` is by the clock of then. */
async function corrections(paths: readonly string[], endUtcUs: number): Promise<(frame: number) => number> {
  const steps = new ClockSteps();
  const samples = new RecordedSamples(({ kind, bootMs }) => {
    if (kind === 'position' && bootMs !== null && !isOver) steps.position(bootMs);
  });
  let isOver = false;
  for (const path of paths) {
    await read(path, (frame, timeUs) => {
      if (timeUs === undefined || isOver) return;
      steps.frame(timeUs);
      samples.take(frame, timeUs);
      isOver = timeUs === endUtcUs;
    });
  }
  return steps.corrections();
}

async function readAll({ paths, span, flight, logs }: Asked) {
  const record = new FlightRecord({ flight: flight && { fromUtcUs: flight.startUtcUs, toUtcUs: flight.endUtcUs } });
  const flights: Flight[] = [];
  const finder = new FlightFinder((one) => flights.push(one));
  const isIn = (utcUs: number): boolean => span === null || (utcUs >= span.fromUtcUs && utcUs <= span.toUtcUs);
  const mission = new MissionSeen();
  const link = new LinkRate((sample) => isIn(sample.utcUs) && record.take(sample));
  const samples = new RecordedSamples((sample) => {
    finder.take(sample);
    const seen = seenOf(sample);
    if (seen !== null && isIn(seen.utcUs)) record.take(seen);
  });
  const laterUs = flight === null ? () => 0 : await corrections(paths, flight.endUtcUs);
  let count = 0;
  let isOver = false;
  const range = { fromUtcUs: Number.POSITIVE_INFINITY, toUtcUs: Number.NEGATIVE_INFINITY };
  for (const path of paths) {
    await read(path, (frame, recordedUs) => {
      const timeUs = recordedUs === undefined ? undefined : recordedUs + laterUs(count++);
      // Missions are uploaded before the flight; after it, those of the next.
      if (flight === null || timeUs === undefined || timeUs <= flight.endUtcUs) mission.take(frame);
      if (timeUs === undefined) return;
      // A clock that is set back on the ground must not put what follows into the flight.
      if (isOver && timeUs < (flight?.endUtcUs ?? 0)) return;
      isOver ||= timeUs === flight?.endUtcUs;
      samples.take(frame, timeUs);
      if (!isIn(timeUs) || frame.sysid !== samples.sysid) return;
      link.take(frame.bytes.length, timeUs);
      range.fromUtcUs = Math.min(range.fromUtcUs, timeUs);
      range.toUtcUs = Math.max(range.toUtcUs, timeUs);
    });
  }
  finder.close();
  const said = logs === null || !(range.toUtcUs > range.fromUtcUs) ? [] : await controlSaid(logs, range);
  for (const sample of said) record.take(sample);
  const planned: readonly Place[] = mission.places();
  const notes = [
    said.length > 0
      ? 'Who had control is from the log of the agent, by the clock of its board.'
      : 'Who had control is not in a recording of the link: the modes are.',
    ...(flight === null && flights.some(({ clockStepped }) => clockStepped)
      ? [
          'The clock was set in the air: what was before is shown by the clock of then, and a silence there may be none.',
        ]
      : []),
  ];
  return { flight: record.finish(), flights, planned, notes };
}

async function write(html: string, out: string, io: Terminal): Promise<number> {
  const sink = await openSink(out === '-' ? null : out, io.stream);
  await sink.put(html);
  await sink.end();
  if (out !== '-') io.out(`${out}: ${Math.ceil(html.length / 1000)} kB; it opens in any browser, without a network.\n`);
  return EXIT.ok;
}
