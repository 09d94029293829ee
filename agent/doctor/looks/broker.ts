/**
 * How far the way to the broker goes, step by step, each with a deadline: its name, a connection, TLS, MQTT, the topics. As
 * the drone itself, under a client id of its own: it publishes nothing, has no will, and what it hears it forgets.
 */
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { agentSubscriptions, clientId } from '@skein/protocol/fleet';
import { connect as connectMqtt, type MqttClient } from 'mqtt';
import type { BrokerFacts, Certificate } from '../facts.ts';
import { afterTurns } from './turns.ts';

const STEP_MS = 3_000;
const FAILURE = 0x80;
const PORTS: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883, 'ws:': 80, 'wss:': 443 };

export interface BrokerLook {
  readonly url: string;
  readonly drone: string;
  readonly topicRoot: string;
  readonly username: string;
  readonly password: string;
  /** User name and password are those of the agent: MQTT is tried, too. */
  readonly login: boolean;
  /** 8 hex digits. */
  readonly session: string;
  readonly stepMs?: number;
  readonly lookup?: (host: string) => Promise<unknown>;
  /** Trusted in place of the list of Node. */
  readonly ca?: string;
}

/** Where it ended, and why. */
type Ended = Pick<BrokerFacts, 'stage' | 'code' | 'detail'>;

function endedBy(stage: BrokerFacts['stage'], error: unknown): Ended {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return { stage, code: typeof code === 'string' ? code : null, detail: String(message ?? error) };
}

/** An error with the code `timeout` when it takes longer. */
async function inTime<T>(ms: number, begun: Promise<T>): Promise<T> {
  let callOff = (): void => {};
  const late = new Promise<never>((_, reject) => {
    const tooLate = Object.assign(new Error(`nothing within ${ms / 1000} s`), { code: 'timeout' });
    callOff = afterTurns(ms, () => reject(tooLate));
  });
  return Promise.race([begun, late]).finally(() => callOff());
}

function opened<S extends Socket>(socket: S, event: 'connect' | 'secureConnect'): Promise<S> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve(socket));
    socket.on('error', reject);
    socket.once('close', () => reject(Object.assign(new Error('cut'), { code: 'ECONNRESET' })));
  });
}

function certificateOf(socket: TLSSocket): Certificate | null {
  const { subject, issuer, subjectaltname, valid_from, valid_to } = socket.getPeerCertificate();
  if (subject === undefined) return null;
  const first = (name: string | string[] | undefined): string => String(name ?? 'nobody');
  const names = (subjectaltname ?? '').split(', ').map((one) => one.replace(/^(DNS|IP Address):/, ''));
  return {
    subject: first(subject.CN),
    names: names[0] === '' ? [first(subject.CN)] : names,
    issuer: first(issuer.CN ?? issuer.O),
    fromMs: Date.parse(valid_from),
    toMs: Date.parse(valid_to),
  };
}

interface Secured {
  readonly certificate: Certificate | null;
  readonly ended: Ended | null;
}

async function secure(o: BrokerLook, host: string, port: number, ms: number): Promise<Secured> {
  const socket = connectTls({
    host,
    port,
    // Verified below, so that a bad certificate can be looked at.
    rejectUnauthorized: false,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(o.ca === undefined ? {} : { ca: o.ca }),
  });
  try {
    await inTime(ms, opened(socket, 'secureConnect'));
    const error: unknown = socket.authorizationError;
    const certificate = certificateOf(socket);
    if (!error) return { certificate, ended: null };
    // A code of OpenSSL, or the error of a name that does not fit.
    const code = typeof error === 'string' ? error : String((error as { code?: unknown }).code ?? error);
    return { certificate, ended: { stage: 'tls', code, detail: String(error) } };
  } catch (error) {
    return { certificate: null, ended: endedBy('tls', error) };
  } finally {
    socket.destroy();
  }
}

function connected(client: MqttClient): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once('connect', () => resolve());
    client.on('error', (error: Error & { code?: unknown }) => {
      // Of a CONNACK it is a number, of everything else a word.
      const code = typeof error.code === 'number' ? `CONNACK-${error.code}` : error.code;
      reject(Object.assign(new Error(error.message), { code }));
    });
    client.once('close', () => reject(Object.assign(new Error('connection closed'), { code: 'ECONNRESET' })));
  });
}

async function speak(o: BrokerLook, ms: number): Promise<Ended> {
  const { url, drone, topicRoot, username, password, session, ca } = o;
  const client = connectMqtt(url, {
    protocolVersion: 4,
    clientId: clientId(drone, session),
    clean: true,
    reconnectPeriod: 0,
    connectTimeout: ms * 2,
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    ...(ca === undefined ? {} : { ca }),
  });
  try {
    await inTime(ms, connected(client));
    const [topic = ''] = agentSubscriptions(topicRoot, drone, []);
    const granted = await inTime(
      ms,
      new Promise<number>((resolve, reject) => {
        client.subscribe(topic, { qos: 1 }, (error, _granted, suback) => {
          const answer = suback?.granted[0];
          if (answer === undefined && error) reject(error);
          else resolve(Number(answer));
        });
      }),
    );
    if (granted === FAILURE) return { stage: 'topics', code: topic.replace(/\/#$/, ''), detail: 'refused' };
    return { stage: 'done', code: null, detail: null };
  } catch (error) {
    return endedBy('mqtt', error);
  } finally {
    client.end(true);
  }
}

export async function lookAtBroker(o: BrokerLook): Promise<BrokerFacts> {
  const ms = o.stepMs ?? STEP_MS;
  const parsed = URL.canParse(o.url) ? new URL(o.url) : null;
  const isSecure = /^(mqtts|wss):/.test(o.url);
  const host = (parsed?.hostname ?? '').replace(/^\[|\]$/g, '');
  const port = Number(parsed?.port || PORTS[parsed?.protocol ?? ''] || 0);
  // What stands before the @ is nobody's business.
  const shown = o.url.replace(/^([a-z]+:\/\/)[^/@]*@/, '$1…@');
  const base = { url: shown, host, port, secure: isSecure, certificate: null };
  if (host === '' || port === 0) return { ...base, stage: 'address', code: 'address', detail: null };
  try {
    await inTime(ms, (o.lookup ?? lookup)(host));
  } catch (error) {
    const ended = endedBy('name', error);
    return { ...base, ...ended, code: ended.code === 'timeout' ? 'EAI_AGAIN' : ended.code };
  }
  const socket = connectTcp({ host, port });
  try {
    await inTime(ms, opened(socket, 'connect'));
  } catch (error) {
    const ended = endedBy('connect', error);
    return { ...base, ...ended, code: ended.code === 'ETIMEDOUT' ? 'timeout' : ended.code };
  } finally {
    socket.destroy();
  }
  const secured: Secured = isSecure ? await secure(o, host, port, ms) : { certificate: null, ended: null };
  const reached: Ended = { stage: 'reached', code: null, detail: null };
  const ended = secured.ended ?? (o.login ? await speak(o, ms) : reached);
  return { ...base, certificate: secured.certificate, ...ended };
}
