/** `skein-agent new-pack`: the battery was changed, so the charge the autopilot reports counts again. */
import { findAgent, nobodyThere, refusalWords } from './asking.ts';
import type { CommandLine } from './cli/index.ts';
import { EXIT, type Terminal } from './exit.ts';

type Asked = Pick<CommandLine, 'configFile' | 'words' | 'switches' | 'flags'>;

export async function newPack(line: Asked, io: Pick<Terminal, 'out' | 'complain'>): Promise<number> {
  const agent = findAgent(line);
  if (!agent.ok) {
    io.complain(agent.problems);
    return EXIT.usage;
  }
  const [pack] = line.words;
  const answer = await agent.ask('/new-pack', { method: 'POST', ...(pack === undefined ? {} : { body: { pack } }) });
  if (!answer.ok) {
    io.complain(answer.reached ? [refusalWords(answer.reason).message] : nobodyThere(agent.dataDir, answer.reason));
    return answer.reached ? EXIT.refused : EXIT.notRunning;
  }
  const words = 'A new pack: the charge that the autopilot reports counts again.\n';
  io.out(line.switches.has('json') ? answer.body : words);
  return EXIT.ok;
}
