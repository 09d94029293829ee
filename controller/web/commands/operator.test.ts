import t from 'tap';
import { hasName, operator } from './operator.ts';

t.test('without a name nothing may be sent; one typed is kept for the next command', async (t) => {
  t.equal(operator.value, null, 'a browser that was never told');
  for (const nothing of ['', '   ', '\u0000\t']) t.notOk(hasName(nothing), JSON.stringify(nothing));
  t.equal(operator.value, null, 'blanks are no name');
  t.ok(hasName('  Ann \n Viewer '));
  t.equal(operator.value, 'Ann Viewer');
  t.ok(hasName(''), 'asked once');
});
