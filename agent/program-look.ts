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
      { name: 'grep', value: 'TEXT', words: 'lines with this in their words or fields, in capitals or not' },
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
    name: 'decode',
    brief: 'a .tlog or raw MAVLink as JSON lines',
    usage: ['FILE', '-'],
    about: [
      'One JSON object a line on standard output, a summary on standard error. Whether FILE has times (.tlog) or is raw bytes of a link is found out by itself; "-" reads standard input. Frames of ids that the dialect does not know are given whole, as hex.',
    ],
    flags: [],
    words: { least: 1, most: 1, are: 'files' },
    settings: false,
    exits: exitsOf({ failed: 'the file cannot be read, or holds no MAVLink frame' }),
    examples: [{ line: 'decode flight.tlog | head', words: 'its first frames' }],
    run: async (line, io) => (await import('./tools-decode.ts')).decode(line, io),
  },
];
