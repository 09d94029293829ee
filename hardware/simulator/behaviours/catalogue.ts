import { airframeFaults } from './airframe.ts';
import { answerFaults } from './answers.ts';
import { companyFaults } from './company.ts';
import type { Fault } from './fault.ts';
import { lineFaults } from './line.ts';
import { pilotFaults } from './pilot.ts';
import { powerFaults } from './power.ts';
import { skyFaults } from './sky.ts';

/** All that can go wrong here, by name. */
export const faults: ReadonlyMap<string, Fault> = new Map(
  [
    ...lineFaults,
    ...answerFaults,
    ...powerFaults,
    ...skyFaults,
    ...airframeFaults,
    ...pilotFaults,
    ...companyFaults,
  ].map((one) => [one.name, one]),
);

/** The catalogue as text, for `--help`. */
export function describeFaults(): string {
  const lines: string[] = [];
  for (const { name, words, settings } of faults.values()) {
    lines.push(`  ${name.padEnd(17)}${words}`);
    for (const [key, setting] of Object.entries(settings)) {
      const otherwise = setting.otherwise === '' ? '' : ` (${setting.otherwise})`;
      lines.push(`    ${key.padEnd(15)}${setting.words}${otherwise}`);
    }
  }
  return lines.join('\n');
}
