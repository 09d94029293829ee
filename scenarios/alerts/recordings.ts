/** `make recorded FLIGHTS=…`: what each would have raised, and a table of how near each class came. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Margin } from './measures.ts';
import { type Replayed, replay } from './replay.ts';

const shown = (value: number | null): string => (value === null ? '–' : String(Math.round(value * 100) / 100));

function table(flights: readonly (readonly [string, Replayed])[]): string {
  const rows = (flights[0]?.[1].margins ?? []).map(({ class: name, what, raisedAt, unit, least }: Margin, at) => {
    const worst = flights.map(([, { margins }]) => shown(margins[at]?.worst ?? null));
    return `| \`${name}\` | ${what} | ${least ? '<' : '≥'} ${raisedAt}${unit === '' ? '' : ` ${unit}`} | ${worst.join(' | ')} |`;
  });
  const names = flights.map(([name]) => name);
  return [
    `| class | measure | raised at | ${names.join(' | ')} |`,
    `|---|---|---|${names.map(() => '---').join('|')}|`,
    `| | in the air | | ${flights.map(([, { airS }]) => `${airS} s`).join(' | ')} |`,
    ...rows,
  ].join('\n');
}

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('Say which recordings: make recorded FLIGHTS="one.tlog two.tlog"');
  process.exit(2);
}
const flights: (readonly [string, Replayed])[] = [];
for (const file of files) {
  const flight = await replay(readFileSync(file));
  flights.push([path.basename(file, '.tlog'), flight]);
  console.log(`${file}: ${flight.lastsS} s, ${flight.airS} s in the air`);
  for (const { class: name, severity, words, fromS, untilS } of flight.raised) {
    console.log(`  ${fromS} s to ${untilS === null ? 'the end' : `${untilS} s`}: ${severity} ${name}: ${words}`);
  }
}
console.log(`\n${table(flights)}`);
