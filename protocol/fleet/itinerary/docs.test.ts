/** docs/itineraries.md is what integrators go by: its tables are compared with the code. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { ITINERARY_STATES, RELEASE_STATES } from '../../telemetry/index.ts';
import {
  DEFAULT_LIMITS,
  DeliverItem,
  Itinerary,
  LandItem,
  LoiterItem,
  RULES,
  TakeOffItem,
  WARNINGS,
  WaypointItem,
} from './index.ts';

const doc = readFileSync(new URL('../../../docs/itineraries.md', import.meta.url), 'utf8');
const rows = (after: string): string[][] => {
  const [table = ''] = (doc.split(after)[1] ?? '').replace(/^[^|]*/, '').split('\n\n');
  return table
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
};
const bare = (cell = ''): string => cell.replaceAll('`', '');

t.test('rules, warnings and limits', async (t) => {
  t.same(
    rows('null is the plan as a whole.').map(([code, words]) => [bare(code), words]),
    Object.entries(RULES),
  );
  t.same(
    rows('hinders nothing:').map(([code, words]) => [bare(code), words]),
    Object.entries(WARNINGS),
  );
  const limits = Object.entries(DEFAULT_LIMITS).map(([name, value]) => [
    name,
    value === null ? 'none' : Array.isArray(value) ? 'none' : String(value),
  ]);
  t.same(
    rows('less `reservePct`.').map(([name, value]) => [bare(name), value]),
    limits,
  );
});

t.test('every field, and no other', async (t) => {
  const kinds = {
    itinerary: Itinerary,
    'take-off': TakeOffItem,
    waypoint: WaypointItem,
    loiter: LoiterItem,
    deliver: DeliverItem,
    land: LandItem,
  };
  const written = rows('said in a warning.').flatMap(([of = '', names = '']) =>
    [...names.matchAll(/`([A-Za-z]+)`/g)].map((name) => `${of} ${name[1]} ${names.includes('(must)')}`),
  );
  const known = Object.entries(kinds).flatMap(([of, { properties, required }]) =>
    Object.keys(properties)
      .filter((name) => name !== 'do')
      .map((name) => `${of} ${name} ${(required ?? []).some((one) => one === name)}`),
  );
  t.same(written.sort(), known.sort());
});

t.test('states', async (t) => {
  t.same(
    rows('## How it stands on a drone').map(([state]) => bare(state)),
    ITINERARY_STATES,
  );
  t.same(
    rows('And a parcel:').map(([state]) => bare(state)),
    RELEASE_STATES,
  );
});
