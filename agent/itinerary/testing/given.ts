/** Where the stories of an itinerary begin. */
import type { Test } from 'tap';
import { bench } from './bench.ts';
import { message, plan } from './plans.ts';

/** home, take-off, waypoint, approach, gate, jump, hover, winch, wait, winch, wait, climb, return. */
export const SEQ = { gate: 4, release: 6, lastWait: 10, climb: 11, home: 12 } as const;

/** Given, and verified. */
export async function verified(t: Test, itinerary = plan()) {
  const b = await bench(t);
  b.it.receive(message(itinerary));
  t.ok(await b.until(() => b.last('itinerary')?.state === 'verified'), b.said().join(', '));
  return b;
}

/** Flown to its gate. */
export async function atTheDoor(t: Test) {
  const b = await verified(t);
  t.match(await b.start(), { state: 'succeeded' });
  b.fly(2);
  await b.pass(500);
  b.fly(SEQ.gate, { at: 'door' });
  return b;
}
