import fs from 'node:fs';
import path from 'node:path';
import { programs } from './paths.ts';
import { freePort } from './ports.ts';
import { Program } from './program.ts';

export type LinkKind = 'pty' | 'tcp';

export interface SimulatorOptions {
  readonly id: string;
  /** Everything of this drone's simulator lies there. */
  readonly dir: string;
  readonly link: LinkKind;
  readonly seed: number;
  readonly home: Home;
  readonly extraArgs?: readonly string[];
}

export interface Home {
  readonly latDeg: number;
  readonly lonDeg: number;
  readonly altM: number;
}

/** One autopilot in software, and the end of the cable that the agent plugs into. */
export class Simulator {
  readonly program: Program;
  /** Every frame it sent, as a tlog: the oracle of what an agent could have seen. */
  readonly sentLog: string;
  readonly #options: SimulatorOptions;
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
    });
  }

  /** Its TCP port once it has started; 0 on a pty. */
  get port(): number {
    return this.#port;
  }

  /** What the agent opens. For a pty it is a name that stays while the device behind it changes, as under /dev/serial. */
  get linkUrl(): string {
    return this.#options.link === 'tcp' ? `tcp://127.0.0.1:${this.#port}` : `serial://${this.devicePath}:921600`;
  }

  async start(): Promise<void> {
    const { link, seed, home, dir } = this.#options;
    fs.mkdirSync(dir, { recursive: true });
    if (link === 'tcp' && this.#port === 0) this.#port = await freePort();
    const ready = await this.program.start([
      programs.simulator,
      ...(link === 'tcp' ? ['--tcp', String(this.#port)] : ['--pty']),
      ...['--start', 'airborne', '--seed', String(seed)],
      ...['--home', `${home.latDeg},${home.lonDeg},${home.altM},0`],
      ...['--tlog', this.sentLog],
      ...(this.#options.extraArgs ?? []),
    ]);
    if (link === 'pty') this.#plugIn(ready);
  }

  #plugIn(ready: Readonly<Record<string, unknown>>): void {
    const device = ready.pty;
    if (typeof device !== 'string') throw new Error(`skein-sim named no pty: ${JSON.stringify(ready)}`);
    fs.rmSync(this.devicePath, { force: true });
    fs.symlinkSync(device, this.devicePath);
  }

  /** The cable is pulled: the name is gone, and so is the device behind it. */
  async unplug(): Promise<void> {
    fs.rmSync(this.devicePath, { force: true });
    await this.program.kill9();
  }
}
