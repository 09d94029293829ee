/** The way to the controller: name, connection, TLS, login, topics, and whether a controller is behind the broker. */
import { withoutLogin } from '@skein/protocol/config';
import type { BrokerFacts, DoctorFacts } from '../facts.ts';
import { type Finding, fine, found, unsure } from '../finding.ts';
import type { RunningFacts } from '../running.ts';
import { unreadAuthority } from './authority.ts';
import { isOfLogin, login, refusalOf, restarted, START_AGAIN, told, topics } from './login.ts';
import { noTls, tls } from './tls.ts';

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;

const OF_SYSTEM: Readonly<Record<string, (broker: BrokerFacts) => Finding>> = {
  ENOTFOUND: ({ host }) =>
    found(
      'broker-unknown',
      `Nobody knows the name ${host}.`,
      `correct it in uplink.url, or try: getent hosts ${host}`,
      'a name of your own network? Then the board needs its DNS server: resolvectl status',
    ),
  EAI_AGAIN: ({ host }) =>
    found(
      'broker-no-dns',
      `The name ${host} could not be looked up: no DNS server answers.`,
      'is there a network at all? ip addr; ip route; nmcli device (or: mmcli -L for the modem)',
      'resolvectl status names the DNS servers; or write an IP address into uplink.url',
    ),
  ECONNREFUSED: ({ host, port }) =>
    found(
      'broker-refused',
      `${host} is there, and nothing listens on its port ${port}.`,
      'start the controller (or the broker), or correct the port in uplink.url (1883 plain, 8883 TLS, usually)',
      'does it listen on loopback only? broker.host in the settings of the controller',
    ),
  ENETUNREACH: ({ host }) =>
    found('broker-unreachable', `There is no way to ${host}: this board has no network that leads there.`, ...NETWORK),
  EHOSTUNREACH: ({ host }) => found('broker-unreachable', `${host} cannot be reached.`, ...NETWORK),
  timeout: ({ host, port }) =>
    found(
      'broker-timeout',
      `${host} port ${port} does not answer: a firewall drops it, the machine is off, or the address is wrong.`,
      `from another machine: nc -vz ${host} ${port}`,
      'let the firewall there, and the mobile provider, pass that port',
      ...NETWORK,
    ),
};

const NETWORK = ['ip addr; ip route; nmcli device (or: mmcli -L for the modem)'];

function reached(broker: BrokerFacts, nowMs: number | null): Finding[] {
  const { certificate, host, port } = broker;
  const left = certificate === null || nowMs === null ? null : Math.floor((certificate.toMs - nowMs) / DAY_MS);
  if (left !== null && left < SOON_DAYS)
    return [
      found(
        'tls-ends-soon',
        `The broker at ${host} takes us, but its certificate ends in ${left} days.`,
        'renew it on the broker’s side before that',
      ),
    ];
  return [fine('uplink', `the broker at ${host} port ${port} takes ${certificate === null ? 'us' : 'us, over TLS'}`)];
}

/** It takes the doctor, which is no news of an agent that was refused. */
function takesUs(broker: BrokerFacts, { settings, clock, changed }: DoctorFacts, live: RunningFacts | null): Finding[] {
  const all = reached(broker, clock.ok ? clock.value.utcMs : null);
  if (live === null || refusalOf(live) === null) return all;
  const { drone, uplink } = live;
  const isCorrected = (changed ?? []).some(isOfLogin);
  const refused = isCorrected
    ? found(
        'agent-refused',
        `The broker takes ${drone} with what ${settings.file} says now, and refuses the agent, which runs with something else (${uplink.lastError}).`,
        START_AGAIN,
      )
    : found(
        'agent-refused',
        `The broker takes ${drone} now, and refused the agent when that last tried (${uplink.lastError}).`,
        'it tries again within a minute (backoff.maxS): skein-agent status',
        'if it stays so, start it again, disarmed on the ground: sudo systemctl restart skein-agent',
      );
  return [...all.filter(({ verdict }) => verdict !== 'ok'), refused];
}

function ended(broker: BrokerFacts, facts: DoctorFacts, live: RunningFacts | null): Finding[] {
  const { stage, code, detail, host, port, secure, url } = broker;
  const { drone, username, topicRoot } = facts.settings.used;
  if (stage === 'reached' && live !== null) return [told(broker, facts, live)];
  if (stage === 'done') return takesUs(broker, facts, live);
  if (stage === 'address')
    return [
      found(
        'broker-address',
        `${url} is no address of a broker.`,
        'set uplink.url = "mqtt://HOST:1883" or "mqtts://HOST:8883"',
      ),
    ];
  const system = stage === 'name' || stage === 'connect' ? OF_SYSTEM[code ?? ''] : undefined;
  if (system) return [system(broker)];
  const isTls = stage === 'tls' || (secure && /^(ERR_SSL|ERR_TLS|CERT_|EPROTO)/.test(code ?? ''));
  if (isTls && code !== 'timeout' && code !== 'ECONNRESET') return [tls(broker)];
  if (stage === 'topics')
    return [topics(`The broker takes ${drone}, and lets it read nothing below ${code}`, topicRoot)];
  if (code?.startsWith('CONNACK-')) return [login(broker, username, drone)];
  if (code === 'timeout')
    return [
      found(
        'broker-silent',
        `${host} port ${port} takes the connection and says nothing: it is no MQTT broker, or it is overloaded.`,
        secure
          ? `if the port speaks no TLS: ${noTls(broker)}`
          : 'mqtt:// wants the plain port (usually 1883), mqtts:// the one with TLS',
        'look into the log of the broker',
      ),
    ];
  return [
    found(
      'broker-cuts',
      `${host} port ${port} takes the connection and cuts it${stage === 'tls' ? ' in the middle of TLS' : ''} (${detail ?? code}).`,
      ...(stage === 'tls' ? [`most likely the port speaks no TLS: ${noTls(broker)}`] : []),
      secure
        ? 'the broker may want a certificate of the drone, or its port speaks something else: look into its log'
        : 'a port with TLS does so: then mqtts:// instead of mqtt://; else look into the log of the broker',
    ),
  ];
}

/** Connected: what the agent has seen itself. */
function running({ uplink }: RunningFacts): Finding[] {
  const { leaseLeftMs, toldToWait, url } = uplink;
  if (leaseLeftMs <= 0)
    return [
      found(
        'no-controller',
        `The broker at ${url} is reached, and no controller answers behind it.`,
        'start the controller, and look that it uses this broker and this topic root (broker.url, broker.topicRoot in its settings)',
      ),
    ];
  if (toldToWait.length > 0)
    return [
      found(
        'controller-waits',
        `The controller takes no ${toldToWait.join(' and ')} data now: its disk is full, or it cannot keep up. The drone keeps it meanwhile.`,
        'look at the controller: its page and log say which',
      ),
    ];
  return [fine('uplink', `connected to ${url}, the controller answers`)];
}

export function uplink(facts: DoctorFacts): Finding[] {
  const { agent, broker, settings } = facts;
  const live = agent.state === 'running' ? agent.facts : null;
  const { extraCa } = settings;
  const all: Finding[] = [];
  if (extraCa !== null && extraCa.problem !== null) all.push(unreadAuthority(extraCa.path, extraCa.problem));
  if (live === null && settings.problems.length > 0)
    return [...all, unsure('uplink', 'Not tried: the settings are wrong.')];
  const url = withoutLogin(live?.uplink.url ?? settings.used.brokerUrl);
  if (url === '') return [...all, fine('uplink', 'offline, as it is set (uplink.url is empty)')];
  if (live?.uplink.state === 'up') return [...all, ...running(live)];
  if (broker === null) return [...all, unsure('uplink', `${url} was not tried.`)];
  if (!broker.ok) return [...all, unsure('uplink', `${url}: ${broker.why}.`)];
  const way = ended(broker.value, facts, live);
  return [...all, ...(live === null ? way : way.map((one) => restarted(one, facts.changed ?? [])))];
}
