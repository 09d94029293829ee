/**
 * Every word and every remedy, as people read them: said.txt holds the page of each broken set-up. A remedy that changes is
 * read by somebody: UPDATE=1 writes the file anew, and its difference is looked at.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { findingsOf } from './checks/index.ts';
import { FINDINGS, type Finding } from './finding.ts';
import { diagnosisOf, doctorPage } from './page.ts';
import { BROKEN } from './testing/broken.ts';

const FILE = new URL('testing/said.txt', import.meta.url);

function of(name: string): readonly Finding[] {
  const facts = BROKEN[name];
  if (facts === undefined) throw new Error(`there is no "${name}"`);
  return findingsOf(facts);
}

const WELL = ['all well', 'no agent, all else well'];
const same = (a: Finding) => (b: Finding) => a.code === b.code && a.words === b.words;

/** What differs from a drone that is well. */
function said(name: string): string {
  const usual = WELL.includes(name) ? [] : WELL.flatMap(of);
  const shown = of(name).filter((one) => !usual.some(same(one)));
  const codes = shown.filter(({ verdict }) => verdict !== 'ok').map(({ code }) => code);
  const { verdict } = diagnosisOf(of(name));
  const [headline, entries = ''] = doctorPage(diagnosisOf(shown)).split('\n\n');
  return [`=== ${[name, verdict, ...codes].join(' · ')}`, headline, ...(shown.length === 0 ? [] : [entries]), ''].join(
    '\n',
  );
}

t.test('what is said of each broken set-up, word for word', async (t) => {
  const now = Object.keys(BROKEN).map(said);
  if (process.env.UPDATE === '1') writeFileSync(FILE, now.join('\n'));
  const wanted = readFileSync(FILE, 'utf8').split(/\n(?==== )/);
  t.same(
    now.map((one) => one.trimEnd()),
    wanted.map((one) => one.trimEnd()),
  );
});

t.test('every finding is among them', async (t) => {
  const seen = new Set(Object.values(BROKEN).flatMap((facts) => findingsOf(facts).map(({ code }) => code)));
  t.same(
    Object.keys(FINDINGS).filter((code) => !seen.has(code as keyof typeof FINDINGS)),
    [],
  );
});
