import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { type NetworkTimePlaces, readNetworkTime, readTracking } from './network-time.ts';

/** As chronyc 4.5 prints it. */
const TRACKING =
  'A29FC801,162.159.200.1,4,1795289965.722412345,-0.000120000,0.000031,0.000052,-12.345,0.001,0.050,0.024000000,0.001000000,64.2,Normal\n';

t.test('chrony: its bound of the error; unsynchronised, or words we do not know, say nothing', async (t) => {
  t.same(readTracking(TRACKING), { mark: 'chrony 1795289965.722412345', errUs: 13_120 });
  t.equal(readTracking(TRACKING.replace('Normal', 'Not synchronised')), null);
  t.equal(readTracking(TRACKING.replace(',4,', ',0,')), null);
  for (const other of [
    '',
    '506 Cannot talk to daemon',
    TRACKING.replace('-0.000120000', 'soon'),
    TRACKING.slice(0, 60),
  ])
    t.equal(readTracking(other), null, other);
});

t.test('timesyncd: each touch is a synchronisation; where no client runs nobody is believed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'network-time-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const timesyncdFile = join(folder, 'synchronized');
  const none = { chronyFolder: join(folder, 'none'), timesyncdFile };
  const asked = async (at: NetworkTimePlaces) => {
    const told = await readNetworkTime({ mayStart: true }, at);
    if (told === 'not-asked') throw new Error('not asked');
    return told;
  };
  t.equal(await asked(none), null);
  writeFileSync(timesyncdFile, '');
  utimesSync(timesyncdFile, 1_000, 1_000);
  const first = await asked(none);
  t.match(first, { errUs: 100_000 });
  utimesSync(timesyncdFile, 2_000, 2_000);
  t.not((await asked(none))?.mark, first?.mark);
  const both = { chronyFolder: folder, timesyncdFile, tracking: async () => TRACKING };
  t.match(await asked(both), { errUs: 13_120 }, 'chrony is asked first');
  t.match(await asked({ ...both, tracking: async () => '' }), { errUs: 100_000 }, 'it does not answer');
  const tracking = () => Promise.reject(new Error('spawn ENOMEM'));
  t.match(await asked({ ...both, tracking }), { errUs: 100_000 }, 'it cannot be asked');
  const started = () => Promise.reject(new Error('started'));
  t.equal(await readNetworkTime({ mayStart: false }, { ...both, tracking: started }), 'not-asked');
  t.match(await readNetworkTime({ mayStart: false }, none), { errUs: 100_000 }, 'a look at a file starts nothing');
});
