/** Gives the itineraries what they look at and what they may order (a part of the composition root). */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { differences, type ExtraStream, missionHash } from '@skein/hardware/autopilot';
import type { Link } from '@skein/hardware/link';
import { type Flavour, type Itinerary, type ReasonCode, reason, unknownAircraft } from '@skein/protocol/fleet';
import { type Message, messageByName } from '@skein/protocol/mavlink';
import type { Sample } from '@skein/protocol/telemetry';
import type { Commanding } from './commanding.ts';
import type { AgentConfig } from './config.ts';
import { GripperWatch } from './gripper-watch.ts';
import { BOOK_NAME, Itineraries, type ItineraryVehicle } from './itinerary/index.ts';
import { compiledFor, judged } from './itinerary-plan.ts';
import type { AgentPorts } from './ports.ts';
import type { Safety } from './safety.ts';
import type { StateFile } from './state/index.ts';
import type { TrustWatch } from './trust/index.ts';
import type { Uplink } from './uplink/index.ts';
import type { Vehicle } from './vehicle/index.ts';

/** How often what a release is proved by is wanted, Hz. */
const EVIDENCE_HZ = 2;
const WINCH_STATUS = messageByName('WINCH_STATUS').id;
const SERVO_OUTPUT_RAW = messageByName('SERVO_OUTPUT_RAW').id;
const CEILING_FENCE = 1;
const STAYS_ARMED = 4;

const CHANGED: Readonly<Record<string, ReasonCode>> = {
  'foreign-write': 'foreign-writer',
  'other-list': 'foreign-writer',
  rebooted: 'rebooted',
  'transfer-failed': 'upload-failed',
};

/** Parts of the agent; those wired later are only looked at once it runs. */
export interface ItineraryParts {
  readonly config: AgentConfig;
  readonly ports: AgentPorts;
  readonly session: string;
  readonly boot: string;
  readonly state: StateFile;
  readonly link: Link;
  readonly vehicle: Vehicle;
  readonly uplink: Uplink;
  readonly safety: Safety;
  readonly commanding: Commanding;
  readonly trust: TrustWatch;
}

export interface ItineraryWiring {
  readonly itineraries: Itineraries;
  /** What must be heard now to prove a release. */
  readonly streams: () => readonly ExtraStream[];
}

export function wireItineraries(parts: ItineraryParts, onSample: (sample: Sample) => void): ItineraryWiring {
  const { config, ports, link, boot } = parts;
  const { autopilot } = parts.vehicle;
  const parameter = async (name: string, signal: AbortSignal): Promise<number | null> => {
    const read = await autopilot.parameters.ask([name], { signal });
    if (read.ok) return read.value;
    // An autopilot that has no such thing does nothing of that kind.
    return read.code === 'no-such-parameter' ? 0 : null;
  };
  const gripper = new GripperWatch(parameter);

  const vehicle: ItineraryVehicle = {
    get state() {
      return autopilot.state;
    },
    get control() {
      return autopilot.control;
    },
    get flavour() {
      return autopilot.flavour?.name ?? null;
    },
    missions: autopilot.missions,
    get logTransfer() {
      return autopilot.logs.busy;
    },
    parameter,
    start: (o) => autopilot.intent('start', o),
    jump: (missionSeq, o) => autopilot.intent('jump', { ...o, missionSeq }),
    retract: (lengthM, o) => autopilot.intent('payload', { ...o, payload: { do: 'winch-retract', lengthM } }),
    comeHome: (o) => autopilot.intent('return', o),
    disarm: (o) => autopilot.intent('disarm', o),
    bootAge: (o) => autopilot.bootAge(o),
  };

  /** What is known of this drone; null: a parameter that is needed was not read. */
  async function aircraft(flavour: Flavour, signal: AbortSignal, atStart: boolean) {
    const { state } = autopilot;
    const time = parts.commanding.controllerTime;
    const known = {
      ...unknownAircraft(flavour),
      home: state.home,
      homeAmslM: state.home?.altAmslM ?? null,
      // Another pack may be put in before it starts.
      chargePct: atStart ? parts.commanding.chargePct : 100,
      nowMs: time === null ? null : (time.utcUs + time.errUs) / 1000,
    };
    if (flavour === 'px4') return known;
    const values: number[] = [];
    for (const name of ['FENCE_ENABLE', 'FENCE_TYPE', 'FENCE_ALT_MAX', 'MIS_OPTIONS']) {
      const value = await parameter(name, signal);
      if (value === null) return null;
      values.push(value);
    }
    const [enabled = 0, type = 0, ceilingM = 0, options = 0] = values;
    const hasCeiling = enabled !== 0 && (type & CEILING_FENCE) !== 0;
    return { ...known, fenceCeilingM: hasCeiling ? ceilingM : null, staysArmed: (options & STAYS_ARMED) !== 0 };
  }

  const itineraries = new Itineraries({
    path: join(config.dataDir, BOOK_NAME),
    session: parts.session,
    firstStart: parts.state.state.n <= 1,
    onSample,
    onEvent: (event, words) => ports.log.info({ part: 'itinerary', event }, words),
    onChange: () => parts.uplink.refreshPresence(),
    onProblem: (message) => {
      if (message === null) ports.log.info({ part: 'itinerary' }, 'what is known of itineraries is kept again');
      else ports.log.error({ part: 'itinerary' }, message);
    },
    ports: {
      vehicle,
      nowUs: ports.nowUs,
      boot,
      linkOpen: () => link.isOpen,
      locked: () => parts.safety.locked()?.reason ?? null,
      crashed: () => parts.commanding.crashed,
      canArm: () => parts.safety.canArm(),
      preflight: () => {
        const { verdict, items } = parts.safety.preflight();
        return { verdict, items: items.map((one) => [one.item, one.verdict, one.value]) };
      },
      chargePct: () => parts.commanding.chargePct,
      leaseLeftMs: () => parts.uplink.status().leaseLeftMs,
      controllerTime: () => parts.commanding.controllerTime,
      position: () => {
        const word = parts.trust.positionTrusted();
        return word.ok ? null : word.reason.replace(/^position: /, '');
      },
      compile: compiledFor,
      validate: async (itinerary, { flavour, limits, signal, atStart }) => {
        const known = await aircraft(flavour, signal, atStart);
        await gripper.learn(itinerary, flavour, signal);
        return known === null ? null : judged(itinerary, limits, known, config.energy);
      },
      learn: async (itinerary, { flavour, signal }) => {
        if (!gripper.isLearnt) await gripper.learn(itinerary, flavour, signal);
      },
      differences: (sent, readBack, type, flavour) => differences(sent, readBack, flavour, type),
      hash: (lists, home, flavour) =>
        missionHash(lists, home, flavour, (bytes) => createHash('sha256').update(bytes).digest('hex')),
      pause: (ms, signal) => wait(ms, undefined, { signal }).catch(() => {}),
      settings: config.delivery,
    },
  });

  autopilot.missions.onChanged(({ reason: why, detail }) => {
    itineraries.void(reason(CHANGED[why] ?? 'foreign-writer', detail), { foreign: CHANGED[why] === 'foreign-writer' });
  });
  autopilot.onText(({ text }) => itineraries.text(text));
  autopilot.onMessage((message: Message) => {
    if (message.name === 'WINCH_STATUS') {
      const { line_length: lineM, tension } = message.fields;
      if (Number.isFinite(lineM)) itineraries.winch({ lineM, tension: Number.isFinite(tension) ? tension : null });
    } else if (message.name === 'SERVO_OUTPUT_RAW') {
      itineraries.gripper(gripper.stateOf(message.fields));
    }
  });

  return {
    itineraries,
    streams: () => {
      const itinerary: Itinerary | null = itineraries.isUnderWay ? itineraries.itinerary : null;
      const how = itinerary?.items.flatMap((item) => (item.do === 'deliver' ? [item.how] : [])) ?? [];
      const wanted: ExtraStream[] = [];
      if (how.includes('winch')) wanted.push({ msgid: WINCH_STATUS, hz: EVIDENCE_HZ });
      if (how.some((one) => one !== 'winch')) wanted.push({ msgid: SERVO_OUTPUT_RAW, hz: EVIDENCE_HZ });
      if (how.length > 0) wanted.push({ msgid: messageByName('BATTERY_STATUS').id, hz: EVIDENCE_HZ });
      return wanted;
    },
  };
}
