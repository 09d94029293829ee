/** What the routes of groups, settings, roll-outs and maintenance need of the rest. */
import type { Baseline, DesiredSettings, Group, PackSettings, RolloutWish } from '@skein/protocol/fleet/configuration';
import type { ProblemCode } from './errors.ts';

export type ConfigurationAnswer<T> =
  | { readonly ok: true; readonly fresh?: boolean; readonly value: T }
  | { readonly ok: false; readonly code: ProblemCode; readonly detail: string };

interface Sender {
  readonly name: string;
  readonly role: 'operator' | 'admin';
}

export interface GroupView {
  readonly id: string;
  readonly atUtcUs: number;
  readonly doc: Group;
}

export interface ConfigurationPort {
  groups(): readonly GroupView[];
  group(name: string): GroupView | null;
  /** Drones in it now: those that people put there and those that say so. */
  members(name: string): readonly string[];
  putGroup(name: string, group: Group, by: string): Promise<ConfigurationAnswer<GroupView>>;
  removeGroup(name: string, by: string): Promise<ConfigurationAnswer<null>>;
  /** null: no such drone. */
  settings(drone: string): object | null;
  putSettings(
    drone: string,
    desired: DesiredSettings,
    o: { readonly version?: number | undefined; readonly by: string },
  ): Promise<ConfigurationAnswer<object>>;
  beginRollout(
    wish: RolloutWish,
    sender: Sender,
    key: { readonly key: string; readonly hash: string } | null,
  ): Promise<ConfigurationAnswer<object>>;
  /** null: there is no such roll-out. */
  rollout(id: string): Promise<object | null>;
  rollouts(q: { readonly before?: string; readonly limit: number }): Promise<readonly object[]>;
  cancelRollout(id: string, sender: Sender): Promise<ConfigurationAnswer<object>>;
  /** null: no such drone. */
  upkeep(drone: string): object | null;
  /** null: no such drone. */
  parameters(drone: string): object | null;
  parameterDiff(drone: string): Promise<ConfigurationAnswer<object>>;
  /** `<drone>` or `group-<name>`. */
  putBaseline(name: string, wish: Baseline, by: string): Promise<ConfigurationAnswer<object>>;
  removeBaseline(name: string, by: string): Promise<ConfigurationAnswer<null>>;
  packs(): readonly object[];
  /** null: there is no such pack. */
  pack(id: string): object | null;
  putPack(id: string, settings: PackSettings, by: string): Promise<ConfigurationAnswer<object>>;
  fitPack(drone: string, pack: string, instance: number, sender: Sender): Promise<ConfigurationAnswer<object>>;
  packInspected(id: string, note: string | undefined, by: string): Promise<ConfigurationAnswer<object>>;
  retirePack(id: string, note: string | undefined, by: string): Promise<ConfigurationAnswer<object>>;
  /** What was learnt of it, and from which flights; null: no such drone. */
  calibration(drone: string): object | null;
  inspected(drone: string, note: string | undefined, by: string): Promise<ConfigurationAnswer<object>>;
}
