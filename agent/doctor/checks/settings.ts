import type { DoctorFacts, SettingsFacts } from '../facts.ts';
import { type Finding, fine, found } from '../finding.ts';

const named = ({ file }: SettingsFacts): string => file ?? 'the settings on the command line and in the environment';

/** Some of them: those of another drone may all be others. */
const SHOWN = 4;

function keys(changed: readonly string[]): string {
  const more = changed.length - SHOWN;
  const shown = `${changed.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return changed.length === 0 ? '' : ` (${shown})`;
}

/** Unreadable files and slips come with their own words from where the settings are resolved. */
export function settings({ settings, agent, changed }: DoctorFacts): Finding[] {
  const { file, given, problems, used } = settings;
  if (problems.length > 0) {
    const unreadable = file !== null && problems.some((problem) => problem.startsWith(`config file ${file}:`));
    if (unreadable) {
      return [
        found(
          'settings-unreadable',
          `${problems.join('; ')}. The agent cannot start with it.`,
          `correct ${file}; agent.example.toml explains each setting`,
          `skein-agent config --check --config ${file}`,
        ),
      ];
    }
    const check = `skein-agent config --check${file === null ? '' : ` --config ${file}`}`;
    return [
      found('settings-wrong', `${problems.join('; ')}. The agent cannot start so.`, `correct that, then: ${check}`),
    ];
  }
  const running = agent.state === 'running' ? agent.facts : null;
  const isOther = changed === null ? running?.settingsHash !== used.hash : changed.length > 0;
  if (running !== null && file !== null && isOther) {
    return [
      found(
        'settings-changed',
        `${file} says something else than what the agent runs with${keys(changed ?? [])}: it was changed since, or belongs to another.`,
        'disarmed on the ground, restart the agent: sudo systemctl restart skein-agent',
      ),
    ];
  }
  if (!given && running === null) {
    return [
      found(
        'settings-unnamed',
        'No settings were named, and no agent runs that could be asked: this looked at the defaults.',
        'name it: skein-agent doctor --config FILE',
      ),
    ];
  }
  if (running === null) return [fine('settings', `${named(settings)} can be used`)];
  const unnamed = '; with --config FILE it is seen whether that was changed since';
  return [fine('settings', `they are those the agent runs with${file === null ? unnamed : ''}`)];
}

/** The program, Node below it, and what it speaks. */
export function program({ program, agent, settings }: DoctorFacts): Finding[] {
  const { version, node, nodeNeeded } = program;
  const running = agent.state === 'running' ? agent.facts : null;
  const nodes = running === null ? [node] : [node, running.node];
  const old = nodes.find((one) => Number(/^v?(\d+)/.exec(one)?.[1] ?? 0) < nodeNeeded);
  const all: Finding[] = [];
  if (old !== undefined) {
    all.push(
      found(
        'node-old',
        `Node ${old} is too old: ${nodeNeeded} or newer is needed.`,
        `npm ci in the folder of Skein brings the right one along; or install Node ${nodeNeeded}`,
      ),
    );
  }
  if (running !== null && running.version !== version) {
    all.push(
      found(
        'version-differs',
        `Version ${running.version} runs, ${version} is installed: it was updated and not restarted.`,
        'disarmed on the ground: sudo systemctl restart skein-agent',
      ),
    );
  }
  const root = running?.topicRoot ?? settings.used.topicRoot;
  const wire = /\/(\d+)$/.exec(root)?.[1];
  if (wire !== undefined && wire !== WIRE) {
    all.push(
      found(
        'topics-differ',
        `uplink.topicRoot is ${root}, and this agent speaks version ${WIRE} of the wire: a controller of another version may not understand it.`,
        `set uplink.topicRoot to what broker.topicRoot of the controller is, usually skein/${WIRE}`,
      ),
    );
  }
  if (all.length > 0) return all;
  const autopilot = running?.vehicle.version ?? null;
  const firmware = autopilot === null ? '' : `, ${running?.vehicle.flavour ?? 'autopilot'} ${autopilot}`;
  return [fine('program', `agent ${version}, Node ${node}, wire ${WIRE}${firmware}`)];
}

/** docs/wire.md */
const WIRE = '1';
