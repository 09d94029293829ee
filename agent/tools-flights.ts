/** `skein-agent flights`: what is recorded of each. */
import { join } from 'node:path';
import { lengthOf, momentOf } from '@skein/protocol/report';
import { type Face, formatUtc, knowsZone, zoned } from '@skein/protocol/time';
import { table } from './asking.ts';
import type { CommandLine } from './cli/index.ts';
import { EXIT, type Terminal } from './exit.ts';
import type { Flight } from './flights/index.ts';
import { progress, type RecordedFlights, recordedFlights } from './recorded-flights.ts';
import { RECORDINGS_FOLDER } from './recorder/index.ts';
import { AnonymousConfig, readSettings } from './settings.ts';

/** A silence in the middle of a flight that is worth a word, s. */
const SILENCE_S = 5;

export async function flights(line: CommandLine, io: Terminal): Promise<number> {
  const settings = readSettings(AnonymousConfig, line, process.env);
  if (!settings.ok) {
    io.complain(settings.problems);
    return EXIT.usage;
  }
  const { dataDir, display } = settings.config;
  if (!knowsZone(display.timeZone)) {
    io.complain([`display.timeZone: this machine knows no zone "${display.timeZone}"`]);
    return EXIT.usage;
  }
  const face = { zone: display.timeZone, hours: display.timeFormat };
  const found = await allFlights(dataDir, io);
  if (found === null) return EXIT.failed;
  if (line.switches.has('json')) io.out(`${JSON.stringify(asJson(found, face))}\n`);
  else io.out(flightsPage(found, face));
  return EXIT.ok;
}

/** Null: there are none to read, which has been said. */
export async function allFlights(dataDir: string, io: Terminal): Promise<RecordedFlights | null> {
  const folder = join(dataDir, RECORDINGS_FOLDER);
  try {
    const found = await recordedFlights(folder, progress(io));
    if (found.recordings.length > 0) return found;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      io.complain([code === 'EACCES' ? `${folder} may not be read by this user: try sudo` : message]);
      return null;
    }
  }
  io.complain([
    `there are no recordings in ${folder}: no agent has recorded with this data directory`,
    'Name its data directory with --config FILE or --dataDir=FOLDER; recorder.enabled may be off there.',
  ]);
  return null;
}

function asJson({ flights, damaged }: RecordedFlights, face: Face): object {
  return {
    flights: flights.map(({ startUtcUs, endUtcUs, ...rest }, i) => ({
      ...{ n: i + 1, start: formatUtc(startUtcUs), end: formatUtc(endUtcUs) },
      ...{ startLocal: momentOf(startUtcUs, face), endLocal: momentOf(endUtcUs, face), ...rest },
    })),
    damaged,
  };
}

const metres = (m: number): string => (m < 1000 ? `${Math.round(m)} m` : `${(m / 1000).toFixed(2)} km`);

function remarks({ beginsOnGround, endsOnGround, longestSilenceS, clockStepped }: Flight): string {
  return [
    beginsOnGround ? null : 'begins in the air',
    endsOnGround ? null : 'ends in the air',
    longestSilenceS > SILENCE_S ? `${lengthOf(longestSilenceS)} of it not recorded` : null,
    clockStepped ? 'its clock was set meanwhile' : null,
  ]
    .filter((each) => each !== null)
    .join(', ');
}

export function flightsPage({ flights, recordings, damaged }: RecordedFlights, face: Face): string {
  const rows = flights.map((flight, i) => {
    const { startUtcUs, endUtcUs, durationS, distanceM, highestM, usedMah, usedWh, files } = flight;
    const energy = [
      usedMah === null ? null : `${Math.round(usedMah)} mAh`,
      usedWh === null ? null : `${usedWh.toFixed(1)} Wh`,
    ].filter((each) => each !== null);
    return [
      String(i + 1),
      momentOf(startUtcUs, face),
      zoned(endUtcUs / 1000, face).time,
      `${formatUtc(startUtcUs).slice(0, 19)}Z`,
      lengthOf(durationS),
      distanceM === null ? '—' : metres(distanceM),
      highestM === null ? '—' : metres(highestM),
      energy.length === 0 ? '—' : energy.join(', '),
      files.length === 1 ? (files[0] ?? '') : `${files[0]} and ${files.length - 1} more`,
      remarks(flight),
    ];
  });
  const head = ['N', 'start', 'end', 'start in UTC', 'took', 'way', 'highest', 'energy', 'recording', ''];
  const page = rows.length === 0 ? `No flight in ${recordings.length} recordings.\n` : table([head, ...rows]);
  const wrong = damaged.map(({ file, words }) => `! ${file}: ${words}\n`);
  return wrong.length === 0 ? page : `${page}\n${wrong.join('')}`;
}
