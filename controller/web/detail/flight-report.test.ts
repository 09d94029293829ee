import t from 'tap';
import { fileName, reportUrl } from './flight-report.ts';

t.test('asked for in the zone of whoever reads it; the file has the name that the controller gives', async (t) => {
  t.equal(
    reportUrl('kite-1', { zone: 'Europe/Paris', hours: '24h' }),
    '/api/v1/drones/kite-1/report?zone=Europe%2FParis&hours=24h',
  );
  t.notMatch(reportUrl('kite-1', { zone: 'local', hours: '12h' }), /local/);
  t.equal(fileName('inline; filename="kite-1-20261121T1159.html"', 'kite-1'), 'kite-1-20261121T1159.html');
  t.equal(fileName('inline; filename="../../x"', 'kite-1'), 'kite-1.html');
  t.equal(fileName(null, 'kite-1'), 'kite-1.html');
});
