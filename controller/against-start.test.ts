import t from 'tap';
import { againstStart } from './against-start.ts';

const FREE = {
  stop: null,
  badWeather: null,
  holds: [],
  zones: [{ id: 'lake', atUtcUs: 5 }],
  plannedUtcUs: 5,
  pads: [],
};
const PAD = { id: 'a', closed: false, occupiedBy: null };

t.test('what may have changed since a flight was planned keeps it on the ground, in words', async (t) => {
  t.equal(againstStart(FREE), null);
  t.match(againstStart({ ...FREE, stop: { reason: 'storm', by: 'Ann' } }), /ground stop by Ann: storm/);
  t.match(againstStart({ ...FREE, holds: ['inspection is due'] }), /kept on the ground: inspection is due/);
  t.match(againstStart({ ...FREE, badWeather: 'wind 15 m/s' }), /wind 15/);
  t.match(againstStart({ ...FREE, zones: [...FREE.zones, { id: 'crane', atUtcUs: 6 }] }), /zone crane was changed/);
  t.equal(againstStart({ ...FREE, pads: [PAD] }), null);
  t.match(againstStart({ ...FREE, pads: [{ ...PAD, closed: true }] }), /pad a is closed/);
  t.match(againstStart({ ...FREE, pads: [{ ...PAD, occupiedBy: 'd2' }] }), /d2 stands on the pad a/);
});
