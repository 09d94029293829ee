/**
 * The MQTT topics between agents and controllers (docs/wire.md §2).
 *
 *   <root>/<drone>/up/<channel>      drone → controllers
 *   <root>/<drone>/down/<channel>    controller → one drone
 *   <root>/all/down/<channel>        controller → every drone
 *   <root>/group-<name>/down/command controller → a group
 *
 * The root is configuration, `skein/1` unless said otherwise.
 */
export const DEFAULT_TOPIC_ROOT = 'skein/1';

export const UP_CHANNELS = ['presence', 'live', 'urgent', 'history', 'time'] as const;
export type UpChannel = (typeof UP_CHANNELS)[number];

export const DOWN_CHANNELS = ['ack', 'command', 'itinerary', 'time', 'hello'] as const;
export type DownChannel = (typeof DOWN_CHANNELS)[number];

const DRONE_ID = /^[a-z0-9-]{1,32}$/;
const GROUP_NAME = /^[a-z0-9-]{1,26}$/;

/** A drone id: 1–32 of `a-z 0-9 -`; `all` and everything that begins with `group-` are reserved for broadcasts. */
export function isDroneId(id: string): boolean {
  return DRONE_ID.test(id) && id !== 'all' && !id.startsWith('group-');
}

/** A group name: 1–26 of `a-z 0-9 -`. */
export function isGroupName(name: string): boolean {
  return GROUP_NAME.test(name);
}

export function upTopic(root: string, drone: string, channel: UpChannel): string {
  return `${root}/${drone}/up/${channel}`;
}

export function downTopic(root: string, drone: string, channel: DownChannel): string {
  return `${root}/${drone}/down/${channel}`;
}

export function broadcastTopic(root: string, channel: 'hello' | 'command'): string {
  return `${root}/all/down/${channel}`;
}

export function groupTopic(root: string, group: string): string {
  return `${root}/group-${group}/down/command`;
}

/** What an agent subscribes to: its own `down`, the broadcasts and its groups. */
export function agentSubscriptions(root: string, drone: string, groups: readonly string[] = []): string[] {
  return [`${root}/${drone}/down/#`, `${root}/all/down/#`, ...groups.map((group) => `${root}/group-${group}/down/#`)];
}

export interface UpAddress {
  readonly drone: string;
  readonly channel: UpChannel;
}

/** The drone and channel of an `up` topic, or null when the topic is not one. */
export function parseUpTopic(root: string, topic: string): UpAddress | null {
  if (!topic.startsWith(`${root}/`)) return null;
  const [drone, direction, channel, ...rest] = topic.slice(root.length + 1).split('/');
  if (drone === undefined || direction !== 'up' || rest.length > 0 || !isDroneId(drone)) return null;
  const known = UP_CHANNELS.find((name) => name === channel);
  return known === undefined ? null : { drone, channel: known };
}

/**
 * The channel of a `down` topic addressed to this drone, to all, or to one of its groups; null when it is for another.
 */
export function parseDownTopic(
  root: string,
  topic: string,
  drone: string,
  groups: readonly string[] = [],
): DownChannel | null {
  if (!topic.startsWith(`${root}/`)) return null;
  const [to, direction, channel, ...rest] = topic.slice(root.length + 1).split('/');
  if (to === undefined || direction !== 'down' || rest.length > 0) return null;
  const mine = to === drone || to === 'all' || groups.some((group) => to === `group-${group}`);
  return mine ? (DOWN_CHANNELS.find((name) => name === channel) ?? null) : null;
}

/** May this drone publish there? Only below its own `up`. */
export function mayPublish(root: string, drone: string, topic: string): boolean {
  return topic.startsWith(`${root}/${drone}/up/`) && !/[+#]/.test(topic);
}

/** May this drone subscribe to that filter? Only below its own `down`, the broadcasts and its groups. */
export function maySubscribe(root: string, drone: string, groups: readonly string[], filter: string): boolean {
  const owners = [drone, 'all', ...groups.map((group) => `group-${group}`)];
  return owners.some(
    (owner) => filter.startsWith(`${root}/${owner}/down/`) && !filter.slice(root.length).includes('+'),
  );
}

/** MQTT client id of a session: `<drone>-<8 hex of session>`, so that two boards with one identity are both seen. */
export function clientId(drone: string, session: string): string {
  return `${drone}-${session.slice(0, 8)}`;
}

/** The drone a client id claims, or null when it is not of the form above. */
export function droneOfClientId(id: string): string | null {
  const match = /^(.{1,32})-[0-9a-f]{8}$/.exec(id);
  return match?.[1] !== undefined && isDroneId(match[1]) ? match[1] : null;
}
