/** The commands that fly: hold, resume, return, land, goto, skip, abort, arm, disarm, start (flight rules §4). */
import { isLanded, type VehicleState } from '@skein/hardware/autopilot';
import { reason } from '@skein/protocol/fleet';
import { Holding, isWaiting } from './holding.ts';
import { ownHeight } from './own-height.ts';
import { beyondEnergy, type EnergyRule, FENCE_PARAMETERS, type Fence, outsideFence } from './reach.ts';
import type { Executor, Executors, Outcome, Prepared, Task, Unfinished } from './types.ts';
import {
  type CommandSafety,
  type CommandVehicle,
  outcomeOf,
  type Pause,
  type PositionTrusted,
  see,
} from './vehicle.ts';

/** A ground link never seen never fails: it must have been up so long before the motors start (flight rules §3). */
const GROUND_LINK_MS = 10_000;
/** After a start of the agent: until the autopilot is heard, and until an effect shows in its heartbeats. */
const HEARD_WITHIN_MS = 30_000;
const EFFECT_WITHIN_MS = 5_000;
/** A heartbeat a second: who has heard none since the start may ask for patience so long, and one lost. */
const FIRST_HEARD_WITHIN_MS = 3_000;
const STILL_MPS = 1;

export interface FlightOptions {
  readonly vehicle: CommandVehicle;
  readonly safety: CommandSafety;
  readonly positionTrusted: PositionTrusted;
  /** How long the ground-link heartbeat has been up, ms; null while it is not. */
  readonly groundLinkMs: () => number | null;
  /** That it fell or hit the ground since it was armed, and has not flown on; null: it has not. */
  readonly crashed: () => string | null;
  /** The lower of the charge reported and the charge remembered, %. */
  readonly chargePct: () => number | null;
  readonly energy: EnergyRule;
  readonly pause: Pause;
}

type FlightType = 'hold' | 'resume' | 'return' | 'land' | 'goto' | 'skip' | 'abort' | 'arm' | 'disarm' | 'start';

const ALREADY: Outcome = { state: 'succeeded', reason: reason('already') };
const modeIs =
  (...modes: readonly string[]) =>
  (state: VehicleState) =>
    modes.includes(state.mode ?? '');

/** What can be seen of each after a restart of the agent. `goto` and `abort` leave nothing that tells them apart. */
const EFFECTS: Readonly<Partial<Record<string, (state: VehicleState) => boolean>>> = {
  hold: (state) => isWaiting(state) && (state.speedMps ?? STILL_MPS) < STILL_MPS,
  resume: modeIs('AUTO', 'AUTO.MISSION'),
  return: modeIs('RTL', 'SMART_RTL', 'AUTO.RTL'),
  land: modeIs('LAND', 'AUTO.LAND'),
  arm: (state) => state.armed === true,
  disarm: (state) => state.armed === false,
};

export function flightExecutors(o: FlightOptions): Pick<Executors, FlightType> {
  const { vehicle, safety } = o;
  const holding = new Holding();
  const now = () => ({ state: vehicle.state, control: vehicle.control });
  const onGround = () => isLanded(vehicle.state);
  const asleep = () => vehicle.state.armed === false;

  /** Going on is a leg begun: it takes a hold of ours and a position that may be acted on. */
  const resumable = (): ReturnType<Holding['resumable']> => {
    const can = holding.resumable(now());
    const trusted = o.positionTrusted();
    return can.ok && !trusted.ok ? trusted : can;
  };

  /** An autopilot that lies on its back takes any mode: that it is in one proves nothing of what moves nowhere. Sent it is all the same. */
  const proved = (outcome: Outcome): Outcome => {
    const crashed = o.crashed();
    if (outcome.state !== 'succeeded' || crashed === null || asleep()) return outcome;
    return { ...outcome, state: 'unknown', reason: reason('crash', crashed) };
  };

  async function recover(unfinished: Unfinished, signal: AbortSignal): Promise<Outcome> {
    const effect = EFFECTS[unfinished.type];
    const heard = await see(() => vehicle.state.alive, { withinMs: HEARD_WITHIN_MS, pause: o.pause, signal });
    const seen =
      heard &&
      effect !== undefined &&
      (await see(() => effect(vehicle.state), { withinMs: EFFECT_WITHIN_MS, pause: o.pause, signal }));
    return seen
      ? { state: 'succeeded', reason: reason('done'), detail: { seen: vehicle.state.mode } }
      : { state: 'unknown', reason: reason('restarted') };
  }

  /**
   * An agent that has just started beside a flying vehicle has not heard it yet: an order to return is no reason to say
   * that there is no autopilot. One that was heard and fell silent is not waited for.
   */
  async function ready({ signal }: Task): Promise<void> {
    const heardOnce = () => vehicle.state.sysid !== null;
    await see(heardOnce, { withinMs: FIRST_HEARD_WITHIN_MS, pause: o.pause, signal });
  }

  const hold: Executor = {
    act: async ({ signal }) => {
      if (asleep()) return ALREADY;
      const before = now();
      const outcome = await vehicle.intent('hold', { signal });
      if (outcome.ok) holding.began(before, now());
      return proved(outcomeOf(outcome, false));
    },
    recover,
  };

  const goingHome = (name: 'return' | 'land'): Executor => ({
    against: () => (onGround() ? [reason('already-on-ground')] : []),
    act: async ({ signal, params }) => {
      holding.over();
      if (typeof params.atLeastAltRelM !== 'number')
        return proved(outcomeOf(await vehicle.intent(name, { signal }), false));
      const { reservePct } = o.energy;
      const climbed = await ownHeight(params.atLeastAltRelM, signal, { ...o, reservePct });
      if (climbed.how === 'ended') return climbed.outcome;
      const outcome = proved(outcomeOf(await vehicle.intent(name, { signal }), false));
      return { ...outcome, detail: { ...outcome.detail, ...climbed.told } };
    },
    recover,
  });

  const resume: Executor = {
    against: ({ params }) => {
      if (params.takeControl === true) return [];
      const can = resumable();
      return can.ok ? [] : [can.reason];
    },
    act: async ({ params, issuedBy, signal }) => {
      const can = resumable();
      const took = params.takeControl === true && vehicle.control.state !== 'skein';
      if (took) vehicle.takeControl(issuedBy);
      // What a pilot or a station flew is not resumed: control is ours again, and the next command says what to do.
      if (!can.ok) {
        return took
          ? { state: 'succeeded', reason: reason('done'), detail: { tookControl: true } }
          : refusedBy(can.reason);
      }
      const outcome = outcomeOf(await vehicle.intent('resume', { signal, missionSeq: can.missionSeq }), false);
      if (outcome.state === 'succeeded') holding.over();
      return outcome;
    },
    recover,
  };

  const target = ({ params }: Task) => ({
    latDeg: Number(params.latDeg),
    lonDeg: Number(params.lonDeg),
    altRelM: Number(params.altRelM),
  });

  const goto: Executor = {
    against: (task) => {
      const { state } = vehicle;
      const { position, home } = state;
      if (state.armed !== true) return [reason('disarmed')];
      // A paused mission is a hold too, though the mode is still that of the mission.
      const paused = holding.resumable(now()).ok && (state.speedMps ?? STILL_MPS) < STILL_MPS;
      const trusted = o.positionTrusted();
      // A drone that holds seems to move while its position drifts: both are said.
      const moves = isWaiting(state) || paused ? [] : [reason('not-holding', state.mode ?? '')];
      const against = [...moves, ...(trusted.ok ? [] : [trusted.reason])];
      if (against.length > 0) return against;
      if (position === null || home === null) return [reason('position', 'no home is known')];
      const chargePct = o.chargePct();
      const short = beyondEnergy({ from: position, to: target(task), home, chargePct, rule: o.energy });
      return short === null ? [] : [short];
    },
    prepare: async (task): Promise<Prepared> => {
      const fence: Record<string, number> = {};
      for (const name of FENCE_PARAMETERS) {
        const read = await vehicle.parameters.ask([name], { signal: task.signal });
        if (read.ok) fence[name] = read.value;
        else if (read.code !== 'no-such-parameter') {
          return { ok: false, outcome: { state: 'failed', reason: reason('fence', `${name} was not read`) } };
        }
      }
      const { home } = vehicle.state;
      const to = target(task);
      const outside = home === null ? reason('position') : outsideFence({ to, home, fence: fence as Fence });
      if (outside !== null) return { ok: false, outcome: refusedBy(outside) };
      return { ok: true, act: to };
    },
    act: async (task) => {
      // The fence was read meanwhile, and took its time.
      const trusted = o.positionTrusted();
      if (!trusted.ok) return refusedBy(trusted.reason);
      return outcomeOf(await vehicle.intent('goto', { signal: task.signal, to: target(task) }), false);
    },
    recover,
  };

  const abort: Executor = {
    against: () => (vehicle.state.landed === 'unknown' ? [reason('state-unknown')] : []),
    act: async ({ signal }) => {
      if (asleep()) return ALREADY;
      holding.over();
      const name = onGround() ? 'disarm' : 'return';
      return outcomeOf(await vehicle.intent(name, { signal }), name === 'disarm');
    },
    recover,
  };

  const arm: Executor = {
    against: () => {
      if (vehicle.state.armed === true) return [];
      const lock = safety.locked();
      const unfit = lock === null ? safety.canArm() : null;
      const linkMs = o.groundLinkMs();
      return [
        ...(lock === null ? [] : [reason('ground-lock', lock.reason)]),
        ...(unfit === null ? [] : [unfit]),
        ...(linkMs === null || linkMs < GROUND_LINK_MS ? [reason('ground-link')] : []),
      ];
    },
    act: async ({ signal }) => {
      holding.over();
      // It may wait for the late answer to an earlier one, and be locked meanwhile.
      const may = () => safety.locked() === null && safety.canArm() === null;
      return vehicle.state.armed === true ? ALREADY : outcomeOf(await vehicle.intent('arm', { signal, may }), true);
    },
    recover,
  };

  const disarm: Executor = {
    against: () => {
      if (asleep()) return [];
      if (onGround()) return [];
      const { landed } = vehicle.state;
      return [reason(landed === 'unknown' || landed === 'on-ground' ? 'state-unknown' : 'in-air')];
    },
    act: async ({ signal }) => (asleep() ? ALREADY : outcomeOf(await vehicle.intent('disarm', { signal }), true)),
    recover,
  };

  /** Nothing to fly without an itinerary. */
  const withoutItinerary: Executor = {
    against: () => [reason('no-itinerary')],
    act: async () => refusedBy(reason('no-itinerary')),
    recover,
  };

  return {
    hold: { ready, ...hold },
    return: { ready, ...goingHome('return') },
    land: { ready, ...goingHome('land') },
    resume: { ready, ...resume },
    goto: { ready, ...goto },
    abort: { ready, ...abort },
    arm: { ready, ...arm },
    disarm: { ready, ...disarm },
    skip: withoutItinerary,
    start: withoutItinerary,
  };
}

const refusedBy = (why: string): Outcome => ({ state: 'rejected', reason: why });
