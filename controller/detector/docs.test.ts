import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { ADVICE, CLASSES } from './index.ts';

const doc = readFileSync(path.join(import.meta.dirname, '../../docs/alerts.md'), 'utf8');

t.test('docs/alerts.md has each class as the code has it', (t) => {
  for (const one of CLASSES) {
    const answer = `${one.proposes ?? '–'}${one.holds ? ', stays down' : ''}`;
    const row = `| \`${one.name}\` | ${one.severity} | ${one.when} | ${one.onsetS} | ${one.over} | ${one.clearS} | ${answer} |`;
    t.ok(doc.includes(row), `the row of ${one.name}:\n${row}`);
    t.ok(doc.includes(`- \`${one.name}\`: ${one.whatToDo}.`), `- \`${one.name}\`: ${one.whatToDo}.`);
  }
  for (const { name, gathers } of CLASSES) {
    if (gathers === null) continue;
    const row = `| \`${name}\` | ${gathers.words} | ${gathers.whatToDo} |`;
    t.ok(doc.includes(row), row);
  }
  for (const [name, { severity, whatToDo }] of Object.entries(ADVICE)) {
    t.ok(doc.includes(`| \`${name}\` | ${severity} | ${whatToDo} |`), `| \`${name}\` | ${severity} | ${whatToDo} |`);
  }
  t.end();
});
