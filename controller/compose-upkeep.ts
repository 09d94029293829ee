/** Groups, settings, roll-outs and maintenance, wired to their documents, to the fleet and to the commands. */
import { createHash } from 'node:crypto';
import { type DeliveryState, isFinal, reasonCode } from '@skein/protocol/fleet';
import type { Group } from '@skein/protocol/fleet/configuration';
import { bugLog } from './bug-log.ts';
import { type Commands, ulidMaker } from './commands/index.ts';
import type { AllRecords } from './compose-records.ts';
import type { Config } from './config.ts';
import type { Fleet } from './fleet/index.ts';
import type { ConfigurationPort } from './http/index.ts';
import type { Metrics } from './metrics/index.ts';
import type { Store } from './store/index.ts';
import { systemTimers } from './timers.ts';
import {
  type BaselineDoc,
  Groups,
  type Kept,
  type ListDoc,
  MAINTENANCE_COUNTERS,
  Maintenance,
  type Outcome,
  type PackDoc,
  Packs,
  type ParameterCommands,
  ROLLOUT_COUNTERS,
  type RolloutDoc,
  Rollouts,
  Settings,
  type SettingsDoc,
  SNAPSHOT_COUNTERS,
  type SnapshotDoc,
  Snapshots,
  type UpkeepDoc,
} from './upkeep/index.ts';
import { telemetryOf } from './upkeep-telemetry.ts';

export interface UpkeepWiring {
  readonly records: AllRecords;
  readonly fleet: Fleet;
  readonly store: Pick<Store, 'series'>;
  readonly limits: Config['maintenance'];
  readonly clock: { utcUs(): number };
  readonly random: () => number;
  readonly metrics: Metrics;
  readonly log: { warn(detail: object, message: string): void };
  /** Asked for when it is needed: commands need the groups that are made here. */
  readonly commands: () => Commands;
  readonly alert: (data: Readonly<Record<string, unknown>>) => void;
}

/** Names that people choose, and drones, are few and come again: all of them stay in memory. */
/** Lists of parameters are long. */
const FEW = { closedKept: 20 } as const;
/** As the agents take it. */
const HASH_HEX = 16;
const ALL = { closedKept: Number.POSITIVE_INFINITY } as const;

export function makeUpkeep(o: UpkeepWiring) {
  const { records, fleet, clock, random, metrics, log } = o;
  const kept = <T extends object>(kind: string, o = {}) => records.of<T>(kind, o) as unknown as Kept<T>;
  const groups = new Groups(kept<Group>('group', ALL));
  const settings = new Settings(kept<SettingsDoc>('settings', ALL), (id) => fleet.entry(id)?.versions ?? null);
  const members = (name: string) => fleet.ids.filter((id) => fleet.contact(id)?.groups.includes(name));
  const rollouts = new Rollouts({
    kept: kept<RolloutDoc>('rollout'),
    commands: parameterCommands(o.commands),
    fleet: {
      members,
      seen: (id) => {
        const contact = fleet.contact(id);
        if (contact === null) return null;
        const { sessions, current, armed } = contact;
        return { online: sessions.some((one) => one.session === current && one.alive), armed };
      },
    },
    missing: (drone) => settings.missing(drone),
    readBack: (drone, parameters, cause) => settings.readBack(drone, parameters, cause),
    ...{ clock, timers: systemTimers, newId: ulidMaker(random), count: metrics.counters('rollouts', ROLLOUT_COUNTERS) },
    onBug: bugLog(log, 'roll-outs'),
    onAlert: (rollout, words) => {
      log.warn({ rollout, words }, 'an alert');
      o.alert({ rollout, code: 'rollout-stopped', words });
    },
  });
  const packs = new Packs({
    kept: kept<PackDoc>('battery', ALL),
    ...{ clock, limits: packLimits(o.limits) },
    tell: async (drone, pack, instance, { name }) => {
      const body = { targets: [drone], type: 'new-pack', params: { pack, instance } };
      const answer = await o.commands().post(body, { name, role: 'operator' });
      if (!answer.ok) return { command: null, words: answer.detail };
      return { command: answer.command.id, words: 'told; until it has answered, the lower charge counts' };
    },
  });
  const snapshots = new Snapshots({
    lists: kept<ListDoc>('parameters', FEW),
    snapshots: kept<SnapshotDoc>('snapshot', ALL),
    baselines: kept<BaselineDoc>('baseline', ALL),
    drones: () => fleet.ids,
    groups: (drone) => fleet.contact(drone)?.groups ?? [],
    hash: (text) => createHash('sha256').update(text).digest('hex').slice(0, HASH_HEX),
    count: metrics.counters('snapshots', SNAPSHOT_COUNTERS),
  });
  const maintenance = new Maintenance({
    kept: kept<UpkeepDoc>('upkeep', ALL),
    telemetry: telemetryOf(o.store),
    ...{ clock, timers: systemTimers, count: metrics.counters('maintenance', MAINTENANCE_COUNTERS) },
    ...{ drones: () => fleet.ids, everyS: o.limits.everyS },
    lastHeardUtcUs: (id) => fleet.entry(id)?.freshness.lastHeardUtcUs ?? null,
    limits: (id) => ({ ...droneLimits(o.limits), ...settings.desired(id).limits }),
    ...{ packs, snapshots },
  });
  metrics.gauge('rollouts_open', 'roll-outs that are not over', () => rollouts.open);
  const operator = (name: string) => ({ kind: 'operator', name }) as const;
  const port: Omit<ConfigurationPort, 'calibration'> = {
    groups: () => groups.list(),
    group: (name) => groups.get(name),
    members,
    putGroup: (name, group, by) => groups.put(name, group, operator(by)),
    removeGroup: (name, by) => groups.remove(name, operator(by)),
    settings: (drone) => settings.get(drone),
    putSettings: (drone, desired, { version, by }) => settings.put(drone, desired, { version, by: operator(by) }),
    beginRollout: (wish, sender, key) => rollouts.begin(wish, sender, key),
    rollout: (id) => rollouts.get(id),
    rollouts: (q) => rollouts.list(q),
    cancelRollout: (id, sender) => rollouts.cancel(id, sender),
    upkeep: (drone) => (fleet.entry(drone) === null ? null : maintenance.view(drone)),
    parameters: (drone) => (fleet.entry(drone) === null ? null : snapshots.view(drone)),
    parameterDiff: async (drone) =>
      fleet.entry(drone) === null ? { ok: false, code: 'unknown-drone', detail: `"${drone}"` } : snapshots.diff(drone),
    putBaseline: (name, wish, by) => snapshots.put(name, wish, operator(by)),
    removeBaseline: (name, by) => snapshots.remove(name, operator(by)),
    packs: () => packs.list(),
    pack: (id) => packs.get(id),
    putPack: (id, settings, by) => packs.put(id, settings, operator(by)),
    fitPack: async (drone, pack, instance, sender) =>
      fleet.entry(drone) === null
        ? { ok: false, code: 'unknown-drone', detail: `"${drone}"` }
        : packs.fit(drone, pack, instance, operator(sender.name)),
    packInspected: (id, note, by) => packs.inspected(id, note, operator(by)),
    retirePack: (id, note, by) => packs.retire(id, note, operator(by)),
    inspected: (drone, note, by) => maintenance.inspected(drone, note, operator(by)),
  };
  return { groups, settings, rollouts, maintenance, port };
}

function droneLimits({ hours, flights, hardLandings }: Config['maintenance']) {
  return { hours, flights, hardLandings };
}

function packLimits(o: Config['maintenance']) {
  const { packCycles: cycles, packFlights: flights, packHours: hours } = o;
  return { cycles, flights, hours, minCellV: o.packMinCellV, maxTemperatureC: o.packMaxTemperatureC };
}

/** Answers that say that nothing was done, and that may be otherwise in a moment. */
const NOTHING_DONE = new Set([
  'offline',
  'state-unknown',
  'no-link',
  'no-autopilot',
  'not-now',
  'interrupted',
  'expired',
]);

function parameterCommands(commands: () => Commands): ParameterCommands {
  return {
    async set({ drone, name, value, sender, key }) {
      const body = { targets: [drone], type: 'set-parameter', params: { name, value } };
      const answer = await commands().post(body, sender, { key, hash: key });
      if (answer.ok) return { ok: true, id: answer.command.id };
      return { ok: false, again: answer.code === 'store-unavailable', words: answer.detail };
    },
    async outcome(command, drone): Promise<Outcome | null> {
      const delivery = (await commands().get(command))?.deliveries.find((one) => one.drone === drone);
      if (delivery === undefined || !isFinal(delivery.state as DeliveryState)) return null;
      const { state, sentAt, detail } = delivery;
      const reason = delivery.reason ?? '';
      const words = delivery.words ?? delivery.reason ?? state;
      const { before, after } = detail ?? {};
      const values = {
        ...(typeof before === 'number' ? { before } : {}),
        ...(typeof after === 'number' ? { after } : {}),
      };
      if (state === 'succeeded') return { state: 'set', words, ...values };
      const code = reasonCode(reason);
      if (state === 'unknown') return { state: 'unknown', words, ...values };
      if (state === 'rejected' && code === 'armed') return { state: 'armed', words };
      // Expired: by the drone before it acted, or here before it was sent.
      const isNothing = state === 'rejected' || state === 'expired' || sentAt === null;
      return { state: isNothing && NOTHING_DONE.has(code ?? '') ? 'nothing' : 'failed', words, ...values };
    },
  };
}
