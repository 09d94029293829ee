/** What a connected drone may do: publish below its own `up`, subscribe below `down`s addressed to it. Pure. */
import { droneOfClientId, mayPublish, maySubscribe } from '@skein/protocol/fleet';

const MAX_TOPIC_LENGTH = 160;

export type Admission =
  | { readonly ok: true; readonly drone: string }
  | { readonly ok: false; readonly reason: 'badClientId' | 'badUser' | 'notClean' };

/** Client id `<drone>-<8 hex>`; a user name, when given, is the drone's id; clean sessions only. */
export function admit(client: {
  readonly id: string;
  readonly clean: boolean;
  readonly userName: string | undefined;
}): Admission {
  const drone = droneOfClientId(client.id);
  if (drone === null) return { ok: false, reason: 'badClientId' };
  if (client.userName !== undefined && client.userName !== '' && client.userName !== drone) {
    return { ok: false, reason: 'badUser' };
  }
  return client.clean ? { ok: true, drone } : { ok: false, reason: 'notClean' };
}

export function publishAllowed(root: string, drone: string, topic: string): boolean {
  return topic.length <= MAX_TOPIC_LENGTH && !topic.startsWith('$SYS/') && mayPublish(root, drone, topic);
}

/** Groups are the drone's own statement until drones are enrolled: any group of its choice is granted. */
export function subscribeAllowed(root: string, drone: string, filter: string): boolean {
  if (filter.length > MAX_TOPIC_LENGTH) return false;
  const owner = filter.startsWith(`${root}/`) ? filter.slice(root.length + 1).split('/')[0] : undefined;
  const groups = owner?.startsWith('group-') ? [owner.slice('group-'.length)] : [];
  return maySubscribe(root, drone, groups, filter);
}
