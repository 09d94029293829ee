import t from 'tap';
import { newDrone } from './drone.ts';
import { tallyOf } from './tally.ts';

const NOW = { utcUs: 1e15, monoUs: 100e6 };

/** Its newest sample was taken so many seconds ago; null: it sent none. Of its own start it holds 1–10, of which 1–4 are here. */
function drone(id: string, agedS: number | null) {
  const made = newDrone(id, 0);
  made.vehicleAtMonoUs = agedS === null ? null : NOW.monoUs - agedS * 1e6;
  const none = { first: 1, next: 1, upTo: 0, monoToUs: null };
  const history = { first: 1, next: 11, upTo: 4, monoToUs: 40e6 };
  made.epochs = [{ epoch: '00000000000000e1', lanes: { urgent: none, history } }];
  return made;
}

t.test('the fleet in numbers: how fresh, what is still to come', async (t) => {
  const drones = [drone('a', 1), drone('b', 5), drone('c', 6), drone('d', 31), drone('e', null)];
  t.match(tallyOf(drones, NOW), { fresh: 1, stale: 2, lost: 1, never: 1, online: 0, conflicts: 0, backlogBatches: 30 });
  t.equal(tallyOf(drones, NOW).untrusted, 1, 'of the fresh one nothing says that its position may be acted on');
  t.equal(tallyOf(drones, NOW).oldestUnsentS, 0, 'no time of what they hold is known');
  t.match(tallyOf([], NOW), { fresh: 0, backlogBatches: 0 });
});
