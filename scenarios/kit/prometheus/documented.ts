/** What docs/metrics.md says of each metric, read from its tables. Pure. */
import type { Offered } from './exposition.ts';

export interface Documented extends Offered {
  /** What its values are counted in, or `–`. */
  readonly unit: string;
  /** What to do about it, or `–`. */
  readonly advice: string;
}

/** A row: | `name` | type | labels | unit | what it says | what to do | */
const ROW = /^\| `([a-zA-Z_]\w*)` \| (\w+) \| (.*?) \| (.*?) \| (.*) \| (.*) \|$/gm;

export function readDocumented(markdown: string): Documented[] {
  return [...markdown.matchAll(ROW)].map(
    ([, name = '', type = '', labels = '', unit = '', help = '', advice = '']) => ({
      ...{ name, type, help, unit, advice },
      labels: labels === '–' ? [] : labels.split(', ').map((label) => label.replaceAll('`', '')),
    }),
  );
}

/** The row of a metric as it is to stand in docs/metrics.md; unit and advice are for people to write. */
export function rowOf({ name, type, labels, help }: Offered, unit = '…', advice = '…'): string {
  const listed = labels.length === 0 ? '–' : labels.map((label) => `\`${label}\``).join(', ');
  return `| \`${name}\` | ${type} | ${listed} | ${unit} | ${help} | ${advice} |`;
}
