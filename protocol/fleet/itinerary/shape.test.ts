import fc from 'fast-check';
import t from 'tap';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/schema';
import * as schemas from './schema.ts';
import { fits, KEYWORDS, misfits } from './shape.ts';

const SCHEMAS = Object.entries(schemas).flatMap(([name, one]) =>
  typeof one === 'object' && !Array.isArray(one) ? [[name, one as TSchema] as const] : [],
);
const ROUND = {
  ...{ id: 'round', version: 3, base: { latDeg: 47, lonDeg: 8 }, notAfter: '2026-11-21T12:00:00Z' },
  items: [
    { do: 'take-off', altM: 30 },
    { do: 'waypoint', latDeg: 47.1, lonDeg: 8, altM: 40, frame: 'home', speedMps: 8, holdS: 3 },
    { do: 'deliver', latDeg: 47.1, lonDeg: 8, altM: 40, frame: 'amsl', how: 'winch', lineM: 12, releaseOffline: true },
    { do: 'land' },
  ],
  fence: { polygons: [{ inside: true, points: [1, 2, 3].map((i) => ({ latDeg: i, lonDeg: i })) }], circles: [] },
  rally: [{ latDeg: 47, lonDeg: 8, altM: 50 }],
};

/** What a file, a person's program or a form may have in place of something right. */
const WRONG = fc.oneof(
  fc.constantFrom(null, undefined, Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 0.25, 1e7, '', 'home', 'x'.repeat(121)),
  fc.constantFrom('🚁'.repeat(64), '🚁'.repeat(65), 'do', true, [], {}, [{}], [null], { latDeg: 91, lonDeg: 0 }),
);
const places = (value: unknown): (readonly string[])[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, one]) => [[key], ...places(one).map((path) => [key, ...path])])
    : [];
const PATHS = places(ROUND);

function withWrong(path: readonly string[], wrong: unknown): unknown {
  const whole = structuredClone(ROUND) as unknown;
  const holder = path.slice(0, -1).reduce((one, key) => (one as Record<string, unknown>)[key], whole);
  (holder as Record<string, unknown>)[path.at(-1) ?? ''] = wrong;
  return whole;
}

t.test('it knows every keyword of the schemas, and no schema is of nothing', async (t) => {
  const seen = new Set<string>();
  const walk = (value: unknown, named: boolean): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, one] of Object.entries(value)) {
      if (!named && !Array.isArray(value)) seen.add(key);
      if (typeof one === 'object') walk(one, key === 'properties');
    }
  };
  for (const [, schema] of SCHEMAS) walk(schema, false);
  t.ok(SCHEMAS.length > 8);
  t.same(
    [...seen].filter((key) => !KEYWORDS.includes(key)),
    ['description'],
  );
});

t.test('it says yes and no as typebox does', async (t) => {
  t.ok(fits(schemas.Itinerary, ROUND));
  const whole = Compile(schemas.Itinerary);
  let refused = 0;
  fc.assert(
    fc.property(fc.constantFrom(...PATHS), WRONG, (path, wrong) => {
      const value = withWrong(path, wrong);
      const right = whole.Check(value);
      if (!right) refused += 1;
      return fits(schemas.Itinerary, value) === right && (misfits(schemas.Itinerary, value).length === 0) === right;
    }),
    { numRuns: 2_000 },
  );
  t.ok(refused > 500, `${refused} of 2000 were wrong`);
  for (const [name, schema] of SCHEMAS) {
    const check = Compile(schema);
    const differs = fc.sample(WRONG, 100).filter((value) => fits(schema, value) !== check.Check(value));
    t.same(differs, [], name);
  }
});

t.test('it names the field and what it must be', async (t) => {
  const of = (path: string, wrong: unknown) => misfits(schemas.Itinerary, withWrong(path.split('.'), wrong));
  t.same(of('rally.0.altM', 0.5), [{ pointer: '/rally/0/altM', words: 'must be 1 or more' }]);
  t.same(of('base.lonDeg', undefined), [{ pointer: '/base/lonDeg', words: 'is missing' }]);
  t.same(of('version', 1.5), [{ pointer: '/version', words: 'must be an integer' }]);
  t.same(of('rally', {}), [{ pointer: '/rally', words: 'must be a list' }]);
  t.same(misfits(schemas.AltitudeFrame, 'agl'), [{ pointer: '', words: 'must be one of home, amsl, terrain' }]);
});
