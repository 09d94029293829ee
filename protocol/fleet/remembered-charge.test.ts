import t from 'tap';
import { rememberedIn, sayRemembered } from './remembered-charge.ts';

t.test('what an agent says of a remembered charge is read again', async (t) => {
  t.equal(sayRemembered(12), '12 % (remembered)');
  for (const pct of [0, 12, 43.5, 100]) t.equal(rememberedIn(`24.1 V, ${sayRemembered(pct)}; 23.9 V, 98 %`), pct);
  for (const value of ['', '24.1 V, 98 %', 'charge unknown']) t.equal(rememberedIn(value), null, value);
});
