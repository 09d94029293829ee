import t from 'tap';
import { decompressSync } from './inflate.ts';

t.test('a browser that cannot unpack tiles is told so', async (t) => {
  t.throws(() => decompressSync(), /newer/);
});
