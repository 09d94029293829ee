/** Who is let in: what the broker said to the doctor, or to the agent that runs. */
import type { BrokerFacts, DoctorFacts } from '../facts.ts';
import { type Finding, type FindingCode, found, unsure } from '../finding.ts';
import type { RunningFacts } from '../running.ts';

const OF_AGENT = 'The broker refuses the name or password that the agent logs in with.';

/** CONNACK: MQTT 3.1.1, 3.2.2.3. `username` null: only the agent knows it. */
export function login({ code, detail, host }: BrokerFacts, username: string | null, drone: string): Finding {
  const set = `set uplink.username = "${drone}" and uplink.password`;
  switch (code) {
    case 'CONNACK-4':
      return found(
        'mqtt-login',
        username === null ? OF_AGENT : `The broker refuses the user name or password (${username || 'none is set'}).`,
        `${set} to what the broker has for it`,
        `Mosquitto: mosquitto_passwd FILE ${drone}`,
      );
    case 'CONNACK-5':
      if (username === null) return found('mqtt-denied', OF_AGENT, `${set} to what the broker has for it`);
      if (username === '')
        return found('mqtt-denied', 'The broker refuses a login without user name and password.', set);
      return found(
        'mqtt-denied',
        `The broker refuses this name or password (${username}).`,
        `set uplink.password to what the broker has for ${username}, or enter ${username} there`,
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

/** What MQTT.js makes of a CONNACK. */
const SAID: readonly (readonly [RegExp, string])[] = [
  [/refused: not authorized/i, 'CONNACK-5'],
  [/refused: bad user ?name or password/i, 'CONNACK-4'],
  [/refused: identifier rejected/i, 'CONNACK-2'],
  [/refused: server unavailable/i, 'CONNACK-3'],
];

/** As which CONNACK the agent's last attempt ended; null: not by one. */
export const refusalOf = ({ uplink }: RunningFacts): string | null =>
  SAID.find(([pattern]) => pattern.test(uplink.lastError ?? ''))?.[1] ?? null;

const OWN_SETTINGS: readonly Finding['code'][] = [
  'mqtt-login',
  'mqtt-denied',
  'mqtt-name',
  'mqtt-topic',
] satisfies FindingCode[];

/** An agent that runs reads its settings no second time. */
export const restarted = (finding: Finding, changed: readonly string[]): Finding =>
  OWN_SETTINGS.includes(finding.code) || (finding.verdict === 'wrong' && changed.includes('uplink.url'))
    ? { ...finding, remedy: [...finding.remedy, RESTART] }
    : finding;

const RESTART =
  'corrected settings count once the agent is started again, disarmed on the ground: sudo systemctl restart skein-agent';

export const START_AGAIN = 'disarmed on the ground, start the agent again: sudo systemctl restart skein-agent';

const LOGIN = ['drone', 'uplink.url', 'uplink.topicRoot', 'uplink.username', 'uplink.password'];
export const isOfLogin = (key: string): boolean => LOGIN.includes(key);

/** The user name in the settings that were named, where it is that of the agent. */
function usernameOf({ settings, changed }: DoctorFacts, { settingsHash }: RunningFacts): string | null {
  const { file, used } = settings;
  const isIts = changed === null ? used.hash === settingsHash : !changed.some((key) => NAMED_BY.includes(key));
  return file !== null && isIts ? used.username : null;
}

const NAMED_BY = ['drone', 'uplink.url', 'uplink.username'];

/** The broker is there, and how the agent logs in only the agent knows: what it has been told. */
export function told(broker: BrokerFacts, facts: DoctorFacts, running: RunningFacts): Finding {
  const { drone, uplink, topicRoot } = running;
  const { lastError, state } = uplink;
  const said = refusalOf(running);
  if (said !== null && (facts.changed ?? []).some(isOfLogin))
    return found(
      'agent-refused',
      `The broker refuses the agent (${lastError}), which logs in with something else than ${facts.settings.file} says.`,
      START_AGAIN,
    );
  if (said !== null) return login({ ...broker, code: said, detail: lastError }, usernameOf(facts, running), drone);
  if (lastError?.startsWith('the broker lets')) return topics(lastError, topicRoot);
  return unsure(
    'uplink',
    `${broker.url} is there; the agent is ${state}${lastError === null ? '' : `: ${lastError}`}.`,
    'skein-agent doctor --config FILE, with the settings of the agent, tries its login as well',
  );
}

export const topics = (words: string, root: string): Finding =>
  found(
    'mqtt-topic',
    `${words}.`,
    `set uplink.topicRoot (now ${root}) to broker.topicRoot of the controller, and drone to the name that the access list of the broker knows`,
  );
