/** Commands for whoever stands beside the drone: docs/field.md. */
import type { Command, Flag } from './cli/index.ts';
import { EXIT_WORDS, exitsOf } from './exit.ts';

const JSON_FLAG: Flag = { name: 'json', words: 'the same as JSON, for programs' };
/** A reason need not be quoted: the words behind it belong to it. */
const REASON = { least: 0, most: 100, are: 'free' } as const;

export const DRONE_COMMANDS: readonly Command[] = [
  {
    name: 'preflight',
    brief: 'is everything right before the motors start?',
    usage: ['[--json]'],
    about: [
      'One list; each item is ok, WARN or STOP with what was seen, what is wanted, and why. Arming and starting need a list without STOP. The parameters of the autopilot must fit the safety profile of the drone (profile in its settings).',
    ],
    flags: [JSON_FLAG],
    words: { least: 0, most: 0, are: 'free' },
    settings: true,
    exits: exitsOf({ ok: 'nothing stops it', notRunning: EXIT_WORDS.notRunning, refused: 'at least one STOP' }),
    examples: [{ line: 'preflight', words: 'the list' }],
    run: async (line, io) => (await import('./tools.ts')).preflight(line, io),
  },
  {
    name: 'doctor',
    brief: 'what is wrong with this set-up, and what to do about it',
    usage: ['[--json]'],
    about: [
      'Looks at everything between the autopilot and the controller: settings, versions, other agents, data folder, disk, clock, serial device and who else has it, what comes over the line, what the autopilot holds against flying, ports, broker, TLS and login. Each is ok, LOOK (it goes on, and should be seen to), WRONG, or ? (it could not be told), with the commands to type or the parameters to set.',
      'It works with and without a running agent, and without a network. A running agent is asked, and keeps its line to the autopilot to itself. Without one the line is listened to, for some seconds, and nothing is sent: an autopilot beats by itself. A small file is written and removed to try the disk. Nothing else is changed.',
      'With sudo it sees the programs of other users as well.',
    ],
    flags: [JSON_FLAG],
    words: { least: 0, most: 0, are: 'free' },
    settings: true,
    exits: exitsOf({ ok: 'all is fine', refused: 'something is wrong', doubtful: EXIT_WORDS.doubtful }),
    examples: [
      { line: 'doctor', words: 'of the agent that runs here' },
      { line: 'doctor --config agent.toml', words: 'of one that does not run, or not yet' },
      {
        line: 'doctor --json | jq -r \'.findings[] | select(.verdict == "wrong") | .code\'',
        words: 'for scripts',
      },
    ],
    run: async (line, io) => (await import('./tools-doctor.ts')).doctor(line, io),
  },
  {
    name: 'lock',
    brief: 'the ground lock: nothing arms, starts or reboots',
    usage: ['--reason "…"'],
    about: [
      'Before hands go near the propellers. Nothing arms, starts or reboots until it is removed, whoever orders it. It holds through restarts of the agent, the companion and the autopilot, and can be set when no agent runs; then it counts for the agent of that data directory alone. A pilot’s transmitter goes past the companion: the lock does not reach it.',
    ],
    flags: [{ name: 'reason', value: 'WORDS', words: 'why, for whoever finds it locked' }, JSON_FLAG],
    words: REASON,
    settings: true,
    exits: exitsOf({
      ok: 'locked',
      failed: 'not locked, or the disk did not take it: a restart would forget it',
      notRunning: 'NOT locked: no agent keeps its data there',
    }),
    examples: [{ line: 'lock --reason "changing propellers"', words: 'before you reach in' }],
    run: async (line, io) => (await import('./tools.ts')).lock(line, io),
  },
  {
    name: 'unlock',
    brief: 'removes the lock that was set here',
    usage: ['--reason "…"'],
    about: ['A lock that an operator has set is removed by an operator; one set here from afar only by an admin.'],
    flags: [{ name: 'reason', value: 'WORDS', words: 'why it may fly again' }, JSON_FLAG],
    words: REASON,
    settings: true,
    exits: exitsOf({
      ok: 'unlocked',
      notRunning: 'nothing was unlocked: no agent keeps its data there',
      refused: 'still locked: an operator set it',
    }),
    examples: [{ line: 'unlock --reason "propellers changed"', words: 'when you are clear of it' }],
    run: async (line, io) => (await import('./tools.ts')).unlock(line, io),
  },
  {
    name: 'new-pack',
    brief: 'the battery was changed: no charge is remembered any more',
    usage: ['[ID]'],
    about: [
      'A restart of the autopilot refills a battery on paper: it reports 100 % of a pack that is half empty. So the agent remembers the charge from before and counts with the lower one, until you say here that the pack was changed; with the id of the new one its cycles and health are counted as well.',
    ],
    flags: [JSON_FLAG],
    words: { least: 0, most: 1, are: 'free' },
    settings: true,
    exits: exitsOf({ notRunning: EXIT_WORDS.notRunning, refused: 'it is no id of a pack' }),
    examples: [{ line: 'new-pack P-0042', words: 'pack P-0042 is in it now' }],
    run: async (line, io) => (await import('./tools-battery.ts')).newPack(line, io),
  },
  {
    name: 'stations',
    brief: 'ground stations through this agent, and what they may',
    usage: ['[--json]', 'unlock [NAME] [--minutes 15]', 'lock [NAME]'],
    about: [
      'QGroundControl, Mission Planner and MAVProxy connect to an end point of the agent ([[station]] in its settings). They see and read everything; what would change the vehicle is refused until somebody here unlocks the end point. It ends by itself.',
    ],
    flags: [{ name: 'minutes', value: 'N', words: 'for how long; 15' }, JSON_FLAG],
    words: { least: 0, most: 2, are: ['unlock', 'lock'] },
    settings: true,
    exits: exitsOf({ notRunning: EXIT_WORDS.notRunning, refused: 'it stays as it is; why is on standard error' }),
    examples: [
      { line: 'stations', words: 'who is there, and what was refused' },
      { line: 'stations unlock laptop --minutes 15', words: 'the end point "laptop" may change the vehicle' },
    ],
    run: async (line, io) => (await import('./tools.ts')).stations(line, io),
  },
  {
    name: 'params',
    brief: 'parameters of the autopilot: kept, compared, set',
    usage: [
      'snapshot [FILE] [--json]',
      'diff FILE [FILE] [--json]',
      'restore FILE [--apply] [--safety] [--calibration] [--json]',
    ],
    about: [
      'snapshot writes all of them into FILE, or on standard output. diff says what differs: now from FILE, or the second FILE from the first. restore shows what it would set and what it leaves alone; with --apply it sets that, reads each back, and keeps what was there before in the data directory.',
      'Files of Mission Planner, MAVProxy and QGroundControl are read too. Nothing is set while armed, or while a pilot or another station has control.',
    ],
    flags: [
      { name: 'apply', words: 'restore: set it, not only show it' },
      { name: 'safety', words: 'restore: failsafe, fence and arming parameters too' },
      { name: 'calibration', words: 'restore: calibration and identity of another board too' },
      JSON_FLAG,
    ],
    words: { least: 1, most: 3, are: ['snapshot', 'diff', 'restore'] },
    settings: true,
    exits: exitsOf({
      notRunning: EXIT_WORDS.notRunning,
      refused: 'they differ (diff), or are not set now (restore)',
    }),
    examples: [
      { line: 'params snapshot before.json', words: 'keep them' },
      { line: 'params diff before.json', words: 'what has changed since' },
      { line: 'params restore before.json', words: 'what would be set back' },
    ],
    run: async (line, io) => (await import('./tools-params.ts')).params(line, io),
  },
];
