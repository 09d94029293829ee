/** What is no fault, or another one than it looks. */
import type { DoctorFacts } from '../facts.ts';
import {
  alone,
  BASE,
  BROKER,
  broker,
  CERTIFICATE,
  device,
  differing,
  disk,
  fault,
  late,
  line,
  link,
  NOW_MS,
  other,
  probed,
  profile,
  program,
  running,
  saying,
  stopped,
  vehicle,
} from './setups.ts';
import { DEVICE, ME, WELL } from './well.ts';

export const HARMLESS: Readonly<Record<string, DoctorFacts>> = {
  'another agent, elsewhere': stopped({ otherAgents: { ok: true, value: [other(701, 'kite-2', null)] } }),
  'an agent that hangs, with its line': running(
    {},
    {
      ...{ agent: { state: 'hangs' }, otherAgents: { ok: true, value: [other(701, 'kite-1', null)] } },
      device: { ok: true, value: { ...DEVICE, holders: [program(701, 'skein-agent'), program(977, 'gpsd')] } },
    },
  ),
  'full, and it is': disk({ freeMb: 5, probe: { ms: 5, error: 'ENOSPC' } }, alone()),
  'full, and how much is not known': disk({ freeMb: null, probe: { ms: 5, error: 'ENOSPC' } }, alone()),
  'a write that says what nobody knows': probed('EUCLEAN'),
  'a write that is fast enough': probed(null, 990),
  'many devices of another name': device({
    ...{ kind: 'missing', real: null, others: [1, 2, 3, 4, 5, 6, 7].map((n) => `/dev/ttyUSB${n}`) },
  }),
  'of the group of a login': device({ mode: 0o020_620, gid: 5, group: 'tty', who: { ...ME, gids: [900] } }),
  'a few frames of MAVLink 1': link({ mavlink1: 200 }),
  'a line over UDP': link({ url: 'udpin://0.0.0.0:14550', baud: null }),
  'a little noise': link({ skippedBytes: 2_000 }),
  'a port that was closed once': link({ fault: fault('EBUSY') }),
  'many, and no autopilot': line([
    { autopilots: [], companions: ['1/154', '1/68', '1/100', '1/240', '1/241'], armed: null },
  ]),
  'no serial line, not listened': stopped({ line: null, device: null }),
  'a station that refused somebody': running({
    stations: [{ name: 'laptop', url: 'tcp://0.0.0.0:5770', open: true, problem: 'one was refused' }],
  }),
  'topics of no version': running({ topicRoot: 'fleet' }),
  'a certificate, and no clock': stopped({
    clock: late,
    broker: { ok: true, value: { ...BROKER, certificate: { ...CERTIFICATE, toMs: NOW_MS } } },
  }),
  'plain, and it speaks TLS': broker({ stage: 'mqtt', code: 'EPROTO', secure: false }),
  'settings that are wrong beside an agent': running(
    {},
    { settings: { ...BASE.settings, problems: ['drone must be set'] } },
  ),
  'parameters not all read, one differs': profile({ ok: null, failsafeOk: null, differences: [differing(0, '1')] }),
  'something it says that is no reason': saying('GPS 1: detected'),
  'a pilot, with a transmitter': running({ profile: { ...WELL.profile, name: 'line-of-sight' } }),
  'no pilot, no transmitter': vehicle({ rcHealthy: false }),
};
