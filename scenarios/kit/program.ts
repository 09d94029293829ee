import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inRepository } from './paths.ts';
import { within } from './until.ts';

const STOP_DEADLINE_MS = 10_000;

export interface ProgramOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Both outputs are appended there; a restart goes on in the same file. */
  readonly logFile: string;
  /** The JSON line of this event on stdout says that it is ready; null: ready once it runs. */
  readonly readyEvent: string | null;
  readonly startTimeoutMs?: number;
  /** It reads lines (`tell`); otherwise it has no input. */
  readonly reads?: boolean;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It did not end on SIGTERM within the deadline and was killed. */
  readonly forced: boolean;
}

/** One JSON line of a program on stdout, `event` its name. */
export type Said = Readonly<Record<string, unknown>>;

/** A child process that can be started, stopped, killed and started again. */
export class Program {
  readonly name: string;
  readonly logFile: string;
  readonly #options: ProgramOptions;
  #args: readonly string[];
  /** Put before the command, with its own arguments (private-mount.ts); from the next start on. */
  prefix: readonly string[] = [];
  readonly #listeners = new Set<(said: Said) => void>();
  #child: ChildProcess | null = null;
  #exit: Promise<Exit> = Promise.resolve({ code: null, signal: null, forced: false });
  #forced = false;
  #isReady = false;
  #ready: Said = {};

  constructor(options: ProgramOptions) {
    this.name = options.name;
    this.logFile = options.logFile;
    this.#options = options;
    this.#args = options.args;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.name} is not running`);
    return pid;
  }

  /** It has said that it is ready, and still runs. */
  get isReady(): boolean {
    return this.#child !== null && this.#isReady;
  }

  /** What it said last when it was ready. */
  get ready(): Said {
    return this.#ready;
  }

  /** What a person types to start it by hand. */
  get commandLine(): string {
    return this.#words().join(' ');
  }

  /** Settles when the present (or last) run ends. */
  get exited(): Promise<Exit> {
    return this.#exit;
  }

  /** Resolves once it is ready; rejects with the end of its log when it ends before or takes too long. */
  async start(args: readonly string[] = this.#args): Promise<Said> {
    if (this.#child !== null) throw new Error(`${this.name} runs already`);
    this.#args = args;
    const child = this.#spawn();
    const ready = new Promise<Said>((resolve, reject) => {
      const { readyEvent } = this.#options;
      if (readyEvent === null) child.once('spawn', () => resolve({}));
      const stop = this.onSaid((said) => {
        if (said.event !== readyEvent) return;
        stop();
        resolve(said);
      });
      this.#exit.then((exit) =>
        reject(new Error(`${this.name} ended (${exit.signal ?? exit.code}) before it was ready\n${this.logTail()}`)),
      );
    });
    try {
      this.#isReady = false;
      this.#ready = await within(
        ready,
        this.#options.startTimeoutMs ?? 30_000,
        `${this.name} to be ready (a busy machine takes longer; its log: ${this.logFile})`,
      );
    } catch (error) {
      await this.kill9();
      throw error;
    }
    this.#isReady = true;
    return this.#ready;
  }

  #words(): readonly string[] {
    return [...this.prefix, this.#options.command, ...this.#args];
  }

  #spawn(): ChildProcess {
    fs.mkdirSync(path.dirname(this.logFile), { recursive: true });
    const log = fs.openSync(this.logFile, 'a');
    const [command = '', ...args] = this.#words();
    const child = spawn(command, args, {
      // A process group of its own: Ctrl-C at the terminal reaches the parent, which ends its children in order.
      detached: true,
      stdio: [this.#options.reads === true ? 'pipe' : 'ignore', 'pipe', log],
      env: { ...plainEnvironment(), ...this.#options.env },
    });
    fs.closeSync(log);
    this.#child = child;
    this.#forced = false;
    this.#exit = new Promise((resolve) => {
      const gone = (code: number | null, signal: NodeJS.Signals | null): void => {
        if (this.#child === child) this.#child = null;
        if (child.pid !== undefined) tellGuard('-', child.pid);
        resolve({ code, signal, forced: this.#forced });
      };
      child.once('exit', gone);
      child.once('error', () => gone(127, null));
    });
    if (child.pid !== undefined) tellGuard('+', child.pid);
    child.stdin?.on('error', () => {});
    child.stdout?.on('data', (chunk: Buffer) => fs.appendFileSync(this.logFile, chunk));
    if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => this.#takeLine(line));
    return child;
  }

  /** Called with every JSON line it prints. The returned function ends that. */
  onSaid(listener: (said: Said) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #takeLine(line: string): void {
    if (!line.startsWith('{')) return;
    let said: Said;
    try {
      said = JSON.parse(line) as Said;
    } catch {
      // Not for us: it is in the log.
      return;
    }
    for (const listener of this.#listeners) listener(said);
  }

  /** SIGTERM, and SIGKILL when that does not help within the deadline. */
  async stop(deadlineMs = STOP_DEADLINE_MS): Promise<Exit> {
    const child = this.#child;
    if (child === null) return this.#exit;
    child.kill('SIGTERM');
    const timer = setTimeout(() => {
      this.#forced = true;
      child.kill('SIGKILL');
    }, deadlineMs);
    const exit = await this.#exit;
    clearTimeout(timer);
    return exit;
  }

  /** Gone at once, as by a power cut: nothing of it runs any more when this resolves. */
  async kill9(): Promise<Exit> {
    this.#child?.kill('SIGKILL');
    return this.#exit;
  }

  /** One line to its input; nothing where it does not run. */
  tell(line: string): void {
    this.#child?.stdin?.write(`${line}\n`);
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  logText(): string {
    return fs.existsSync(this.logFile) ? fs.readFileSync(this.logFile, 'utf8') : '';
  }

  logTail(lines = 20): string {
    return this.logText().trimEnd().split('\n').slice(-lines).join('\n');
  }
}

/** Ours, without what a test runner puts into it for its own children, and with compiled code kept between starts. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...environment } = process.env;
  return { NODE_COMPILE_CACHE: inRepository('node_modules/.cache/compile'), ...environment };
}

let guard: ChildProcess | null = null;

/** One guard per process, started with the first child; it ends by itself when this process does. */
function tellGuard(sign: '+' | '-', pid: number): void {
  if (guard === null) {
    const file = fileURLToPath(new URL('guard.ts', import.meta.url));
    guard = spawn(process.execPath, [file], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    guard.stdin?.on('error', () => {});
    guard.unref();
    const { stdin } = guard;
    if (stdin !== null && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  }
  guard.stdin?.write(`${sign}${pid}\n`);
}
