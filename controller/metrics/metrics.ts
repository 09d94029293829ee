/**
 * All metrics of the controller: one registry, counters from the folders' own tables, gauges read when asked.
 * No drone id is ever a label: a fleet would make thousands of series of each.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type CounterTable = Readonly<Record<string, string>>;

export class Metrics {
  readonly registry = new Registry();

  constructor(o: { readonly processMetrics: boolean }) {
    if (o.processMetrics) collectDefaultMetrics({ register: this.registry });
  }

  /**
   * A counter for each name of the table: `skein_controller_<area>_<name in snake case>_total`. Increments are kept in
   * plain numbers and handed over when the metrics are read: they cost nothing on the hot path.
   */
  counters<T extends CounterTable>(area: string, table: T): (name: keyof T & string, by?: number) => void {
    const counts = new Map<string, number>(Object.keys(table).map((name) => [name, 0]));
    for (const [name, help] of Object.entries(table)) {
      let reported = 0;
      const counter = new Counter({
        name: `skein_controller_${area}_${snake(name)}_total`,
        help,
        registers: [this.registry],
        collect: () => {
          const now = counts.get(name) ?? 0;
          counter.inc(now - reported);
          reported = now;
        },
      });
    }
    return (name, by = 1) => {
      counts.set(name, (counts.get(name) ?? 0) + by);
    };
  }

  gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name: `skein_controller_${name}`,
      help,
      registers: [this.registry],
      collect: () => gauge.set(read()),
    });
  }

  /** Several that are read together: `read` is called once, however many there are. */
  gauges<T extends CounterTable>(table: T, read: () => Readonly<Record<keyof T & string, number>>): void {
    const gauges = new Map<string, Gauge>();
    for (const [name, help] of Object.entries(table)) {
      const isFirst = gauges.size === 0;
      const gauge = new Gauge({
        name: `skein_controller_${name}`,
        help,
        registers: [this.registry],
        // The registry asks them in the order in which they were made, so the first sets those after it.
        ...(isFirst ? { collect: () => setAll() } : {}),
      });
      gauges.set(name, gauge);
    }
    const setAll = () => {
      const values: Readonly<Record<string, number>> = read();
      for (const [name, gauge] of gauges) gauge.set(values[name] ?? Number.NaN);
    };
  }

  histogram(name: string, help: string, buckets: readonly number[]): (value: number) => void {
    const registers = [this.registry];
    const histogram = new Histogram({ name: `skein_controller_${name}`, help, buckets: [...buckets], registers });
    return (value) => histogram.observe(value);
  }

  /** Prometheus text. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }
}

function snake(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
