import t from 'tap';
import { newKey } from '../shell/ask.ts';
import { thisBrowser } from '../shell/this-browser.ts';
import { askingName, hasName, operator, sender } from './operator.ts';

t.test(
  'who has said no name is not kept from what is safe: it goes as this browser’s, and the name is asked for beside it',
  async (t) => {
    t.equal(operator.value, null, 'a browser that was never told');
    t.match(thisBrowser, /^[0-9a-f]{6}$/);
    t.equal(sender(), `unnamed ${thisBrowser}`);
    t.equal(askingName.value, 'later');
    t.ok(newKey().startsWith(thisBrowser), 'what it sends later under a name is found by the same letters');
    askingName.value = false;
  },
);

t.test('without a name nothing else may be sent; one typed is kept for the next command', async (t) => {
  t.equal(operator.value, null, 'a browser that was never told');
  for (const nothing of ['', '   ', '\u0000\t']) t.notOk(hasName(nothing), JSON.stringify(nothing));
  t.equal(operator.value, null, 'blanks are no name');
  t.ok(hasName('  Ann \n Viewer '));
  t.equal(operator.value, 'Ann Viewer');
  t.ok(hasName(''), 'asked once');
  t.equal(sender(), 'Ann Viewer');
  t.equal(askingName.value, false, 'and never again');
});
