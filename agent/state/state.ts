/**
 * The few things an agent keeps besides its outbox: how often it has started, the hours of the airframe, the time. One small
 * JSON file, replaced whole. A file that cannot be read or written never stops the agent; it is said once.
 */
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface AgentState {
  /** Starts so far, this one included. */
  readonly n: number;
  readonly flights: number;
  readonly airS: number;
  readonly armedS: number;
  readonly clock: StoredTime | null;
  /** Serial number of the board of the last start: another one tells of a card that was copied, or moved. */
  readonly board: string | null;
}

/** What time it was when it was last known: a board without a battery clock begins with it. */
export interface StoredTime {
  readonly boot: string;
  readonly monoUs: number;
  readonly utcUs: number;
  readonly errUs: number;
  readonly from: readonly string[];
}

const EMPTY: AgentState = { n: 0, flights: 0, airS: 0, armedS: 0, clock: null, board: null };

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : 0;
}

function time(value: unknown): StoredTime | null {
  if (typeof value !== 'object' || value === null) return null;
  const { boot, monoUs, utcUs, errUs, from } = value as Partial<Record<keyof StoredTime, unknown>>;
  const [mono, utc, err] = [count(monoUs), count(utcUs), count(errUs)];
  return typeof boot === 'string' && utc > 0 && err > 0
    ? { boot, monoUs: mono, utcUs: utc, errUs: err, from: Array.isArray(from) ? from.map(String).slice(0, 8) : [] }
    : null;
}

export class StateFile {
  readonly #path: string;
  readonly #onProblem: (message: string) => void;
  #state: AgentState = EMPTY;
  #saving: Promise<void> | null = null;
  #dirty = false;
  #failed = false;

  constructor(path: string, onProblem: (message: string) => void) {
    this.#path = path;
    this.#onProblem = onProblem;
  }

  get state(): AgentState {
    return this.#state;
  }

  /** Reads the file and counts this start; the count is on its way to the disk (`counted`), nobody waits for it here. */
  async begin(): Promise<AgentState> {
    let text: string | null = null;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#problem(error);
    }
    try {
      const read = (text === null ? {} : JSON.parse(text)) as Partial<Record<keyof AgentState, unknown>>;
      this.#state = {
        n: count(read.n),
        flights: count(read.flights),
        airS: count(read.airS),
        armedS: count(read.armedS),
        clock: time(read.clock),
        board: typeof read.board === 'string' ? read.board : null,
      };
    } catch {
      this.#onProblem(`${this.#path} is damaged; counting begins anew`);
    }
    this.update({ n: this.#state.n + 1 });
    return this.#state;
  }

  /** Resolves when the count of this start is durable, cannot be made so, or after `withinMs`. */
  async counted(withinMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, withinMs);
    });
    await Promise.race([this.#saving, late]);
    clearTimeout(timer);
  }

  /** Changes values and saves them behind the caller; saves that would overlap become one. */
  update(change: Partial<AgentState>): void {
    this.#state = { ...this.#state, ...change };
    this.#dirty = true;
    this.#saving ??= this.#save().finally(() => {
      this.#saving = null;
    });
  }

  async #save(): Promise<void> {
    while (this.#dirty) {
      this.#dirty = false;
      try {
        const temporary = `${this.#path}.new`;
        const file = await open(temporary, 'w');
        try {
          await file.writeFile(`${JSON.stringify(this.#state)}\n`);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, this.#path);
        const folder = await open(dirname(this.#path), 'r');
        await folder.sync().finally(() => folder.close());
        this.#failed = false;
      } catch (error) {
        this.#problem(error);
      }
    }
  }

  #problem(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#onProblem(`${this.#path} cannot be kept: ${error instanceof Error ? error.message : String(error)}`);
  }

  async close(): Promise<void> {
    await this.#saving;
  }
}
