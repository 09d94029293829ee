/**
 * Is the list that was verified still the one the autopilot holds? Not after somebody else wrote, after a reboot, or after a
 * transfer of ours that failed. Pure: what is heard goes in; listeners are told why it no longer holds.
 *
 *   our own transfer ─▶ begin, end: what it changes is expected, until what is heard has settled
 *   writes of others · "Flight plan received" not ours · another total or id in MISSION_CURRENT · reboot ─▶ changed
 *
 * "Flight plan received" goes to the uploader's link only (observed): on ours a stranger's upload shows as another number of
 * items, or on PX4 as another id. One with as many items as ours shows as nothing at all on ArduPilot: so `start` reads back again.
 */
import type { Messages, MissionType } from '@skein/protocol/mavlink';

export type MissionChangeReason = 'foreign-write' | 'other-list' | 'rebooted' | 'transfer-failed';

export interface MissionChange {
  readonly reason: MissionChangeReason;
  readonly detail: string;
}

export type MissionChangeListener = (change: MissionChange) => void;

/** MISSION_CURRENT comes once a second: after our own transfer what it says may be old for so long. */
const SETTLES_MS = 4_000;
const NO_MISSION = 0xffff;

interface Plan {
  readonly total: number;
  readonly ids: string;
}

export class MissionWatch {
  readonly #listeners = new Set<MissionChangeListener>();
  #plan: Plan | null = null;
  #ours: MissionType | null = null;
  #settlesMs = Number.NEGATIVE_INFINITY;
  /** What MISSION_CURRENT must say when it has settled; null: whatever it says. */
  #wantedTotal: number | null = null;
  /** By which id it named the mission that we wrote, as PX4 does; null: by none. */
  #wantedId: number | null = null;
  /** It says how many there are: old ones leave it at 0. */
  #saysTotal = false;

  listen(listener: MissionChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** We begin to write a list. */
  begin(type: MissionType): void {
    this.#ours = type;
    this.#wantedTotal = null;
    this.#wantedId = null;
  }

  /**
   * It ended. `total`: items of the mission that it holds now, home left out; null: not known, or it was another list. `id`: what the
   * autopilot calls that mission.
   */
  end(
    o: {
      readonly how: 'written' | 'failed' | 'untouched';
      readonly total: number | null;
      readonly id?: number | null;
      readonly detail: string;
    },
    nowMs: number,
  ): void {
    this.#ours = null;
    if (o.how === 'untouched') return;
    this.#settlesMs = nowMs + SETTLES_MS;
    this.#wantedTotal = o.how === 'written' ? o.total : null;
    this.#wantedId = o.how === 'written' && o.total !== null ? (o.id ?? null) : null;
    // How many it holds now nobody knows: what it says next is no stranger's doing, however late that comes.
    if (o.how !== 'failed') return;
    this.#plan = null;
    this.#tell('transfer-failed', o.detail);
  }

  /** Somebody else wrote something. */
  foreignWrite(who: string, what: string): void {
    this.#tell('foreign-write', `${who} sent ${what}`);
  }

  /** True: somebody else uploaded a list. */
  text(text: string, nowMs: number): boolean {
    if (text !== 'Flight plan received' || this.#isOurs(nowMs)) return false;
    this.#tell('other-list', text);
    return true;
  }

  /** True: it holds another list, and not by us. */
  current(f: Messages['MISSION_CURRENT'], nowMs: number): boolean {
    const total = f.total === NO_MISSION ? 0 : f.total;
    const plan = { total, ids: [f.mission_id ?? 0, f.fence_id ?? 0, f.rally_points_id ?? 0].join(' ') };
    const before = this.#plan;
    this.#plan = plan;
    this.#saysTotal ||= total > 0;
    if (this.#isOurs(nowMs)) return false;
    const wanted = this.#wantedTotal;
    const wantedId = this.#wantedId;
    this.#wantedTotal = null;
    this.#wantedId = null;
    if (wanted !== null && wanted !== total && this.#saysTotal) {
      this.#tell('other-list', `${total} items instead of ${wanted}`);
      return true;
    }
    // Written over while what it says of ours had not settled.
    if (wantedId !== null && f.mission_id && f.mission_id !== wantedId) {
      this.#tell('other-list', 'another id');
      return true;
    }
    if (before === null || wanted !== null || (before.total === total && before.ids === plan.ids)) return false;
    this.#tell('other-list', before.total === total ? 'another id' : `${total} items instead of ${before.total}`);
    return true;
  }

  rebooted(): void {
    this.#plan = null;
    this.#wantedTotal = null;
    this.#wantedId = null;
    this.#tell('rebooted', '');
  }

  #isOurs(nowMs: number): boolean {
    return this.#ours !== null || nowMs < this.#settlesMs;
  }

  #tell(reason: MissionChangeReason, detail: string): void {
    for (const listener of this.#listeners) listener({ reason, detail });
  }
}
