/** What the agent's itineraries look at and order, around a client in virtual time: as agent/itinerary-wiring.ts gives it to them. */
import { createHash } from 'node:crypto';
import { type AutopilotClient, differences, type MissionChangeReason, missionHash } from '@skein/hardware/autopilot';
import { type ReasonCode, reason, unknownAircraft } from '@skein/protocol/fleet';
import type { Pause } from '../../agent/commands/index.ts';
import type { GripperWatch } from '../../agent/gripper-watch.ts';
import type { Itineraries, ItineraryPorts, ItineraryVehicle } from '../../agent/itinerary/index.ts';
import { compiledFor, judged } from '../../agent/itinerary-plan.ts';
import { BOOT } from '../commands/virtual-executors.ts';

const CEILING_FENCE = 1;
const STAYS_ARMED = 4;
export const ENERGY = { rangeM: 8_000, reservePct: 20 };

export interface VirtualPortsOptions {
  readonly client: AutopilotClient;
  readonly gripper: GripperWatch;
  readonly nowUs: () => number;
  readonly pause: Pause;
  readonly chargePct: () => number | null;
  readonly leaseLeftMs: () => number;
  readonly controllerTime: () => { readonly utcUs: number; readonly errUs: number };
  /** Null: trusted. */
  readonly position: () => string | null;
}

export async function readParameter(
  client: AutopilotClient,
  name: string,
  signal: AbortSignal,
): Promise<number | null> {
  const read = await client.parameters.ask([name], { signal });
  if (read.ok) return read.value;
  return read.code === 'no-such-parameter' ? 0 : null;
}

export function virtualPorts(o: VirtualPortsOptions): ItineraryPorts {
  const { client } = o;
  const parameter: ItineraryVehicle['parameter'] = (name, signal) => readParameter(client, name, signal);
  const vehicle: ItineraryVehicle = {
    get state() {
      return client.state;
    },
    get control() {
      return client.control;
    },
    get flavour() {
      return client.flavour?.name ?? null;
    },
    missions: client.missions,
    get logTransfer() {
      return client.logs.busy;
    },
    parameter,
    start: (given) => client.intent('start', given),
    jump: (missionSeq, given) => client.intent('jump', { ...given, missionSeq }),
    retract: (lengthM, given) => client.intent('payload', { ...given, payload: { do: 'winch-retract', lengthM } }),
    comeHome: (given) => client.intent('return', given),
    disarm: (given) => client.intent('disarm', given),
    bootAge: (given) => client.bootAge(given),
  };
  return {
    vehicle,
    nowUs: o.nowUs,
    boot: BOOT,
    linkOpen: () => true,
    locked: () => null,
    crashed: () => null,
    canArm: () => null,
    preflight: () => ({ verdict: 'ok', items: [] }),
    chargePct: o.chargePct,
    leaseLeftMs: o.leaseLeftMs,
    controllerTime: o.controllerTime,
    position: o.position,
    compile: compiledFor,
    validate: async (itinerary, { flavour, limits, signal, atStart }) => {
      const { home } = client.state;
      const time = o.controllerTime();
      const known = {
        ...unknownAircraft(flavour),
        home,
        homeAmslM: home?.altAmslM ?? null,
        chargePct: atStart ? o.chargePct() : 100,
        nowMs: (time.utcUs + time.errUs) / 1000,
      };
      await o.gripper.learn(itinerary, flavour, signal);
      if (flavour === 'px4') return judged(itinerary, limits, known, ENERGY);
      const values: number[] = [];
      for (const name of ['FENCE_ENABLE', 'FENCE_TYPE', 'FENCE_ALT_MAX', 'MIS_OPTIONS']) {
        const value = await parameter(name, signal);
        if (value === null) return null;
        values.push(value);
      }
      const [enabled = 0, type = 0, ceilingM = 0, options = 0] = values;
      const fenceCeilingM = enabled !== 0 && (type & CEILING_FENCE) !== 0 ? ceilingM : null;
      return judged(itinerary, limits, { ...known, fenceCeilingM, staysArmed: (options & STAYS_ARMED) !== 0 }, ENERGY);
    },
    learn: async (itinerary, { flavour, signal }) => {
      if (!o.gripper.isLearnt) await o.gripper.learn(itinerary, flavour, signal);
    },
    differences: (sent, readBack, type, flavour) => differences(sent, readBack, flavour, type),
    hash: (lists, home, flavour) =>
      missionHash(lists, home, flavour, (bytes) => createHash('sha256').update(bytes).digest('hex')),
    pause: o.pause,
    settings: { onAbort: 'retract', retractS: 15, hoverDropPct: 5 },
  };
}

const CHANGED: Readonly<Record<MissionChangeReason, ReasonCode>> = {
  'foreign-write': 'foreign-writer',
  'other-list': 'foreign-writer',
  rebooted: 'rebooted',
  'transfer-failed': 'upload-failed',
};

/** `hears`: which changes the itineraries are told of. */
export function listenMissions(
  client: AutopilotClient,
  itineraries: Itineraries,
  hears: (why: MissionChangeReason) => boolean,
): void {
  client.missions.onChanged(({ reason: why, detail }) => {
    if (hears(why)) {
      itineraries.void(reason(CHANGED[why], detail), { foreign: CHANGED[why] === 'foreign-writer' });
    }
  });
}
