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
