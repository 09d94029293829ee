/** What is broken on purpose, each at a port of the agent's parts, to see that it is noticed. */
import { type AutopilotClient, asStored, type MissionChangeReason } from '@skein/hardware/autopilot';
import type { Itinerary, ItineraryMessage } from '@skein/protocol/fleet';
import { encode, type FieldsIn, MavCmd } from '@skein/protocol/mavlink';
import type { Sample } from '@skein/protocol/telemetry';
import type { CommandItinerary } from '../../agent/commands/index.ts';
import type { ItineraryPorts, ItineraryVehicle } from '../../agent/itinerary/index.ts';
import { compiledFor } from '../../agent/itinerary-plan.ts';
import type { LadderInput } from '../../agent/ladder/machine.ts';
import type { VirtualAgent } from './virtual-agent.ts';

export interface World {
  readonly client: AutopilotClient;
  readonly ports: ItineraryPorts;
  readonly send: (bytes: Uint8Array) => boolean;
  readonly itinerary: () => Itinerary | null;
}

export interface Mutator {
  readonly ports?: (world: World) => ItineraryPorts;
  readonly hears?: (why: MissionChangeReason) => boolean;
  readonly read?: (book: string) => string;
  readonly sample?: (sample: Sample) => Sample;
  readonly orders?: (orders: CommandItinerary, world: World) => CommandItinerary;
  readonly look?: (seen: Omit<LadderInput, 'nowMs'>) => Omit<LadderInput, 'nowMs'>;
  readonly comeHome?: (world: World, signal: AbortSignal) => 'once' | 'twice';
  readonly receive?: (message: ItineraryMessage, agent: VirtualAgent, send: World['send']) => ItineraryMessage;
}

/** The same object, getters and all, but for what is given. */
function but<T extends object>(whole: T, change: Partial<T>): T {
  return new Proxy(whole, {
    get: (target, name) => {
      if (name in change) return Reflect.get(change, name);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const vehicle = (world: World, change: Partial<ItineraryVehicle>): ItineraryPorts =>
  but(world.ports, { vehicle: but(world.ports.vehicle, change) });

/** Past the client and all that it looks at. */
function raw({ client, send }: World, command: number, ...[p1 = 0, p2 = 0]: readonly number[]): void {
  const { sysid } = client;
  if (sysid === null) return;
  const fields: FieldsIn<'COMMAND_LONG'> = {
    ...{ target_system: sysid, target_component: 1, command, confirmation: 0, param1: p1, param2: p2 },
    ...{ param3: 0, param4: 0, param5: 0, param6: 0, param7: 0 },
  };
  send(encode('COMMAND_LONG', fields, { sysid, compid: 191, seq: 7 }));
}

const changedBook = (text: string, change: (book: Record<string, unknown>) => object): string => {
  try {
    const book = JSON.parse(text) as Record<string, unknown>;
    return JSON.stringify({ ...book, ...change(book) });
  } catch {
    return text;
  }
};

/** Each download answers what was sent last, not what the autopilot holds. */
function believing({ ports, client }: World): ItineraryVehicle['missions'] {
  const { missions } = ports.vehicle;
  const sent = new Map<string, Parameters<typeof missions.upload>[1]>();
  return {
    upload: (type, items, o) => {
      sent.set(type, items);
      return missions.upload(type, items, o);
    },
    clear: (type, o) => {
      sent.set(type, []);
      return missions.clear(type, o);
    },
    download: async (type, o) => {
      const items = sent.get(type);
      const flavour = client.flavour?.name;
      if (items === undefined || flavour === undefined) return missions.download(type, o);
      return { ok: true, items: asStored(items, flavour, type) };
    },
  };
}

const RTL_CUSTOM = 6;

const MUTATIONS = {
  /** `start` does not read back. */
  'start-without-reading': {
    ports: (world) => vehicle(world, { missions: believing(world) }),
    hears: () => false,
  },
  'verified-after-a-reboot': {
    ports: (world) => {
      const beganMs = world.ports.nowUs() / 1000 - 300_000;
      const { ports } = world;
      return vehicle(world, {
        get state() {
          return { ...ports.vehicle.state, bootMs: ports.nowUs() / 1000 - beganMs };
        },
      });
    },
    hears: (why) => why !== 'rebooted',
  },
  'verified-after-a-stranger': { hears: (why) => why !== 'other-list' && why !== 'foreign-write' },
  'gate-without-lease': { ports: ({ ports }) => but(ports, { leaseLeftMs: () => 15_000 }) },
  'gate-without-charge': { ports: ({ ports }) => but(ports, { chargePct: () => 100 }) },
  'gate-without-position': { ports: ({ ports }) => but(ports, { position: () => null }) },
  'gate-without-time': {
    ports: ({ ports }) => but(ports, { controllerTime: () => ({ utcUs: 0, errUs: 0 }) }),
  },
  'gate-without-control': {
    ports: (world) => {
      const { ports } = world;
      return vehicle(world, {
        get control() {
          return { ...ports.vehicle.control, state: 'skein' as const, adopted: false };
        },
        jump: async (seq, { may }) => {
          if (!may()) return { ok: false, code: 'not-now', detail: '', sent: false };
          raw(world, MavCmd.DO_SET_MISSION_CURRENT, seq);
          return { ok: true, how: 'done', detail: {} };
        },
      });
    },
  },
  'begun-is-forgotten': {
    read: (text) =>
      changedBook(text, ({ parcels }) => ({
        parcels: (parcels as object[]).map((one) => ({ ...one, begun: false, state: 'aboard' })),
      })),
  },
  'custody-is-forgotten': { read: (text) => changedBook(text, () => ({ parcels: [] })) },
  'unproved-is-released': {
    sample: (sample) =>
      sample.kind === 'delivery' && sample.values.state === 'unproved'
        ? { ...sample, values: { ...sample.values, state: 'released' } }
        : sample,
  },
  'lower-version-is-taken': {
    receive: (message, { itineraries }) => {
      const { current } = itineraries.status();
      if (message.itinerary === null || current?.id !== message.id || message.version >= current.version)
        return message;
      return { ...message, version: current.version + 100 };
    },
  },
  'taken-back-is-flown': {
    receive: (message) => (message.itinerary === null ? { ...message, id: 'another' } : message),
  },
  'written-while-armed': {
    receive: (message, { client }, send) => {
      const { sysid } = client;
      if (message.itinerary === null || sysid === null) return message;
      const target = { target_system: sysid, target_component: 1 };
      send(encode('MISSION_COUNT', { ...target, count: 5, mission_type: 0 }, { sysid, compid: 191, seq: 7 }));
      return message;
    },
  },
  'resume-repeats-the-release': {
    orders: (orders, { client, itinerary }) =>
      but(orders, {
        resume: (o) => {
          const { signal } = o;
          const send = (seq: number) => {
            const [plan, flavour] = [itinerary(), client.flavour?.name];
            const legs = plan === null || flavour === undefined ? [] : compiledFor(plan, flavour).legs;
            const leg = legs.find(({ releaseSeq, afterSeq }) => seq >= releaseSeq && seq <= afterSeq);
            return client.intent('resume', { signal, missionSeq: leg?.releaseSeq ?? seq });
          };
          return orders.resume({ ...o, send });
        },
      }),
  },
  'ladder-orders-twice': { comeHome: () => 'twice' },
  'ladder-beside-a-pilot': {
    look: (seen) => ({ ...seen, ours: true, goingHome: false }),
    comeHome: (world) => {
      raw(world, MavCmd.DO_SET_MODE, 1, RTL_CUSTOM);
      return 'once';
    },
  },
} as const satisfies Readonly<Record<string, Mutator>>;

export type FlightMutation = keyof typeof MUTATIONS;
export const MUTATORS: Readonly<Record<FlightMutation, Mutator>> = MUTATIONS;
