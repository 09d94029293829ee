import t from 'tap';
import { keepHomes } from './pads.ts';

const home = (latDeg: number) => ({ latDeg, lonDeg: 8, altAmslM: 500 });

t.test('homes said again make no work; one that moved, came or went does', async (t) => {
  const homes = keepHomes();
  const all = () => true;
  homes.take('a', home(47));
  homes.take('b', home(48));
  homes.take('c', null);
  t.equal(homes.pads(all)?.data.features.length, 2);
  homes.take('a', home(47));
  t.equal(homes.pads(all), null);
  homes.take('a', home(48));
  t.equal(homes.pads(all)?.data.features.length, 1, 'one pad for both');
  homes.take('a', home(47));
  t.equal(homes.pads((id) => id === 'a')?.data.features.length, 1);
  t.equal(
    homes.pads((id) => id === 'a'),
    null,
  );
});
