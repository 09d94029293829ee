/** What the doctor found, for people: what is wrong first in the headline, then the areas in their order, each with its remedy. */
import type { Finding, Verdict } from './finding.ts';

const WORDS: Readonly<Record<Verdict, string>> = { ok: 'ok', warning: 'LOOK', wrong: 'WRONG', unknown: '?' };
const WIDTH = 96;
const INDENT = 17;

export interface Diagnosis {
  readonly verdict: 'ok' | 'warning' | 'wrong';
  readonly findings: readonly Finding[];
}

/** What could not be told makes nothing worse: it is listed. */
export function diagnosisOf(findings: readonly Finding[]): Diagnosis {
  const has = (verdict: Verdict): boolean => findings.some((one) => one.verdict === verdict);
  return { verdict: has('wrong') ? 'wrong' : has('warning') ? 'warning' : 'ok', findings };
}

function headline({ findings }: Diagnosis): string {
  const count = (verdict: Verdict): number => findings.filter((one) => one.verdict === verdict).length;
  const [wrong, warnings, unknown] = [count('wrong'), count('warning'), count('unknown')];
  const things = (n: number): string => `${n} thing${n === 1 ? '' : 's'}`;
  const untold = unknown === 0 ? '' : ` ${things(unknown)} could not be told.`;
  if (wrong === 0 && warnings === 0)
    return unknown === 0 ? 'All is fine.' : `Nothing wrong is seen; ${things(unknown)} could not be told.`;
  const parts = [
    wrong === 0 ? null : `${things(wrong)} ${wrong === 1 ? 'is' : 'are'} wrong`,
    warnings === 0 ? null : `${things(warnings)} to look at`,
  ].filter((part) => part !== null);
  return `${parts.join(', ')}.${untold}`;
}

/** Commands stay whole: a line that is copied must work. */
function wrapped(text: string, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > WIDTH - indent) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}

function entry({ area, verdict, words, remedy }: Finding): string[] {
  const lead = `${WORDS[verdict].padEnd(6)} ${area.padEnd(9)} `;
  return [`${lead}${wrapped(words, INDENT)}`, ...remedy.map((one) => `${' '.repeat(INDENT)}→ ${one}`)];
}

export function doctorPage(diagnosis: Diagnosis): string {
  const lines = [headline(diagnosis), '', ...diagnosis.findings.flatMap(entry), ''];
  lines.push('Whether it may fly is another question: skein-agent preflight.');
  return `${lines.join('\n')}\n`;
}
