/** Groups, settings, roll-outs and maintenance, wired to their documents, to the fleet and to the commands. */
import type { Group } from '@skein/protocol/fleet/configuration';
import type { AllRecords } from './compose-records.ts';
import type { Fleet } from './fleet/index.ts';
import type { ConfigurationPort } from './http/index.ts';
import { Groups, type Kept, Settings, type SettingsDoc } from './upkeep/index.ts';

export interface UpkeepWiring {
  readonly records: AllRecords;
  readonly fleet: Fleet;
}

/** Names that people choose, and drones, are few and come again: all of them stay in memory. */
const ALL = { closedKept: Number.POSITIVE_INFINITY } as const;

export function makeUpkeep({ records, fleet }: UpkeepWiring) {
  const kept = <T extends object>(kind: string, o = {}) => records.of<T>(kind, o) as unknown as Kept<T>;
  const groups = new Groups(kept<Group>('group', ALL));
  const settings = new Settings(kept<SettingsDoc>('settings', ALL), (id) => fleet.entry(id)?.versions ?? null);
  const operator = (name: string) => ({ kind: 'operator', name }) as const;
  const port: ConfigurationPort = {
    groups: () => groups.list(),
    group: (name) => groups.get(name),
    members: (name) => fleet.ids.filter((id) => fleet.contact(id)?.groups.includes(name)),
    putGroup: (name, group, by) => groups.put(name, group, operator(by)),
    removeGroup: (name, by) => groups.remove(name, operator(by)),
    settings: (drone) => settings.get(drone),
    putSettings: (drone, desired, { version, by }) => settings.put(drone, desired, { version, by: operator(by) }),
  };
  return { groups, settings, port };
}
