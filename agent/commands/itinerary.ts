/**
 * The commands of an itinerary, laid over those that fly without one: start, skip, abort and settle, and what hold, resume,
 * return and land mean while one is under way.
 */
import { isLanded } from '@skein/hardware/autopilot';
import { reason, reasonCode } from '@skein/protocol/fleet';
import { MISSION_MODES } from '@skein/protocol/telemetry';
import { isWaiting } from './holding.ts';
import type { Executor, Executors, Json, Outcome, Task, Unfinished } from './types.ts';
import { type CommandVehicle, type Pause, see } from './vehicle.ts';

const HEARD_WITHIN_MS = 30_000;
const EFFECT_WITHIN_MS = 5_000;

/** What commands ask of the itinerary on this drone. */
export interface CommandItinerary {
  readonly isUnderWay: boolean;
  /** There is one that an abort would end. */
  readonly canAbort: boolean;
  /** Why a return would not bring it to its base, or null. */
  againstReturn(): string | null;
  /** @param meant what is to be flown; null: whatever there is */
  againstStart(meant: { readonly id: string | null; readonly version: number | null }): readonly string[];
  start(o: { readonly by: string; readonly signal: AbortSignal }): Promise<ItineraryOutcome>;
  againstResume(taking: boolean): string | null;
  resume(o: {
    readonly signal: AbortSignal;
    readonly tookControl: boolean;
    readonly send: (seq: number) => ReturnType<CommandVehicle['intent']>;
  }): Promise<ItineraryOutcome>;
  againstSkip(): readonly string[];
  skip(o: { readonly signal: AbortSignal }): Promise<ItineraryOutcome>;
  abort(o: { readonly by: string; readonly signal: AbortSignal }): Promise<ItineraryOutcome>;
  settle(o: {
    readonly itinerary: string;
    readonly item: number;
    readonly released: boolean;
    readonly by: string;
  }): ItineraryOutcome;
  /** Our own hold succeeded. */
  held(): void;
  /** It was ordered home or down. */
  left(how: 'return' | 'land'): void;
  /** It is on its way: what hangs out is reeled in meanwhile. In words; null: nothing hangs out. */
  secureOnTheWay(signal: AbortSignal): Promise<string | null>;
}

export interface ItineraryOutcome {
  readonly state: Outcome['state'];
  readonly reason: string;
  readonly detail?: Json;
}

export interface ItineraryExecutorOptions {
  readonly vehicle: CommandVehicle;
  readonly itinerary: CommandItinerary;
  readonly pause: Pause;
}

type Flown = Pick<Executors, 'hold' | 'resume' | 'return' | 'land' | 'abort' | 'arm'>;
type Laid = Pick<Executors, 'hold' | 'resume' | 'return' | 'land' | 'abort' | 'start' | 'skip' | 'settle'>;

export function itineraryExecutors(flown: Flown, o: ItineraryExecutorOptions): Laid {
  const { vehicle, itinerary, pause } = o;

  const hold: Executor['act'] = async (task, act) => {
    const outcome = await flown.hold.act(task, act);
    if (isDone(outcome) && itinerary.isUnderWay && isWaitingOrPaused(vehicle)) itinerary.held();
    return outcome;
  };

  /** Nothing holds it back. Its line is reeled in once it has left the mission, which might pay out again until then. */
  const leaving =
    (how: 'return' | 'land'): Executor['act'] =>
    async (task, act) => {
      const outcome = await flown[how].act(task, act);
      if (!isDone(outcome) || !itinerary.isUnderWay) return outcome;
      itinerary.left(how);
      const payload = await itinerary.secureOnTheWay(task.signal);
      return payload === null ? outcome : { ...outcome, detail: { ...outcome.detail, payload } };
    };

  const resume: Executor = {
    ...flown.resume,
    against: (task) => {
      if (!itinerary.isUnderWay) return flown.resume.against?.(task) ?? [];
      const why = itinerary.againstResume(task.params.takeControl === true);
      return why === null ? [] : [why];
    },
    act: async (task, act) => {
      if (!itinerary.isUnderWay) return flown.resume.act(task, act);
      const { params, issuedBy, signal } = task;
      const tookControl = params.takeControl === true && vehicle.control.state !== 'skein';
      if (tookControl) vehicle.takeControl(issuedBy);
      const send = (missionSeq: number) => vehicle.intent('resume', { signal, missionSeq });
      return itinerary.resume({ signal, tookControl, send });
    },
  };

  /** Never again: what it began is seen in the air, or it is not. */
  async function recoverStart(_: Unfinished, signal: AbortSignal): Promise<Outcome> {
    const flies = () => vehicle.state.armed === true && MISSION_MODES.includes(vehicle.state.mode ?? '');
    const heard = await see(() => vehicle.state.alive, { withinMs: HEARD_WITHIN_MS, pause, signal });
    const seen = heard && (await see(flies, { withinMs: EFFECT_WITHIN_MS, pause, signal }));
    if (seen) return { state: 'succeeded', reason: reason('done'), detail: { seen: vehicle.state.mode } };
    return { state: 'unknown', reason: reason('restarted') };
  }

  const start: Executor = {
    // Its own reasons first: that there is none, or none verified, says more than the list that follows from it.
    against: (task) => {
      const { ifItinerary, ifVersion } = task.params;
      const id = typeof ifItinerary === 'string' ? ifItinerary : null;
      const version = typeof ifVersion === 'number' ? ifVersion : null;
      return [...itinerary.againstStart({ id, version }), ...(flown.arm.against?.(task) ?? [])];
    },
    act: ({ issuedBy, signal }) => itinerary.start({ by: issuedBy, signal }),
    recover: recoverStart,
  };

  const unseen = async (): Promise<Outcome> => ({ state: 'unknown', reason: reason('restarted') });
  const skip: Executor = {
    against: () => itinerary.againstSkip(),
    act: ({ signal }) => itinerary.skip({ signal }),
    // The item under way says nothing: it may have come there by itself.
    recover: unseen,
  };

  /** What speaks against it flown without an itinerary, and that it would end where nobody wants it. */
  const withHome =
    (executor: Executor): NonNullable<Executor['against']> =>
    (task) => {
      const others = executor.against?.(task) ?? [];
      const moved = itinerary.againstReturn();
      return moved === null || others.length > 0 ? others : [moved];
    };

  const abort: Executor = {
    ...flown.abort,
    against: (task) => {
      if (itinerary.canAbort) return [];
      // On the ground it only disarms.
      return isLanded(vehicle.state) ? (flown.abort.against?.(task) ?? []) : withHome(flown.abort)(task);
    },
    act: (task, act) =>
      itinerary.canAbort ? itinerary.abort({ by: task.issuedBy, signal: task.signal }) : flown.abort.act(task, act),
  };

  const settle: Executor = {
    act: async ({ params, issuedBy }: Task) =>
      itinerary.settle({
        itinerary: String(params.itinerary),
        item: Number(params.item),
        released: params.released === true,
        by: issuedBy,
      }),
    recover: unseen,
  };

  return {
    hold: { ...flown.hold, act: hold },
    return: { ...flown.return, against: withHome(flown.return), act: leaving('return') },
    land: { ...flown.land, act: leaving('land') },
    resume,
    start,
    skip,
    abort,
    settle,
  };
}

/** What became of a crashed drone is not known, but it has taken the mode: if it flies on, it flies so. */
const isDone = ({ state, reason: why }: Outcome): boolean =>
  state === 'succeeded' || (state === 'unknown' && reasonCode(why) === 'crash');

/** A hold on the ground is one already, and holds no flight. */
const isWaitingOrPaused = ({ state }: CommandVehicle): boolean =>
  isWaiting(state) || (state.armed === true && MISSION_MODES.includes(state.mode ?? ''));
