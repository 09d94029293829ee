/**
 * Holds one autopilot's parameters against the safety profile and against what a lost link shall mean. They are read anew of
 * every connection and every boot of it, once that boot is over: what an autopilot tells while it still starts may be its
 * defaults (a real one told FS_GCS_ENABLE 0 right after a reboot, and 1 was set).
 */
import { type Comparison, compare, cureWords, differenceWords } from './compare.ts';
import { type Expectation, expectationsOf, namesOf, type ProfileName } from './profiles.ts';
import { ProfileReader, type ReadAnswer } from './reader.ts';

/** What it needs of hardware/autopilot's flavours. */
export interface FailsafeRules {
  readonly failsafeParameters: readonly string[];
  failsafeCheck(
    owner: 'agent' | 'autopilot',
    read: (name: string) => number | null,
  ): readonly { readonly parameter: string; readonly value: number | null; readonly wanted: string }[];
}

export interface WatchedAutopilot {
  readonly sysid: number | null;
  readonly flavour: 'ardupilot' | 'px4' | 'other' | null;
  readonly reboots: number;
  readonly alive: boolean;
  readonly armed: boolean | null;
  /** MAV_STATE of its heartbeat. */
  readonly systemStatus: number | null;
  /** Its time since boot; null: it has not told. */
  readonly bootMs: number | null;
}

export interface ProfileWatchOptions {
  readonly profile: ProfileName;
  /** NAME=WANTED, as in the settings. */
  readonly overrides: readonly string[];
  readonly linkLossOwner: 'agent' | 'autopilot';
  readonly autopilot: () => WatchedAutopilot;
  readonly rules: () => FailsafeRules | null;
  /** Times the link has been opened. */
  readonly opens: () => number;
  readonly read: (name: string, o: { readonly signal: AbortSignal }) => Promise<ReadAnswer>;
  readonly onChange: () => void;
}

export interface FailsafeComparison {
  /** Null while not all of it is read. */
  readonly ok: boolean | null;
  readonly differences: readonly string[];
  readonly owner: 'agent' | 'autopilot';
}

/** MAV_STATE: starting up. */
const BOOTING = 1;
/** A real ArduCopter says that it stands by 2.8 s after power-on (measured), and will not arm before 23 s. */
const SETTLED_MS = 5_000;

export class ProfileWatch {
  readonly #o: ProfileWatchOptions;
  readonly #reader: ProfileReader;
  readonly #overrides: Readonly<Record<string, string>>;
  #expectations: readonly Expectation[] | null = null;
  /** Which connection and which boot of which autopilot the parameters are of. */
  #readOf: string | null = null;
  /** Since when it is heard without a break. */
  #aliveSinceMs: number | null = null;
  #settled = false;

  constructor(o: ProfileWatchOptions) {
    this.#o = o;
    this.#overrides = Object.fromEntries(
      o.overrides.map((text) => {
        const at = text.indexOf('=');
        return [text.slice(0, at), text.slice(at + 1)] as const;
      }),
    );
    this.#reader = new ProfileReader({
      read: o.read,
      mayRead: () => {
        const { alive, armed } = o.autopilot();
        return this.#settled && alive && armed === false;
      },
      onChange: o.onChange,
    });
  }

  /** Call every second. */
  tick(nowMs: number): void {
    const { sysid, flavour, reboots, alive, systemStatus, bootMs } = this.#o.autopilot();
    this.#aliveSinceMs = alive ? (this.#aliveSinceMs ?? nowMs) : null;
    // One that does not tell its time counts from when it was heard.
    const upMs = bootMs ?? (this.#aliveSinceMs === null ? 0 : nowMs - this.#aliveSinceMs);
    this.#settled = (systemStatus ?? 0) > BOOTING && upMs >= SETTLED_MS;
    if (sysid !== null && flavour !== null && alive) {
      const of = `${sysid} ${flavour} ${reboots} ${this.#o.opens()}`;
      if (of !== this.#readOf) {
        this.#readOf = of;
        this.#expectations = expectationsOf(this.#o.profile, flavour, this.#overrides);
        const failsafe = this.#o.rules()?.failsafeParameters ?? [];
        this.#reader.begin([...failsafe, ...namesOf(this.#expectations ?? [])], nowMs);
      }
    }
    this.#reader.tick(nowMs);
  }

  /** A PARAM_VALUE went by; its value as it stands on the wire. */
  note(name: string, rawValue: number, nowMs: number): void {
    this.#reader.note(name, rawValue, nowMs);
  }

  get profile(): Comparison {
    if (this.#readOf === null) return { ok: null, differences: [], unread: [] };
    if (this.#expectations === null) {
      const wanted = 'an ArduPilot or PX4: no profile exists for others';
      return { ok: false, differences: [{ parameter: 'autopilot', value: null, wanted, why: '' }], unread: [] };
    }
    return compare(this.#expectations, this.#reader.values);
  }

  get failsafe(): FailsafeComparison {
    const owner = this.#o.linkLossOwner;
    const rules = this.#o.rules();
    const { values } = this.#reader;
    if (rules === null || this.#readOf === null || rules.failsafeParameters.some((name) => !values.has(name))) {
      return { ok: null, differences: [], owner };
    }
    const faults = rules.failsafeCheck(owner, (name) => values.get(name) ?? null);
    return { ok: faults.length === 0, differences: faults.map((one) => differenceWords(one) + cureWords(one)), owner };
  }

  /** Height above home at which the autopilot returns, m; null while it is not read. */
  get returnAltM(): number | null {
    const { values } = this.#reader;
    const cm = values.get('RTL_ALT') ?? null;
    return values.get('RTL_ALT_M') ?? (cm === null ? null : cm / 100) ?? values.get('RTL_RETURN_ALT') ?? null;
  }

  get counters(): ProfileReader['counters'] {
    return { ...this.#reader.counters };
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}
