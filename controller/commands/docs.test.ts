/** docs/commands.md is what integrators and authors of other agents go by: its tables are compared with the code. */
import { readFileSync } from 'node:fs';
import { COMMAND_TYPES, COMMANDS, DELIVERY_STATES, GRANTS, isSafetyParameter, REASONS } from '@skein/protocol/fleet';
import t from 'tap';
import { lifetimeBoundsS } from './index.ts';

const doc = readFileSync(new URL('../../docs/commands.md', import.meta.url), 'utf8');
const spec = (type: (typeof COMMAND_TYPES)[number]) => {
  const { lifetimeS, queued, broadcast, flight, safe, staleMs, doc: words } = COMMANDS[type];
  const { min, max } = lifetimeBoundsS(COMMANDS[type]);
  const yes = (value: boolean) => (value ? 'yes' : '–');
  const cells = [words, `${lifetimeS} s (${min}–${max})`, yes(queued), yes(broadcast), yes(flight), yes(safe)];
  return `| \`${type}\` | ${cells.join(' | ')} | ${staleMs / 1000} s |`;
};

t.test('every type is there, by its rules', async (t) => {
  for (const type of COMMAND_TYPES) t.ok(doc.includes(spec(type)), spec(type));
  const rows = [...doc.matchAll(/^\| `([a-z-]+)` \|.*\| \d+ s \|$/gm)].map((row) => row[1]);
  t.same(rows, COMMAND_TYPES);
});

t.test('every parameter is there, and no other', async (t) => {
  const written = [...doc.matchAll(/^\| ([a-z-]+) \| `([A-Za-z]+)`( \(must\))? \|/gm)].map(
    ([, type, name, must]) => `${type} ${name} ${must !== undefined}`,
  );
  const known = COMMAND_TYPES.flatMap((type) => {
    const { properties, required = [] }: { properties: object; required?: readonly string[] | undefined } =
      COMMANDS[type].params;
    return Object.keys(properties).map((name) => `${type} ${name} ${required.includes(name)}`);
  });
  t.same(written, known);
});

t.test('states, reasons and grants are those of the protocol', async (t) => {
  const section = (title: string) => doc.split(/^## /m).find((one) => one.startsWith(title)) ?? '';
  const codes = (text: string) => [...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map((row) => row[1]);
  t.same(codes(section('States')), DELIVERY_STATES);
  const reasons = [...section('Reasons').matchAll(/^\| `([a-z-]+)` \| (.*) \|$/gm)].map((row) => [row[1], row[2]]);
  t.same(reasons, Object.entries(REASONS));
  t.same(codes(section('Rights')), GRANTS);
});

t.test('the parameters said to guard safety do, by the names of real autopilots too', async (t) => {
  const list = doc.split('Parameters that guard safety')[1]?.split('\n\n')[0] ?? '';
  const names = [...list.matchAll(/`([A-Z][A-Zn_]+)\*?`/g)].map((match) => match[1]?.replace('n', '1') ?? '');
  t.ok(names.length >= 15);
  for (const name of [...names, 'MAV_GCS_SYSID', 'BATT_LOW_VOLT', 'NAV_RCL_ACT']) {
    t.ok(isSafetyParameter(name.endsWith('_') ? `${name}X` : name), name);
  }
  for (const name of ['ANGLE_MAX', 'WPNAV_SPEED', 'NAV_ACC_RAD']) t.notOk(isSafetyParameter(name), name);
});
