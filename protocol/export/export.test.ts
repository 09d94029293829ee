import t from 'tap';
import { csvRow, gpxPoint, kmlPoint, xmlText } from './index.ts';

t.test('a row: quotes where they are wanted, no formulas, numbers as they are', async (t) => {
  t.equal(
    csvRow([1, null, 'a,b', 'say "no"', undefined, [1, null], true]),
    '1,,"a,b","say ""no""",,"[1,null]",true\r\n',
  );
  t.equal(csvRow(['=1+1', '@x', "'=a", -5]), "'=1+1,'@x,''=a,-5\r\n");
});

t.test('points: what is not known is left out, no exponents', async (t) => {
  t.equal(
    gpxPoint(43.6156005, -5e-7, 20.96, '2026-11-21T19:39:25Z'),
    '<trkpt lat="43.6156005" lon="-0.0000005"><ele>20.96</ele><time>2026-11-21T19:39:25Z</time></trkpt>\n',
  );
  t.equal(gpxPoint(1, 2), '<trkpt lat="1" lon="2"></trkpt>\n');
  t.equal(kmlPoint(43.5, 7.25, 20.9), '<gx:coord>7.25 43.5 20.9</gx:coord>\n');
  t.equal(xmlText('a<b & "c"'), 'a&lt;b &amp; &quot;c&quot;');
});
