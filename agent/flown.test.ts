/** The list of flights and the report of one of them count the same flight: what it used before and after it is none of it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode, encodeTlogRecord, type FieldsIn, type MessageName } from '@skein/protocol/mavlink';
import t from 'tap';
import { typed } from './testing/typed.ts';

const T0_US = Date.UTC(2026, 10, 21, 12, 0, 0) * 1000;

/** A drone that stands for 50 s with its motors running, flies for 100 s northwards, stands for 50 s. 10 mAh go each second. */
function recording(): Buffer {
  const records: Uint8Array[] = [];
  for (let s = 0; s <= 200; s++) {
    const from = { sysid: 1, compid: 1, seq: (4 * s) & 0xff };
    const say = <N extends MessageName>(name: N, fields: FieldsIn<N>): void => {
      records.push(encodeTlogRecord(T0_US + s * 1e6, encode(name, fields, from)));
    };
    const flies = s >= 50 && s < 150;
    const way = Math.min(Math.max(s - 50, 0), 100);
    say('HEARTBEAT', { type: 2, autopilot: 3, base_mode: 209, custom_mode: 4, system_status: 4, mavlink_version: 3 });
    say('EXTENDED_SYS_STATE', { vtol_state: 0, landed_state: flies ? 2 : 1 });
    const place = { lat: 470_000_000 + way * 1_000, lon: 80_000_000, alt: 400_000, hdg: 0 };
    // On the ground the receiver wanders by some metres.
    const wander = flies ? 0 : (s % 2) * 300;
    say('GLOBAL_POSITION_INT', {
      ...{ ...place, lat: place.lat + wander, time_boot_ms: s * 1000, vx: 0, vy: 0, vz: 0 },
      relative_alt: flies ? 30_000 : 0,
    });
    say('BATTERY_STATUS', {
      ...{ id: 0, battery_function: 1, type: 1, temperature: 2_000, voltages: [16_000, ...Array(9).fill(0xffff)] },
      ...{ current_battery: 3_600, current_consumed: s * 10, energy_consumed: -1, battery_remaining: 80 },
    });
  }
  return Buffer.concat(records);
}

const energyOf = (page: string): string | undefined => /<dt>energy<\/dt><dd>([^<]*)<small>([^<]*)/.exec(page)?.[0];
const fact = (page: string, name: string): string | undefined =>
  new RegExp(`<dt>${name}</dt><dd>([^<]*)`).exec(page)?.[1];

t.test('flights, report of a flight, and report of its file say the same', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'sk-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'recordings'));
  const file = join(root, 'recordings', 'skein-000001-000000.tlog');
  writeFileSync(file, recording());
  const listed = JSON.parse((await typed('flights', '--json', `--dataDir=${root}`)).out).flights;
  t.match(listed, [{ usedMah: 1000, durationS: 100, highestM: 30, beginsOnGround: true, endsOnGround: true }]);
  t.match((await typed('flights', `--dataDir=${root}`)).out, /1000 mAh, 16\.0 Wh/);
  const way = `${(listed[0].distanceM / 1000).toFixed(2)} km`;
  for (const what of ['1', file]) {
    const out = join(root, `${what === '1' ? 'one' : 'file'}.html`);
    t.match(await typed('report', what, '--out', out, `--dataDir=${root}`), { code: 0, err: '' });
    const page = readFileSync(out, 'utf8');
    t.match(energyOf(page), /16\.0 Wh \(1000 mAh\)<small>in the air; 80 % → 80 % reported/, what);
    t.equal(fact(page, 'distance over ground'), way, what);
    t.equal(fact(page, 'highest above home'), '30.0 m', what);
  }
});
