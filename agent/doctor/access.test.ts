import t from 'tap';
import { mayDo } from './access.ts';

t.test('the first class that fits decides, and root may all', async (t) => {
  const file = { mode: 0o100_640, uid: 900, gid: 20 };
  const who = (uid: number, ...gids: number[]) => ({ name: 'x', uid, gids });
  t.ok(mayDo(file, who(900), 6), 'the owner reads and writes');
  t.notOk(mayDo(file, who(1, 20), 6), 'the group reads');
  t.ok(mayDo(file, who(1, 5, 20), 4));
  t.notOk(mayDo(file, who(1, 5), 4), 'others do not');
  t.ok(mayDo({ ...file, mode: 0o604 }, who(1), 4));
  t.notOk(mayDo({ ...file, mode: 0o066 }, who(900, 20), 4), 'an owner who may not, also where others may');
  t.ok(mayDo({ ...file, mode: 0 }, who(0), 7));
});
