import type { DoctorFacts, OtherAgent } from '../facts.ts';
import { type Finding, fine, found, unsure } from '../finding.ts';

const ON_THE_GROUND = 'Only with the drone on the ground, disarmed, or seen to be so';

function itself({ agent, settings }: DoctorFacts): Finding {
  const { dataDir } = settings.used;
  switch (agent.state) {
    case 'running': {
      if (agent.facts === null)
        return unsure(
          'agent',
          `An agent runs, and could not be asked: ${agent.why ?? 'it said nothing'}.`,
          'compare "skein-agent version" with the version in "skein-agent status"; one was updated without the other',
        );
      const { drone, version, pid } = agent.facts;
      return fine('agent', `${drone} runs, version ${version}, process ${pid}`);
    }
    case 'starting':
      return unsure('agent', 'It is just starting.', 'ask again in some seconds');
    case 'stopped':
      return found(
        'agent-stopped',
        `No agent runs with ${dataDir}: the drone sends nothing, and this could look only from outside.`,
        'sudo systemctl start skein-agent   (or: skein-agent run --config FILE)',
        'if it does not stay up, its last words: skein-agent logs --last 20',
      );
    case 'hangs':
      return found(
        'agent-hangs',
        'An agent holds its socket and does not answer: it hangs, or its disk does.',
        `${ON_THE_GROUND}: sudo systemctl restart skein-agent`,
        'look what it waits for: skein-agent logs --last 20',
      );
    default:
      return found(
        'agent-forbidden',
        `An agent runs, and you may not ask it (${agent.socket}).`,
        'sudo skein-agent doctor …, or as the user of the agent',
      );
  }
}

const SHOWN = 4;

const named = ({ program, drone, dataDir }: OtherAgent): string =>
  `process ${program.pid}${drone === null ? '' : `, drone ${drone}`}${dataDir === null ? '' : `, data in ${dataDir}`}`;

const listed = (all: readonly OtherAgent[]): string =>
  `${all.slice(0, SHOWN).map(named).join('; ')}${all.length > SHOWN ? `; and ${all.length - SHOWN} more` : ''}`;

function company(facts: DoctorFacts): Finding[] {
  const { otherAgents, agent, settings, device } = facts;
  if (!otherAgents.ok) return [unsure('agent', `Whether another agent runs on this machine: ${otherAgents.why}.`)];
  const running = agent.state === 'running' ? agent.facts : null;
  // The one that is there did not say which process it is: it is among them.
  if (agent.state !== 'stopped' && running === null) {
    const all = otherAgents.value;
    if (all.length <= 1) return [];
    return [
      unsure(
        'agent',
        `${all.length} agents run on this machine, and which of them was asked is not known: ${listed(all)}.`,
        'what starts each: systemctl status PROCESS',
      ),
    ];
  }
  const drone = running?.drone ?? settings.used.drone;
  const onDevice = device?.ok === true ? device.value.holders.map(({ pid }) => pid) : [];
  const twins: Finding[] = [];
  const others: OtherAgent[] = [];
  for (const other of otherAgents.value) {
    const { pid } = other.program;
    const sameDrone = other.drone === drone;
    const sameData = other.dataDir === settings.used.dataDir;
    const why = sameDrone
      ? `also says that it is ${drone}: the controller would take the two for one drone`
      : sameData
        ? `has the same data folder, and answers nobody`
        : 'holds the line to the autopilot';
    if (sameDrone || sameData || (onDevice.includes(pid) && running === null)) {
      twins.push(
        found(
          'two-agents',
          `Another agent on this machine (${named(other)}) ${why}.`,
          `Look which one is right. ${ON_THE_GROUND}, end the other: sudo kill ${pid}   (if it comes back: systemctl status ${pid})`,
        ),
      );
    } else others.push(other);
  }
  return [...twins, ...elsewhere(others)];
}

/** Agents of other drones: one finding for all, so that a machine with a simulated fleet has not one each. */
function elsewhere(others: readonly OtherAgent[]): Finding[] {
  const [first, ...rest] = others;
  if (first === undefined) return [];
  const words =
    rest.length === 0 ? 'Another agent runs on this machine' : `${others.length} other agents run on this machine`;
  return [
    found(
      'other-agent',
      `${words} (${listed(others)}).`,
      `if ${rest.length === 0 ? 'it' : 'they'} should not: systemctl status ${first.program.pid} says what starts ${rest.length === 0 ? 'it' : 'the first'}`,
    ),
  ];
}

/** Cards are copied to make the next drone, and then two drones are one. */
function card({ agent, data, boardSerial }: DoctorFacts): Finding[] {
  const running = agent.state === 'running' ? agent.facts : null;
  const all: Finding[] = [];
  if (running !== null && running.uplink.identityConflict !== null) {
    all.push(
      found(
        'same-drone',
        `The controller hears another board that says it is ${running.drone} (${running.uplink.identityConflict}): neither gets commands but hold, return, land.`,
        'find the other board: its card is a copy of this one, or its settings are',
        'give one of them a name of its own (drone in its settings), empty its data folder, and restart it',
      ),
    );
  }
  const before = running === null ? (data.ok ? data.value.board : null) : running.boardBefore;
  const here = running?.boardSerial ?? boardSerial;
  // A board whose number could not be read is not another one.
  if (before !== null && here !== null && before !== here) {
    all.push(
      found(
        'card-moved',
        `This card, or its data folder, was last used in another board (${before}; this is ${here}): it is a copy, or the board was changed.`,
        'if the first board still flies: give this one a name of its own (drone in its settings) and an empty data folder',
        'if the board was changed: nothing to do, this is said once',
      ),
    );
  }
  if (running !== null && running.storage.aheadOfCard > 0) {
    all.push(
      found(
        'card-behind',
        `The controller has ${running.storage.aheadOfCard} batches of earlier starts that this card has not: it lost its last writes, or is an old copy.`,
        'if nobody put an old copy back, replace the card: it says that it has written what it has not',
      ),
    );
  }
  return all;
}

export const agent = (facts: DoctorFacts): Finding[] => [itself(facts), ...company(facts), ...card(facts)];
