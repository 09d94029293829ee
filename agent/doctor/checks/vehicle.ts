/** What the autopilot says of itself; most of it only a running agent has heard. */
import type { DoctorFacts, Heard } from '../facts.ts';
import { type Finding, fine, found, unsure } from '../finding.ts';
import type { RunningFacts } from '../running.ts';

/** Texts of the pre-arm checks come each 31 s while they fail. */
const PRE_ARM_MS = 45_000;
const PRE_ARM = /^(PreArm|Arm|Preflight Fail)\b/i;

const REASONS: readonly (readonly [RegExp, (text: string, facts: RunningFacts | null) => Finding])[] = [
  [
    /GCS failsafe/i,
    (text, facts) =>
      found(
        'failsafe-gcs',
        `The autopilot holds its ground-link failsafe ("${text}"): it heard the heartbeat of a ground link once and lost it, and cannot be armed, not by a transmitter either.`,
        ...(facts !== null && facts.uplink.leaseLeftMs > 0
          ? [
              'the controller answers, and so the agent sends that heartbeat: ask again in a minute, the autopilot repeats its reasons each half minute',
              'still there? It counts another ground station: MAV_GCS_SYSID (SYSID_MYGCS before 4.7) was changed; set it back, or restart the agent, disarmed on the ground',
            ]
          : ['bring the controller back in reach: the agent sends that heartbeat while it is (area uplink here)']),
        'without a controller: restart the autopilot, disarmed (power off and on); a ground link never seen never fails',
      ),
  ],
  [
    /Battery failsafe|Battery \d+ (is )?(low|critical)|low voltage failsafe|Low battery/i,
    (text) =>
      found(
        'failsafe-battery',
        `The autopilot holds its battery failsafe ("${text}"): it stays until the autopilot restarts, also with a full pack.`,
        'put in a charged pack (power off and on restarts the autopilot), then: skein-agent new-pack',
        'with a full pack and still there? BATT_LOW_VOLT and BATT_ARM_VOLT must fit its cells, BATT_VOLT_MULT what a meter says',
      ),
  ],
  [
    /safety (switch|button)/i,
    (text) =>
      found(
        'safety-switch',
        `The safety switch is on ("${text}"): no motor can turn.`,
        'press the button (usually on the GPS) for two seconds, until its light stays on',
        'no button on this drone? Then whoever answers for its safety sets BRD_SAFETY_DEFLT = 0 (BRD_SAFETYENABLE before 4.2)',
      ),
  ],
  [
    /RC not calibrated/i,
    (text) =>
      found(
        'rc-missing',
        `The autopilot does not know the ends of the sticks ("${text}").`,
        'calibrate the transmitter with a ground station (QGroundControl: Vehicle Setup, Radio)',
      ),
  ],
  [
    /Radio failsafe on|RC (not found|failsafe)|Throttle below failsafe|manual control (signal )?(lost|unavailable)|No manual control input/i,
    (text) =>
      found(
        'rc-missing',
        `The autopilot waits for a transmitter ("${text}").`,
        'switch the transmitter on and look that its receiver is bound (its light is steady)',
        'flown without one? Then whoever answers for its safety sets FS_THR_ENABLE = 0 (PX4: COM_RC_IN_MODE = 4) and the profile bvlos',
      ),
  ],
];

function reasons(texts: readonly string[], facts: RunningFacts | null): { all: Finding[]; rest: string[] } {
  const all: Finding[] = [];
  const rest: string[] = [];
  for (const text of new Set(texts)) {
    const known = REASONS.find(([pattern]) => pattern.test(text));
    if (known === undefined) rest.push(text);
    else all.push(known[1](text, facts));
  }
  return { all: all.filter(({ code }, i) => all.findIndex((one) => one.code === code) === i), rest };
}

/** A value that can be set as it stands there. */
const plain = (wanted: string): string =>
  /^(?:at least )?(-?[0-9.]+)/.exec(wanted)?.[1] ?? `a value that fits (${wanted})`;

function profile({ profile, vehicle }: RunningFacts): Finding[] {
  const { name, ok, differences, failsafe, failsafeOk } = profile;
  if (vehicle.flavour === null && ok === false)
    return [
      found(
        'profile-differs',
        'It is neither an ArduCopter nor a PX4 multicopter: there is no safety profile for it, and it is not commanded.',
        'what it says is recorded and sent all the same; to fly it, give it one of these two',
      ),
    ];
  const all: Finding[] = [];
  if (differences.length > 0)
    all.push(
      found(
        'profile-differs',
        `${differences.length} parameter${differences.length > 1 ? 's do' : ' does'} not fit the safety profile ${name}: ${differences
          .map(
            ({ parameter, value, wanted, why }) =>
              `${parameter} is ${value === null ? 'missing' : Number(value.toPrecision(7))}, wanted ${wanted} (${why})`,
          )
          .join('; ')}.`,
        ...differences
          .filter(({ value }) => value !== null)
          .map(({ parameter, wanted }) => `set ${parameter} = ${plain(wanted)} with a ground station`),
        ...differences
          .filter(({ value }) => value === null)
          .map(
            ({ parameter }) =>
              `${parameter} is not there: its firmware is older than what the profile knows, update it`,
          ),
        'one that this drone needs otherwise: profileParameters in its settings; another use: profile',
      ),
    );
  if (failsafeOk === false)
    all.push(
      found(
        'link-loss-differs',
        `What the autopilot does when the link is lost contradicts linkLoss.owner: ${failsafe.join('; ')}.`,
        'set these parameters with a ground station, or linkLoss.owner in the settings; docs/field.md says which goes with which',
      ),
    );
  if (ok === null && all.length === 0)
    all.push(unsure('vehicle', 'Its parameters are not read yet.', 'ask again in half a minute'));
  return all;
}

function running(facts: RunningFacts): Finding[] {
  const { vehicle } = facts;
  const { alive, armed, preArmOk, failsafe, rcHealthy, mode } = vehicle;
  if (!alive) return [unsure('vehicle', 'The autopilot is not heard: nothing is known of it.')];
  if (armed !== false) {
    const words = `It is ${armed === null ? 'perhaps armed' : `armed, in ${mode ?? 'an unknown mode'}`}: keep away from the propellers. What holds it on the ground is not looked at now.`;
    const acts = found(
      'failsafe-acts',
      'A failsafe of the autopilot acts now.',
      'keep away; it ends by itself, or a pilot takes over. Afterwards ask here again',
    );
    return failsafe ? [acts, found('vehicle-armed', words)] : [found('vehicle-armed', words)];
  }
  const said = vehicle.texts
    .filter(({ ageMs, text }) => ageMs < PRE_ARM_MS && PRE_ARM.test(text))
    .map(({ text }) => text);
  const { all, rest } = preArmOk === true ? { all: [], rest: [] } : reasons(said, facts);
  if (facts.profile.name === 'line-of-sight' && rcHealthy === false && all.every(({ code }) => code !== 'rc-missing'))
    all.push(
      found(
        'rc-missing',
        'The transmitter is not heard, and the profile line-of-sight wants a pilot with one.',
        'switch the transmitter on and look that its receiver is bound (its light is steady)',
        'no pilot is meant to watch? Then profile = "bvlos", with the parameters that it wants',
      ),
    );
  if (rest.length > 0)
    all.push(
      found(
        'pre-arm',
        `The autopilot would not arm: ${rest.join('; ')}.`,
        'skein-agent preflight shows the whole list',
      ),
    );
  else if (preArmOk === false && all.length === 0)
    all.push(unsure('vehicle', 'The autopilot would not arm and has not said why yet.', 'ask again in half a minute'));
  all.push(...profile(facts));
  return all.length > 0
    ? all
    : [fine('vehicle', `disarmed, nothing latched, its parameters fit the profile ${facts.profile.name}`)];
}

function listened({ armed, texts }: Heard): Finding[] {
  const all = reasons(
    texts.filter((text) => PRE_ARM.test(text)),
    null,
  ).all;
  if (armed === true)
    all.push(
      found(
        'vehicle-armed',
        'It is ARMED and no agent runs: keep away from the propellers.',
        'sudo systemctl start skein-agent',
      ),
    );
  return [
    ...all,
    unsure(
      'vehicle',
      'Its failsafes, parameters and transmitter are known once the agent runs.',
      'start it, and ask again',
    ),
  ];
}

export function vehicle({ agent, line }: DoctorFacts): Finding[] {
  if (agent.state === 'running')
    return agent.facts === null ? [unsure('vehicle', 'The agent did not say.')] : running(agent.facts);
  const heard = line?.ok === true ? line.value.tried.find(({ frames }) => frames > 0) : undefined;
  return heard === undefined ? [unsure('vehicle', 'The autopilot was not heard.')] : listened(heard);
}
