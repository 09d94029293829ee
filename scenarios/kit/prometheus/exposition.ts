/** What a program offers to Prometheus, read from its text (exposition format 0.0.4): names, types, words, labels. Pure. */

export interface Offered {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** Sorted; without those that the type itself brings (`le`, `quantile`). */
  readonly labels: readonly string[];
}

const OF_THE_TYPE = ['le', 'quantile'];

export function readExposition(text: string): Offered[] {
  const found = new Map<string, { type: string; help: string; labels: Set<string> }>();
  const entry = (name: string) => {
    const known = found.get(name) ?? { type: 'untyped', help: '', labels: new Set<string>() };
    found.set(name, known);
    return known;
  };
  for (const line of text.split('\n')) {
    const [, keyword, name = '', words = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === 'HELP') entry(name).help = words;
    else if (keyword === 'TYPE') entry(name).type = words;
    else if (line !== '' && !line.startsWith('#')) {
      const [, series = '', labels = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
      const owner = found.has(series) ? series : series.replace(/_(bucket|sum|count)$/, '');
      const known = entry(owner);
      for (const [, label = ''] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g))
        if (!OF_THE_TYPE.includes(label)) known.labels.add(label);
    }
  }
  return [...found].map(([name, { type, help, labels }]) => ({ name, type, help, labels: [...labels].sort() }));
}
