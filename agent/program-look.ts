/** Commands that only look: what the agent does, and what was recorded. */
import type { Command, Flag } from './cli/index.ts';
import { EXIT_WORDS, exitsOf } from './exit.ts';

const JSON_FLAG: Flag = { name: 'json', words: 'the same as JSON, for programs' };

export const LOOK_COMMANDS: readonly Command[] = [
  {
    name: 'status',
    brief: 'what the agent on this machine is doing',
    usage: ['[--json]'],
    about: [
      'The first line says whether it sends and how far behind it is; lines with "!" say what is wrong and what to do. Then a line for each part: link to the autopilot, vehicle, control, position, uplink, outbox, recordings, clock, and what was lost since the start.',
      'Times are shown in the zone of display.timeZone, UTC beside.',
    ],
    flags: [JSON_FLAG],
    words: { least: 0, most: 0, are: 'free' },
    settings: true,
    exits: exitsOf({ notRunning: EXIT_WORDS.notRunning }),
    examples: [
      { line: 'status', words: 'the page' },
      { line: 'status --json | jq .outbox.backlogRows', words: 'one number of it' },
    ],
    run: async (line, io) => (await import('./tools-status.ts')).status(line, io),
  },
  {
    name: 'logs',
    brief: 'what the agent wrote down: all of it, since when, how bad, with which words',
    usage: ['[--follow] [--since TIME] [--level LEVEL] [--grep TEXT] [--last N] [--json]'],
    about: [
      'Reads the agent’s own log files, the oldest line first, whether it runs or not. Each line: date and time in the zone of display.timeZone, level, part of the agent, words, fields; below an error, where it was thrown. Times are the board’s clock as it was then: before somebody told it the time it may have been wrong.',
      'It only reads. --follow goes on as lines come, also into the next file, until Ctrl-C.',
    ],
    flags: [
      { name: 'follow', short: 'f', words: 'go on with what comes; begins with the last 20 lines' },
      {
        name: 'since',
        value: 'TIME',
        words: '10m, 2h, 3d: that long ago; 14:30: today here; 2026-11-21, 2026-11-21T14:30; …T13:30:00Z is UTC',
      },
      {
        name: 'level',
        value: 'LEVEL',
        choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'],
        words: 'this and worse',
      },
      {
        name: 'grep',
        value: 'TEXT',
        words: 'lines that say this: part, words, values, or field=value; in capitals or not',
      },
      { name: 'last', short: 'n', value: 'N', words: 'only the last N lines of what there is' },
      { name: 'json', words: 'the lines as they are: one JSON object each, "time" in ms of UTC' },
    ],
    words: { least: 0, most: 0, are: 'free' },
    settings: true,
    exits: exitsOf({ ok: 'done, also when no line fits', failed: 'there are no logs, or they may not be read' }),
    examples: [
      { line: 'logs --since 10m --level warn', words: 'what went wrong in the last ten minutes' },
      { line: 'logs -f --grep uplink', words: 'watch how it reaches the controller' },
      { line: 'logs --since 14:00 --json > afternoon.jsonl', words: 'to take home' },
    ],
    run: async (line, io) => (await import('./tools-logs.ts')).logs(line, io),
  },
  {
    name: 'outbox',
    brief: 'what waits for the controller, what is missing and why, what to do',
    usage: ['[--json]'],
    about: [
      'The first line says how much waits; lines with "!" say what is wrong and what to do. Then the room used, what waits for each start of the agent and lane (urgent goes before history) with the age of its oldest, and what is missing from it: each cause with what it means and its remedy. What is missing is told to the controller as a gap, never silently.',
      'It reads the file of the outbox without a lock and writes nothing: while an agent runs, whose acks are asked for, on a stopped agent’s data directory, on a read-only or damaged card. Of a file that is written meanwhile the numbers are about right.',
    ],
    flags: [JSON_FLAG],
    words: { least: 0, most: 0, are: 'free' },
    settings: true,
    exits: exitsOf({ failed: 'there is no outbox, or it may not be read' }),
    examples: [
      { line: 'outbox', words: 'the page' },
      { line: 'outbox --dataDir=/mnt/card/var/lib/skein-agent', words: 'of a card taken out of a drone' },
    ],
    run: async (line, io) => (await import('./tools-outbox.ts')).outbox(line, io),
  },
  {
    name: 'flights',
    brief: 'flights in the recordings: when, how long, how far, with how much energy',
    usage: ['[--json]'],
    about: [
      'Reads every recording of the data directory (recordings/, .tlog), whether the agent runs or not: a gigabyte takes a minute or so. A flight lasts from leaving the ground until standing on it. The number before it is the N of "bundle --flight N"; it shifts when the oldest recordings are given up for room.',
      'Nothing is guessed: a flight whose start or end is not recorded says so, and damaged or missing recordings are listed.',
    ],
    flags: [JSON_FLAG],
    words: { least: 0, most: 0, are: 'free' },
    settings: true,
    exits: exitsOf({
      ok: 'done, also when there was no flight',
      failed: 'there are no recordings, or they may not be read',
    }),
    examples: [
      { line: 'flights', words: 'the list, in the zone of display.timeZone and UTC' },
      { line: "flights --json | jq '.flights[-1]'", words: 'the newest' },
    ],
    run: async (line, io) => (await import('./tools-flights.ts')).flights(line, io),
  },
  {
    name: 'report',
    brief: 'a flight as one HTML file: map, curves, events, summary',
    usage: ['[N|last|FILE] [--out FILE]'],
    about: [
      'Of a flight that "flights" lists (the last one without a number), or of all that a .tlog holds: where it flew and where it was to fly, height, speed, battery, link, modes, who had control, what the autopilot said, and what is not known of it. The file needs no network and runs nothing; it opens in any browser and prints.',
      'Times are shown in the zone of display.timeZone, UTC beside. A recording of the link does not say who had control: that is taken from the log of the agent, where it reaches back so far.',
    ],
    flags: [{ name: 'out', value: 'FILE', words: 'where; "-" is standard output. Nothing is overwritten' }],
    words: { least: 0, most: 1, are: 'files' },
    settings: true,
    exits: exitsOf({ failed: 'there is no such flight or file, or no room: then no file is left' }),
    examples: [
      { line: 'report', words: 'the last flight, into this folder' },
      { line: 'report 3 --out /media/usb/flight3.html', words: 'another one, on a stick' },
      { line: 'report flight.tlog --drone=kite-1', words: 'of a recording from elsewhere' },
    ],
    run: async (line, io) => (await import('./tools-report.ts')).report(line, io),
  },
  {
    name: 'bundle',
    brief: 'one .zip to take home: logs, recordings, counters, settings, versions',
    usage: ['[--flight N|last|all|none] [--out FILE] [--json]'],
    about: [
      'Log files, recordings of the last flight (or of those you choose), status with its counters, settings without passwords, versions, all parameters of the autopilot, the pre-flight list, the outbox in words, the list of flights. It is written into this folder, or as --out FILE says: a whole file or none.',
      'It works when the agent does not run: then status and counters are missing, which is said, and pre-flight list and parameters are those that were recorded last. Nothing is asked of an armed vehicle.',
      'Passwords are taken out of every text: those that are set or that the environment holds, those in addresses, and what looks like one (password=…, token, Bearer, a private key); in recordings they are written over. Give the --config of the agent: a password that is not known is found by its looks alone. Positions, names and what the drone saw are in it: mind whom you send it.',
    ],
    flags: [
      {
        name: 'flight',
        value: 'N',
        words: 'which recordings: a number that "flights" lists, last (so without it), all, none',
      },
      { name: 'out', value: 'FILE', words: 'where; another disk when this one is full. Nothing is overwritten' },
      JSON_FLAG,
    ],
    words: { least: 0, most: 0, are: 'free' },
    settings: true,
    exits: exitsOf({ failed: 'there is nothing to gather, no such flight, or no room: then no file is left' }),
    examples: [
      { line: 'bundle', words: 'with the last flight, here' },
      { line: 'bundle --flight 3 --out /media/usb/flight3.zip', words: 'another flight, on a stick' },
      { line: 'bundle --flight none', words: 'small enough for a phone' },
    ],
    run: async (line, io) => (await import('./tools-bundle.ts')).bundle(line, io),
  },
  {
    name: 'decode',
    brief: 'a recording as JSON lines, tables (CSV) or the way flown (GeoJSON, KML, GPX)',
    usage: [
      'FILE',
      'FILE --format csv [--kinds KINDS] [--out FILE|FOLDER]',
      'FILE --format geojson|kml|gpx [--out FILE]',
      '-',
    ],
    about: [
      'JSON lines, the default: one object for each frame on standard output, a summary on standard error. Whether FILE has times (.tlog) or is raw bytes of a link is found out by itself; "-" reads standard input. Frames of ids that the dialect does not know are given whole, as hex.',
      'csv: samples as the agent makes them in flight, in SI units with the units in the names of the columns, the same table as the controller exports; position unless --kinds says others. geojson, kml and gpx: the way flown, with a time for each point and altitudes above mean sea level (also in GeoJSON, where others expect them above the ellipsoid: its property "altitudes" says so), broken where nothing was heard for 15 s or the clock was set back. These want a .tlog, and read the first autopilot in it.',
    ],
    flags: [
      {
        name: 'format',
        value: 'FORMAT',
        choices: ['jsonl', 'csv', 'geojson', 'kml', 'gpx'],
        words: 'jsonl, or what other programs open',
      },
      { name: 'kinds', value: 'KINDS', words: 'csv: position, battery, gps, text, …, commas between' },
      {
        name: 'out',
        value: 'PATH',
        words: 'a new file, or a folder for tables of several kinds; nothing is overwritten',
      },
      {
        name: 'drone',
        value: 'NAME',
        words: 'what the drone is called in it (column "drone", name of the way); else the name of FILE',
      },
    ],
    words: { least: 1, most: 1, are: 'files' },
    settings: false,
    exits: exitsOf({ failed: 'the file cannot be read, holds no MAVLink frame or no times, or there is no room' }),
    examples: [
      { line: 'decode flight.tlog | head', words: 'its first frames' },
      { line: 'decode flight.tlog --format gpx > flight.gpx', words: 'the way, for a map program' },
      { line: 'decode flight.tlog --format csv --kinds battery,gps --out tables', words: 'two tables' },
    ],
    run: async (line, io) => (await import('./tools-decode.ts')).decode(line, io),
  },
];
