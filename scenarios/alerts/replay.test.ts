/** Of a flight that was well nothing is raised, and no class came near to it. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { replay } from './replay.ts';

const FLIGHT = new URL('../../protocol/mavlink/testdata/flight-excerpt.tlog', import.meta.url);

t.test('a recorded flight of a real ArduCopter raises nothing', async (t) => {
  const { airS, raised, margins } = await replay(readFileSync(FLIGHT));
  t.ok(airS > 20, `${airS} s in the air`);
  t.same(raised, []);
  for (const { class: name, what, worst, raisedAt, unit, least } of margins) {
    t.comment(`${name}, ${what}: ${worst === null ? 'not measured' : worst.toFixed(2)} of ${raisedAt} ${unit}`);
    if (worst === null) continue;
    t.ok(least ? worst >= 1.5 * raisedAt : worst <= raisedAt / 1.5, `${name}, ${what}: no more than two thirds`);
  }
});
