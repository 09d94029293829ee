/** The program as its table of commands: whatever is said about a command anywhere is made from here. */
import type { Program } from './cli/index.ts';
import { EXIT, EXIT_WORDS } from './exit.ts';
import { DRONE_COMMANDS } from './program-drone.ts';
import { LOOK_COMMANDS } from './program-look.ts';
import { RUN_COMMANDS } from './program-run.ts';
import { AGENT_VERSION } from './version.ts';

export const PROGRAM: Program = {
  name: 'skein-agent',
  version: AGENT_VERSION,
  brief: 'keeps one drone in touch with its fleet',
  groups: [
    { title: 'Beside the drone', commands: DRONE_COMMANDS },
    { title: 'What was, and what is', commands: LOOK_COMMANDS },
    { title: 'The program', commands: RUN_COMMANDS },
  ],
  settings: [
    'Settings: agent.example.toml explains each. SKEIN_… in the environment overrides the file named by --config (SKEIN_UPLINK_URL is uplink.url), flags override both (--uplink.url=mqtt://…). An agent started with another data directory than /var/lib/skein-agent is found with the same --config FILE or --dataDir=FOLDER.',
  ],
  exits: (Object.keys(EXIT) as (keyof typeof EXIT)[]).map((name) => ({ code: EXIT[name], words: EXIT_WORDS[name] })),
  files: [
    { path: '/var/lib/skein-agent', words: 'the data directory (dataDir): everything below lies in it' },
    { path: 'agent.sock', words: 'how commands reach the running agent; no network does' },
    { path: 'log/', words: 'its log files (log.dir), JSON lines, rotated: see logs' },
    { path: 'recordings/', words: 'every raw frame, .tlog: see flights and decode' },
    { path: 'outbox.db', words: 'what waits for the controller, and what it has already' },
    { path: 'lock.json', words: 'the ground lock' },
  ],
};
