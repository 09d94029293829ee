/** Ports, and the way to the controller. */
import type { DoctorFacts } from '../facts.ts';
import {
  alone,
  BASE,
  BROKER,
  broker,
  CERTIFICATE,
  certificate,
  late,
  NOW_MS,
  named,
  program,
  running,
  stopped,
  tls,
  uplink,
} from './setups.ts';
import { facts, WELL } from './well.ts';

export const UPLINKS: Readonly<Record<string, DoctorFacts>> = {
  'a station that did not open': running({
    stations: [{ name: 'laptop', url: 'tcp://0.0.0.0:5770', open: false, problem: 'EADDRINUSE' }],
  }),
  'no stations': running({ stations: [] }),
  'a port that a program has': stopped({
    ports: {
      ok: true,
      value: [{ what: 'The line', url: 'udpin://0.0.0.0:14550', port: 14_550, by: program(5150, 'QGroundControl') }],
    },
  }),
  'a port that somebody has': stopped({
    ports: { ok: true, value: [{ what: 'The line', url: 'udpin://0.0.0.0:14550', port: 14_550, by: null }] },
  }),
  'ports not seen': stopped({ ports: late }),

  'an authority that is not there': named({ extraCa: { path: '/etc/skein/none.pem', problem: 'ENOENT' } }),
  'an authority that cannot be read': named({ extraCa: { path: '/etc/skein/ca.pem', problem: 'EACCES' } }),
  'offline by its settings': facts({ ...WELL, uplink: { ...WELL.uplink, url: '' } }, alone({ broker: null })),
  'a broker that was not tried': stopped({ broker: null }),
  'a broker that was not seen in time': stopped({ broker: late }),
  'no address': broker({ stage: 'address', code: 'address' }),
  'an unknown name': broker({ stage: 'name', code: 'ENOTFOUND' }),
  'no DNS': broker({ stage: 'name', code: 'EAI_AGAIN' }),
  refused: broker({ stage: 'connect', code: 'ECONNREFUSED' }),
  'no route to the net': broker({ stage: 'connect', code: 'ENETUNREACH' }),
  'no route to the host': broker({ stage: 'connect', code: 'EHOSTUNREACH' }),
  'no answer': broker({ stage: 'connect', code: 'timeout' }),
  ...Object.fromEntries(
    [
      ...['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_SSL_WRONG_VERSION_NUMBER'],
      ...['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'EPROTO', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'],
      ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
      ...['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'],
      ...['ERR_SSL_NO_SHARED_CIPHER', 'CERT_REVOKED'],
    ].map((code) => [code, tls(code)]),
  ),
  'a certificate that could not be read': tls('CERT_HAS_EXPIRED', { certificate: null }),
  'a certificate for nobody': tls('ERR_TLS_CERT_ALTNAME_INVALID', {
    certificate: { ...CERTIFICATE, names: [], toMs: NOW_MS },
  }),
  'TLS that says nothing': tls('timeout'),
  'TLS that is cut': tls('ECONNRESET', { detail: 'cut', certificate: null }),
  'a certificate of the drone wanted later': broker({
    stage: 'mqtt',
    code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
  }),
  'plain, cut': broker({ stage: 'mqtt', code: 'ECONNRESET', secure: false, detail: 'connection closed' }),
  'plain, silent': broker({ stage: 'mqtt', code: 'timeout', secure: false }),
  'CONNACK 2': broker({ stage: 'mqtt', code: 'CONNACK-2' }),
  'CONNACK 3': broker({ stage: 'mqtt', code: 'CONNACK-3' }),
  'CONNACK 4, no user name': broker({ stage: 'mqtt', code: 'CONNACK-4' }),
  'CONNACK 4': broker({ stage: 'mqtt', code: 'CONNACK-4' }, 'kite'),
  'CONNACK 5, no user name': broker({ stage: 'mqtt', code: 'CONNACK-5' }),
  'CONNACK 5': broker({ stage: 'mqtt', code: 'CONNACK-5' }, 'kite'),
  'topics that are not granted': broker({ stage: 'topics', code: 'skein/1/kite-1/down', detail: 'refused' }),
  'a certificate that ends in 13 days': certificate(13),
  'a certificate that ends in 14 days': certificate(14),
  'an agent told it is not authorised': uplink(
    ...([{ state: 'waiting', lastError: 'Connection refused: Not authorized' }, { stage: 'reached' }] as const),
  ),
  'an agent told its name is refused': uplink(
    ...([{ state: 'waiting', lastError: 'Connection refused: Identifier rejected' }, { stage: 'reached' }] as const),
  ),
  'an agent told to come later': uplink(
    ...([{ state: 'waiting', lastError: 'Connection refused: Server unavailable' }, { stage: 'reached' }] as const),
  ),
  'a name or password that only the agent knows': {
    ...uplink({ state: 'waiting', lastError: 'Connection refused: Not authorized' }, { stage: 'reached' }),
    settings: { ...BASE.settings, file: null },
  },
  'a password that was corrected, and the agent goes on with the old one': {
    ...uplink({ state: 'waiting', lastError: 'Connection refused: Not authorized' }),
    ...{ changed: ['uplink.password'], broker: { ok: true, value: BROKER } },
  },
  'a drone that was given another name': {
    ...uplink({ state: 'waiting', lastError: 'Connection refused: Not authorized' }, { stage: 'reached' }),
    changed: ['drone', 'uplink.username'],
  },
  'another broker, and the agent goes on with the old one': {
    ...uplink({ state: 'waiting', lastError: 'connect ECONNREFUSED' }, { stage: 'connect', code: 'ECONNREFUSED' }),
    changed: ['uplink.url'],
  },
  'a broker that takes the agent now': uplink(
    ...([{ state: 'waiting', lastError: 'Connection refused: Not authorized' }, { stage: 'done' }] as const),
  ),
  'an agent with no reason': uplink({ state: 'waiting', lastError: null }, { stage: 'reached' }),
  'an agent that may read nothing': uplink(
    ...([{ state: 'waiting', lastError: 'the broker lets "kite-1" read nothing' }, { stage: 'reached' }] as const),
  ),
  'no controller': uplink({ leaseLeftMs: 0 }),
  'a controller that waits': uplink({ toldToWait: ['history', 'live'] }),
};
