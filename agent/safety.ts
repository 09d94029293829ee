/**
 * What must be right before the motors start, in one place: ground lock, safety profile, failsafe parameters, pre-flight.
 *
 *   samples, messages, state ─▶ preflight ◀─ profile ◀─ parameters
 *                                  │  ▲
 *              canArm, samples ◀───┘  └── lock
 */
import { type ReasonCode, reason } from '@skein/protocol/fleet';
import { decode, type Frame, type Message, messageByName } from '@skein/protocol/mavlink';
import type { Sample } from '@skein/protocol/telemetry';
import { GroundLock, type Held, type Locks } from './lock/index.ts';
import { LastSeen, type Preflight, PreflightNews, preflightOf } from './preflight/index.ts';
import { differenceWords, type ProfileName, ProfileWatch } from './profile/index.ts';
import { factsOf, type RemoteIdStatus, type SafetyOptions } from './safety-facts.ts';

const SAY_EVERY_MS = 60_000;
const REFRESH_LOCK_MS = 3_000;
const REMOTE_ID_STATUS = messageByName('OPEN_DRONE_ID_ARM_STATUS').id;

export interface SafetyStatus {
  readonly lock: Held | null;
  readonly locks: Locks;
  readonly lockDurable: boolean;
  readonly profile: ProfileWatch['profile'] & { readonly name: ProfileName };
  readonly failsafe: ProfileWatch['failsafe'];
  readonly preflight: { readonly verdict: string; readonly stops: readonly string[] };
  readonly counters: ProfileWatch['counters'];
}

export class Safety {
  readonly #o: SafetyOptions;
  readonly #lock: GroundLock;
  readonly #watch: ProfileWatch;
  readonly #seen = new LastSeen();
  readonly #news = new PreflightNews();
  #reboots = 0;
  #remoteId: RemoteIdStatus | null = null;
  #saidSafety: { readonly text: string; readonly atMs: number } | null = null;
  #saidProfile = '';
  #refreshedMs = 0;

  constructor(o: SafetyOptions) {
    this.#o = o;
    this.#lock = new GroundLock({
      path: o.lockPath,
      utc: () => {
        const read = o.utc();
        return read === null ? null : new Date(read.utcUs / 1000).toISOString();
      },
      onChange: (held) => {
        o.onEvent(held ? 'locked' : 'unlocked', held ? `${held.by}: ${held.reason}` : 'no lock is set any more');
        this.#say(true);
      },
      onProblem: (message) => o.onEvent('lock-problem', message),
    });
    this.#watch = new ProfileWatch({
      profile: o.profile,
      overrides: o.profileParameters,
      linkLossOwner: o.linkLossOwner,
      autopilot: o.state,
      rules: o.flavour,
      opens: () => o.link().opens,
      read: o.readParameter,
      onChange: () => this.#say(false),
    });
  }

  /** Resolves when the lock of an earlier run is in force. */
  async start(): Promise<void> {
    await this.#lock.start();
  }

  /** Every sample the agent makes. */
  take(sample: Sample): void {
    if (sample.kind !== 'safety' && sample.kind !== 'preflight') this.#seen.take(sample);
  }

  /** Every message of our autopilot. */
  message(message: Message): void {
    if (message.name !== 'PARAM_VALUE') return;
    this.#watch.note(message.fields.param_id, message.fields.param_value, this.#nowMs());
  }

  /** Every frame of the link: a Remote ID module is a component of its own. */
  frame(frame: Frame): void {
    if (frame.msgid !== REMOTE_ID_STATUS) return;
    const message = decode(frame);
    if (message?.name !== 'OPEN_DRONE_ID_ARM_STATUS') return;
    this.#remoteId = { ok: message.fields.status === 0, error: message.fields.error, atUs: this.#o.nowUs() };
  }

  /** Call every second. */
  tick(): void {
    const nowMs = this.#nowMs();
    const { reboots } = this.#o.state();
    if (reboots !== this.#reboots) {
      this.#reboots = reboots;
      this.#seen.reset();
      this.#remoteId = null;
    }
    this.#watch.tick(nowMs);
    if (nowMs - this.#refreshedMs >= REFRESH_LOCK_MS) {
      this.#refreshedMs = nowMs;
      void this.#lock.refresh();
    }
    this.#say(false);
  }

  locked(): Held | null {
    return this.#lock.held;
  }

  /** In force at once; false: the disk does not have it (yet). */
  setLock(by: string, here: boolean, reason: string): Promise<boolean> {
    return this.#lock.set(by, here, reason);
  }

  /** Nothing turns its motors before somebody has looked at it: locked as by hand at the drone, over restarts too. */
  lockAfterCrash(words: string): Promise<boolean> {
    const already = this.#lock.locks.here;
    const why = `crash: ${words}; look it over, then unlock it`;
    return this.#lock.set('agent', true, already === null ? why : `${already.reason}; ${why}`);
  }

  /** Null: nothing holds the drone any more. The reason is for the log. */
  async removeLock(by: string, here: boolean, admin: boolean, reason: string): Promise<ReasonCode | null> {
    const refusal = await this.#lock.remove(here, admin);
    if (refusal === null) this.#o.onEvent('unlocked', `by ${by}${admin ? ' (admin)' : ''}: ${reason}`);
    return refusal;
  }

  /** Null while not all of it is read. */
  get profileOk(): boolean | null {
    return this.#watch.profile.ok;
  }

  preflight(): Preflight {
    const own = { seen: this.#seen, watch: this.#watch, remoteId: this.#remoteId, held: this.#lock.held };
    return preflightOf(factsOf(this.#o, own));
  }

  /** Why it must not arm or start now, a reason for the operator; null: nothing speaks against it. */
  canArm(): string | null {
    const { items } = this.preflight();
    const stops = items.filter(({ verdict }) => verdict === 'stop');
    const wordsOf = (name: string): string | null => stops.find(({ item }) => item === name)?.words ?? null;
    const held = this.#lock.held;
    if (held !== null) return reason('ground-lock', held.reason);
    if (!this.#o.state().alive) return reason('no-autopilot');
    for (const [item, code] of [
      ['failsafe', 'failsafe-not-set'],
      ['profile', 'profile'],
      ['heartbeats', 'ground-link'],
    ] as const) {
      const words = wordsOf(item);
      if (words === null) continue;
      // The code is that of the first; whoever reads it wants to know of the others too.
      const others = stops.filter((stop) => stop.item !== item).map((stop) => `${stop.item}: ${stop.words}`);
      return reason(code, [words, ...others].join('; '));
    }
    if (stops.length === 0) return null;
    return reason('preflight', stops.map(({ item, words }) => `${item}: ${words}`).join('; '));
  }

  sample(): Sample<'safety'> {
    const held = this.#lock.held;
    const beats = this.#o.heartbeats();
    return {
      kind: 'safety',
      monoUs: Math.round(this.#o.nowUs()),
      bootMs: null,
      values: {
        locked: held !== null,
        lockReason: held?.reason ?? null,
        lockedBy: held === null ? null : held.here ? 'drone' : held.by,
        lockedHere: held === null ? null : held.here,
        profile: this.#o.profile,
        profileOk: this.profileOk,
        linkLossOwner: this.#o.linkLossOwner,
        groundLink: beats.groundLink,
        leaseLeftMs: Math.round(this.#o.leaseLeftMs()),
        returnAltM: this.#watch.returnAltM,
      },
    };
  }

  /** Says what changed, and everything each minute. */
  #say(now: boolean): void {
    const nowMs = this.#nowMs();
    const safety = this.sample();
    const { leaseLeftMs: _, ...rest } = safety.values;
    const text = JSON.stringify(rest);
    if (now || this.#saidSafety?.text !== text || nowMs - this.#saidSafety.atMs >= SAY_EVERY_MS) {
      this.#saidSafety = { text, atMs: nowMs };
      this.#o.onSample(safety);
    }
    const list = this.preflight();
    if (this.#news.isNews(list, nowMs) || now) {
      this.#o.onSample({
        kind: 'preflight',
        monoUs: Math.round(this.#o.nowUs()),
        bootMs: null,
        values: { verdict: list.verdict, items: JSON.stringify(list.items) },
      });
    }
    this.#logProfile();
  }

  #logProfile(): void {
    const { ok, differences, unread } = this.#watch.profile;
    if (ok === null || unread.length > 0) return;
    const words = ok ? 'fits' : differences.map(differenceWords).join('; ');
    if (words === this.#saidProfile) return;
    this.#saidProfile = words;
    this.#o.onEvent('profile', `safety profile ${this.#o.profile}: ${words}`);
  }

  /** For status: what is locked, what differs, what stops. */
  status(): SafetyStatus {
    const { profile, failsafe, counters } = this.#watch;
    const { verdict, items } = this.preflight();
    return {
      lock: this.#lock.held,
      locks: this.#lock.locks,
      lockDurable: this.#lock.durable,
      profile: { name: this.#o.profile, ...profile },
      failsafe,
      preflight: { verdict, stops: items.filter((each) => each.verdict === 'stop').map(({ item }) => item) },
      counters: { ...counters },
    };
  }

  #nowMs(): number {
    return this.#o.nowUs() / 1000;
  }

  async close(): Promise<void> {
    await this.#watch.close();
    await this.#lock.close();
  }
}
