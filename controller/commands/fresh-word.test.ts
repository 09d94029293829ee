/** A delivery waits for a word of its drone that is young enough: what would come stale is not sent (docs/commands.md). */
import t from 'tap';
import type { Command, Now } from './command.ts';
import { mark, newDelivery, onTime, readiness } from './delivery.ts';
import type { Contact } from './ports.ts';

const UTC_US = 1_795_000_000e6;
const S = 1e6;
const at = (s: number): Now => ({ utcUs: UTC_US + s * S, monoUs: s * S });

/** `heardAgeMs`: how long ago the newest word of the drone came. */
function given(type: string, s: number, heardAgeMs: number | null) {
  const command: Command = {
    ...{ id: '01JD0000000000000000000001', type, params: {}, issuedAtUtcUs: UTC_US, expiresAtUtcUs: UTC_US + 10 * S },
    ...{ issuedBy: 'Ann', grants: [], targets: ['d1'], staggerMs: 0, maxFailures: null, atATime: null },
    ...{ session: null, untargeted: false },
  };
  const contact: Contact = {
    ...{ id: 'd1', current: 'aaaaaaaa', conflict: false, groups: [], armed: null },
    sighting: { armed: null, landed: null, mode: null, place: null, home: null, returnAltM: null },
    sessions: [
      {
        ...{ session: 'aaaaaaaa', alive: true, boot: 'boot-1', autopilotBoot: 'ap-1', journal: 'j1' },
        ...{ heardMonoMs: 5, heardAgeMs },
      },
    ],
  };
  return { command, expiresMonoUs: 10 * S, contact, now: at(s) };
}
const fresh = newDelivery('d1', 10 * S, at(0));

t.test(
  'the first time: an order that must not be old waits for a young word; hold, return and land do not',
  async (t) => {
    t.equal(readiness(fresh, given('arm', 0, 2_500)), 'go');
    t.equal(readiness(fresh, given('arm', 0, 2_501)), 'wait');
    t.equal(readiness(fresh, given('arm', 0, null)), 'wait', 'only a backlog has come');
    t.equal(readiness(fresh, given('reboot', 0, 29_000)), 'go', 'ten minutes are enough for any way');
    for (const type of ['hold', 'return', 'land']) {
      for (const ageMs of [29_000, 45_000, null]) t.equal(readiness(fresh, given(type, 0, ageMs)), 'go', type);
    }
  },
);

t.test('written down and not sent yet, and again: the same, until its time is over', async (t) => {
  const marked = mark(fresh, given('arm', 0, 0));
  t.equal(onTime(marked, given('arm', 1, 4_000)).send, null);
  t.equal(onTime(marked, given('arm', 1, 4_000), true).send, null, 'a presence has no stamp');
  const { delivery, send } = onTime(marked, given('arm', 2, 100));
  t.ok(send);
  t.equal(onTime(delivery, given('arm', 4, 2_600)).send, null, 'the second sending');
  t.ok(onTime(delivery, given('arm', 4, 0)).send);
  t.match(onTime(marked, given('arm', 10, 9_000)).delivery, { state: 'expired' });
});
