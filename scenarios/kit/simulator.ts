import fs from 'node:fs';
import path from 'node:path';
import { programs } from './paths.ts';
import type { Home } from './places.ts';
import { freePort } from './ports.ts';
import { Program, type Said } from './program.ts';
import { within } from './until.ts';

export type LinkKind = 'pty' | 'tcp';

export interface SimulatorOptions {
  readonly id: string;
  /** Everything of this drone's simulator lies there. */
  readonly dir: string;
  readonly link: LinkKind;
  readonly seed: number;
  readonly home: Home;
  readonly start?: 'airborne' | 'ready';
  readonly extraArgs?: readonly string[];
}

/** One autopilot in software, and the end of the cable that the agent plugs into. */
export class Simulator {
  readonly program: Program;
  /** Every frame it sent, as a tlog: the oracle of what an agent could have seen. */
  readonly sentLog: string;
  readonly #options: SimulatorOptions;
  /** A name that stays while the device behind it changes, as under /dev/serial/by-id. */
  readonly devicePath: string;
  #port = 0;

  constructor(options: SimulatorOptions) {
    this.#options = options;
    this.sentLog = path.join(options.dir, 'sent.tlog');
    this.devicePath = path.join(options.dir, 'autopilot');
    this.program = new Program({
      name: `skein-sim ${options.id}`,
      command: process.execPath,
      args: [],
      logFile: path.join(options.dir, 'simulator.log'),
      readyEvent: 'listening',
      reads: true,
    });
  }

  /** Its TCP port once it has started; 0 on a pty. */
  get port(): number {
    return this.#port;
  }

  /** What the agent opens. */
  get linkUrl(): string {
    return this.#options.link === 'tcp' ? `tcp://127.0.0.1:${this.#port}` : `serial://${this.devicePath}:921600`;
  }

  async start(): Promise<void> {
    const { link, seed, home, dir, start = 'airborne' } = this.#options;
    fs.mkdirSync(dir, { recursive: true });
    if (link === 'tcp' && this.#port === 0) this.#port = await freePort();
    await this.program.start([
      programs.simulator,
      link === 'tcp' ? `--tcp=127.0.0.1:${this.#port}` : `--ptyLink=${this.devicePath}`,
      `--start=${start}`,
      `--seed=${seed}`,
      `--home=${home.latDeg},${home.lonDeg},${home.altM}`,
      `--tlog=${this.sentLog}`,
      ...(this.#options.extraArgs ?? []),
    ]);
  }

  /**
   * Pulls the cable and puts it back a moment later: the device is closed, its name gone, and another device is made
   * behind the same name. Resolves as soon as it is back, with its path.
   */
  async replug(): Promise<string> {
    const back = new Promise<Said>((resolve) => {
      const stop = this.program.onSaid((said) => {
        if (said.event !== 'listening') return;
        stop();
        resolve(said);
      });
    });
    this.program.signal('SIGUSR1');
    return String((await within(back, 10_000, 'the pseudo-terminal to be made again')).path);
  }
}
