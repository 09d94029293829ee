/** The way to the controller: name, connection, TLS, login, topics, and whether a controller is behind the broker. */
import { withoutLogin } from '@skein/protocol/config';
import type { BrokerFacts, DoctorFacts } from '../facts.ts';
import { type Finding, fine, found, unsure } from '../finding.ts';
import type { RunningFacts } from '../running.ts';
import { unreadAuthority } from './authority.ts';

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;

const day = (utcMs: number): string => new Date(utcMs).toISOString().slice(0, 10);
const clockLine = 'is the board’s clock right? (area clock here): timedatectl';

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

const TRUST = [
  'echo NODE_EXTRA_CA_CERTS=/etc/skein/ca.pem | sudo tee -a /etc/skein/agent.env   (the service reads it), then restart the agent, disarmed on the ground',
  'to see it accepted here first: NODE_EXTRA_CA_CERTS=/etc/skein/ca.pem skein-agent doctor …',
];
const AUTHORITY = [
  'save the certificate of the authority that signed it as /etc/skein/ca.pem',
  ...TRUST,
  'of a public authority? Then the broker must send the certificates in between as well (fullchain.pem)',
];

/** Codes of OpenSSL's verification (X509_V_ERR_…) as Node gives them, and of its alerts. */
function tls(broker: BrokerFacts): Finding {
  const { code, host, port, certificate, detail } = broker;
  const of =
    certificate === null ? 'The certificate of the broker' : `The certificate of the broker (${certificate.subject})`;
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return found(
        'tls-expired',
        `${of} ended on ${certificate === null ? '?' : day(certificate.toMs)}.`,
        clockLine,
        'if it is: renew the certificate on the broker’s side, and have it load it',
      );
    case 'CERT_NOT_YET_VALID':
      return found(
        'tls-not-yet',
        `${of} begins on ${certificate === null ? '?' : day(certificate.fromMs)}, later than this board believes it is: its clock is behind.`,
        'set the clock: sudo date -u -s "YYYY-MM-DD HH:MM" (UTC), or connect it to the internet once: sudo timedatectl set-ntp true',
      );
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return found(
        'tls-host',
        `${of} is made out for ${certificate?.names.join(', ') || 'somebody else'}, not for ${host}.`,
        ...(certificate?.names[0] === undefined
          ? [`have a certificate made whose subjectAltName has ${host}`]
          : [
              `use that name: uplink.url = "mqtts://${certificate.names[0]}:${port}"`,
              `or have a certificate made whose subjectAltName has ${host}`,
            ]),
      );
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
    case 'EPROTO':
      return found(
        'tls-none',
        `What listens at ${host} port ${port} does not speak TLS.`,
        'mqtts:// wants the TLS port (usually 8883); or, inside a trusted network only: mqtt://',
      );
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return found(
        'tls-ca',
        `${of} is signed by itself: this board does not know it.`,
        'is it that of your broker? Compare its fingerprint there; then save it as /etc/skein/ca.pem',
        ...TRUST,
      );
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return found(
        'tls-ca',
        `${of} was signed by ${certificate?.issuer ?? 'somebody'}, whom this board does not know.`,
        ...AUTHORITY,
      );
    default:
      break;
  }
  if (code !== null && /ALERT_(CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE)|CERTIFICATE_REQUIRED/.test(code))
    return found(
      'tls-client-certificate',
      'The broker wants a certificate of the drone, and the agent has none to show.',
      'let this listener of the broker do without (Mosquitto: require_certificate false) and have drones log in by name: uplink.username, uplink.password',
    );
  return found(
    'tls-failed',
    `TLS with ${host} port ${port} failed: ${detail ?? code ?? 'no reason given'}.`,
    `look closer: openssl s_client -connect ${host}:${port} -servername ${host}`,
  );
}

/** CONNACK: MQTT 3.1.1, 3.2.2.3. */
function login({ code, detail, host }: BrokerFacts, username: string, drone: string): Finding {
  switch (code) {
    case 'CONNACK-4':
      return found(
        'mqtt-login',
        `The broker refuses the user name or password (${username === '' ? 'none is set' : username}).`,
        `set uplink.username = "${drone}" and uplink.password to what the broker has for it`,
        `Mosquitto: mosquitto_passwd FILE ${drone}`,
      );
    case 'CONNACK-5':
      return found(
        'mqtt-denied',
        `The broker knows nothing that lets ${username === '' ? 'somebody without a user name' : username} in.`,
        username === ''
          ? `set uplink.username = "${drone}" and uplink.password`
          : `set uplink.password to what the broker has for ${username}, or enter ${username} there`,
      );
    case 'CONNACK-2':
      return found(
        'mqtt-name',
        `The broker refuses the client id of ${drone}.`,
        'set drone to a name that it admits: 1 to 32 of a-z, 0-9 and "-"',
      );
    default:
      return found(
        'mqtt-refused',
        `The broker at ${host} refuses the connection: ${detail ?? code}.`,
        'look into its log; CONNACK 3 means that it is not available now',
      );
  }
}

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

/** What MQTT.js makes of a CONNACK. */
const SAID: readonly (readonly [RegExp, string])[] = [
  [/refused: not authorized/i, 'CONNACK-5'],
  [/refused: bad user ?name or password/i, 'CONNACK-4'],
  [/refused: identifier rejected/i, 'CONNACK-2'],
  [/refused: server unavailable/i, 'CONNACK-3'],
];

/** The broker is there, and how the agent logs in only the agent knows: what it has been told. */
function told(broker: BrokerFacts, { drone, uplink, topicRoot }: RunningFacts, username: string): Finding {
  const { lastError, state } = uplink;
  const said = SAID.find(([pattern]) => pattern.test(lastError ?? ''))?.[1];
  if (said !== undefined) return login({ ...broker, code: said, detail: lastError }, username, drone);
  if (lastError?.startsWith('the broker lets')) return topics(lastError, topicRoot);
  return unsure(
    'uplink',
    `${broker.url} is there; the agent is ${state}${lastError === null ? '' : `: ${lastError}`}.`,
    'skein-agent doctor --config FILE, with the settings of the agent, tries its login as well',
  );
}

const topics = (words: string, root: string): Finding =>
  found(
    'mqtt-topic',
    `${words}.`,
    `set uplink.topicRoot (now ${root}) to broker.topicRoot of the controller, and drone to the name that the access list of the broker knows`,
  );

function ended(broker: BrokerFacts, { settings, clock, agent }: DoctorFacts): Finding[] {
  const { stage, code, detail, host, port, secure, url } = broker;
  const { drone, username, topicRoot } = settings.used;
  if (stage === 'reached' && agent.state === 'running' && agent.facts !== null)
    return [told(broker, agent.facts, username)];
  if (stage === 'done') return reached(broker, clock.ok ? clock.value.utcMs : null);
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
          ? 'mqtts:// wants the TLS port (usually 8883)'
          : 'mqtt:// wants the plain port (usually 1883), mqtts:// the one with TLS',
        'look into the log of the broker',
      ),
    ];
  return [
    found(
      'broker-cuts',
      `${host} port ${port} takes the connection and cuts it${stage === 'tls' ? ' in the middle of TLS' : ''} (${detail ?? code}).`,
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
  return [...all, ...ended(broker.value, facts)];
}
