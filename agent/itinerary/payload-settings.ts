/** Settings of an ArduPilot with which no parcel is carried: they would let it go where nobody asked for it. */
import { type Itinerary, reason } from '@skein/protocol/fleet';

/** FS_OPTIONS: release the gripper on a failsafe. */
const RELEASE_GRIPPER = 32;
/** WINCH_OPTIONS: the drum runs free after a boot until it is first told something. */
const RUNS_FREE = 1;

/** Null: nothing speaks against it. */
export async function unfitFor(
  { items }: Itinerary,
  parameter: (name: string) => Promise<number | null>,
): Promise<'unread' | { readonly reason: string } | null> {
  const how = new Set(items.flatMap((item) => (item.do === 'deliver' ? [item.how] : [])));
  if (how.size === 0) return null;
  const failsafe = await parameter('FS_OPTIONS');
  if (failsafe === null) return 'unread';
  if ((failsafe & RELEASE_GRIPPER) !== 0) return { reason: reason('fs-release', `FS_OPTIONS is ${failsafe}`) };
  if (!how.has('winch')) return null;
  const winch = await parameter('WINCH_OPTIONS');
  if (winch === null) return 'unread';
  if ((winch & RUNS_FREE) === 0) return null;
  const words = `WINCH_OPTIONS is ${winch}: the drum runs free after a boot; take ${RUNS_FREE} out`;
  return { reason: reason('bad-itinerary', words) };
}
