/** What a remedy tells people to type or to set exists under that name: in the doctor's own words and in the manual. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { commandsOf } from './cli/index.ts';
import { PROGRAM } from './program.ts';

const here = (path: string): URL => new URL(path, import.meta.url);
const read = (path: string): string => readFileSync(here(path), 'utf8');

/** What stands in quotes; what is filled in at run time is `X`, or, with quotes within, nothing. Apostrophes of its sentences are ’. */
const quoted = (source: string): string[] =>
  [...source.matchAll(/'([^'\n]*)'|`([^`]*)`/g)].map(([, a, b]) =>
    (a ?? b ?? '').replaceAll(/\$\{[^}]*\}/g, 'X').replace(/\$\{.*$/, ''),
  );

const CHECKS = readdirSync(here('doctor/checks/')).filter((name) => name.endsWith('.ts') && !name.includes('.test.'));
const SAID: readonly (readonly [where: string, texts: readonly string[]])[] = [
  ...CHECKS.map((name) => [name, quoted(read(`doctor/checks/${name}`))] as const),
  ['docs/field.md', [...read('../docs/field.md').matchAll(/`([^`\n]+)`/g)].map(([, text]) => text ?? '')],
];

/** Settings as the commented files have them: `section.key`. */
function keysOf(toml: string): Set<string> {
  let section = '';
  const keys = new Set<string>();
  for (const line of toml.split('\n')) {
    section = /^#? ?\[+(\w+)\]+$/.exec(line)?.[1] ?? section;
    const key = /^(?:# *)?(\w+) = /.exec(line)?.[1];
    if (key !== undefined) keys.add(section === '' ? key : `${section}.${key}`);
  }
  return keys;
}

/** Units of the system itself. */
const OF_SYSTEM = /^(ModemManager|serial-getty@\w+\.service|X|PID|PROCESS)$/;

t.test('every unit is one of ours, or of the system', async (t) => {
  let count = 0;
  for (const [where, texts] of SAID)
    for (const text of texts)
      for (const [, unit = ''] of text.matchAll(
        /systemctl (?:start|restart|edit|status|(?:enable|disable)(?: --now)?) ([^\s,;)]+)/g,
      )) {
        if (OF_SYSTEM.test(unit)) continue;
        count++;
        const ours = unit.includes('.') ? unit : `${unit}.service`;
        t.ok(existsSync(here(`../hardware/board/systemd/${ours}`)), `${where}: ${unit}`);
      }
  t.ok(count > 6, `${count} were looked at`);
});

t.test('every setting exists, here or in the controller', async (t) => {
  const keys = new Set([
    ...keysOf(read('agent.example.toml')),
    ...keysOf(read('../controller/controller.example.toml')),
  ]);
  const sections = [...new Set([...keys].flatMap((key) => (key.includes('.') ? [key.split('.')[0]] : [])))];
  const named = new RegExp(`(?<![\\w./-])(?:${sections.join('|')})\\.[a-zA-Z]+(?![\\w/])`, 'g');
  let count = 0;
  for (const [where, texts] of SAID)
    for (const text of texts)
      for (const [key] of text.matchAll(named)) {
        count++;
        t.ok(keys.has(key), `${where}: ${key}`);
      }
  t.ok(count > 20, `${count} were looked at`);
});

t.test('every command exists, with its flags', async (t) => {
  const commands = new Map(commandsOf(PROGRAM).map((command) => [command.name, command]));
  let count = 0;
  for (const [where, texts] of SAID)
    for (const text of texts)
      for (const [, name = '', rest = ''] of text.matchAll(/(?<!systemctl \w+ )skein-agent ([a-z-]+)\b([^;,(|"]*)/g)) {
        const command = commands.get(name);
        if (command === undefined && /^(is|and|in|says)$/.test(name)) continue;
        count++;
        t.ok(command !== undefined, `${where}: skein-agent ${name}`);
        const flags = ['config', 'dataDir', ...(command?.flags.map((flag) => flag.name) ?? [])];
        for (const [, flag = ''] of rest.matchAll(/ --([a-zA-Z-]+)/g))
          t.ok(flags.includes(flag), `${where}: skein-agent ${name} --${flag}`);
      }
  t.ok(count > 12, `${count} were looked at`);
});
