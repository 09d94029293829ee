/** Commands about the program itself. */
import { type Command, SHELLS } from './cli/index.ts';
import { EXIT_WORDS, exitsOf } from './exit.ts';

const NO_WORDS = { least: 0, most: 0, are: 'free' } as const;

export const RUN_COMMANDS: readonly Command[] = [
  {
    name: 'run',
    brief: 'runs until SIGINT or SIGTERM',
    usage: ['[--config FILE] [--KEY=VALUE …] [--respawn]'],
    about: [
      'Talks to the autopilot (link.url), records, keeps what was measured through outages, sends it to the controller (uplink.url). Prints one line of JSON when it runs, logs on standard error and into files; ends in order within 12 s, the second signal ends it at once.',
    ],
    flags: [
      { name: 'respawn', words: 'start again when it ends by itself (systemd does so too, with Restart=always)' },
    ],
    words: NO_WORDS,
    settings: true,
    exits: exitsOf({
      ok: 'stopped as it was told to',
      alreadyRunning: EXIT_WORDS.alreadyRunning,
      again: EXIT_WORDS.again,
    }),
    examples: [
      {
        line: 'run --drone=kite-1 --link.url=serial:///dev/ttyACM0:921600 --uplink.url=mqtt://fleet:1883',
        words: 'one drone on a serial line',
      },
    ],
    run: async (line, io) => (await import('./tools-run.ts')).run(line, io),
  },
  {
    name: 'config',
    brief: 'the settings in force, or what is wrong with them',
    usage: ['--print', '--check'],
    about: ['Passwords are never printed. A key that does not exist is named, with the one you probably meant.'],
    flags: [
      { name: 'print', words: 'every setting with its meaning, its value, and who set it' },
      { name: 'check', words: 'only say what is wrong' },
    ],
    words: NO_WORDS,
    settings: true,
    exits: exitsOf({ ok: 'they are fine' }),
    examples: [{ line: 'config --print --config agent.toml', words: 'what that file comes to' }],
    run: async (line, io) => (await import('./tools-config.ts')).config(line, io),
  },
  {
    name: 'completion',
    brief: 'commands and flags by the TAB key, in your shell',
    usage: SHELLS.map((shell) => shell),
    about: ['Prints a script for the shell; it asks nobody, so it works offline.'],
    flags: [],
    words: { least: 1, most: 1, are: SHELLS },
    settings: false,
    exits: exitsOf(),
    examples: [
      { line: 'completion bash | sudo tee /etc/bash_completion.d/skein-agent', words: 'bash, for all users' },
      { line: 'completion fish > ~/.config/fish/completions/skein-agent.fish', words: 'fish, for you' },
    ],
    run: async (line, io, program) => (await import('./tools-help.ts')).completionScript(line, io, program),
  },
  {
    name: 'man',
    brief: 'the manual page: all of this in one text',
    usage: [''],
    about: ['In the format of man; the same stands in docs/man/skein-agent.1 of the source.'],
    flags: [],
    words: NO_WORDS,
    settings: false,
    exits: exitsOf(),
    examples: [{ line: 'man | man -l -', words: 'read it' }],
    run: async (line, io, program) => (await import('./tools-help.ts')).manual(line, io, program),
  },
  {
    name: 'version',
    aliases: ['--version', '-V'],
    brief: 'its version, and that of Node',
    usage: [''],
    about: [],
    flags: [],
    words: NO_WORDS,
    settings: false,
    exits: exitsOf(),
    examples: [],
    run: async (line, io, program) => (await import('./tools-help.ts')).version(line, io, program),
  },
  {
    name: 'help',
    aliases: ['--help', '-h'],
    brief: 'this, or one command explained',
    usage: ['[COMMAND]'],
    about: ['"COMMAND --help" says the same, and does nothing else.'],
    flags: [],
    words: { least: 0, most: 1, are: 'commands' },
    settings: false,
    exits: exitsOf(),
    examples: [{ line: 'help lock', words: 'what a lock is, and how it ends' }],
    run: async (line, io, program) => (await import('./tools-help.ts')).help(line, io, program),
  },
];
