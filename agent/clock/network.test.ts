import t from 'tap';
import { NetworkWatch } from './index.ts';

const S = 1_000_000;
const UTC = 1_795_289_965 * S;

t.test(
  'a synchronised clock is believed until somebody else sets it, and again after it synchronised anew',
  async (t) => {
    const watch = new NetworkWatch();
    const look = (s: number, aheadUs: number, mark: string | null) =>
      watch.take({
        ...{ monoUs: s * S, systemUtcUs: UTC + s * S + aheadUs },
        told: mark === null ? null : { mark, errUs: 100_000 },
      });
    t.equal(look(0, 0, null), null, 'nobody keeps it');
    t.equal(look(60, -30e6, 'first'), 100_000);
    t.equal(look(120, -30e6 + 20_000, 'first'), 100_000, 'slewed');
    t.equal(look(180, 9e14, 'first'), null, 'years ahead, and no new synchronisation');
    t.equal(look(240, 9e14, 'first'), null);
    t.equal(watch.steps, 1);
    t.equal(look(300, 0, 'second'), 100_000, 'its client has set it right');
    t.equal(look(360, 5e6, 'third'), 100_000, 'a step that is a synchronisation');
    t.equal(watch.steps, 1);
  },
);
