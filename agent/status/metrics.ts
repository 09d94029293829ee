/** Counters and gauges of the status as Prometheus text. No drone id as a label: the scraper knows whom it asked. */
import { Counter, Gauge, Registry } from 'prom-client';

export interface MetricGroups {
  /** Only ever rise: `skein_agent_<group>_<name>_total`. */
  readonly counters: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** `skein_agent_<name>` → value and what it is. */
  readonly gauges: Readonly<Record<string, { readonly value: number; readonly help: string }>>;
}

const snake = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

export async function renderMetrics(groups: MetricGroups): Promise<string> {
  const registry = new Registry();
  for (const [group, counters] of Object.entries(groups.counters)) {
    for (const [name, value] of Object.entries(counters)) {
      const metric = `skein_agent_${snake(group)}_${snake(name)}_total`;
      const help = `${group}: ${name}, since the agent started`;
      new Counter({ name: metric, help, registers: [registry] }).inc(value);
    }
  }
  for (const [name, { value, help }] of Object.entries(groups.gauges)) {
    new Gauge({ name: `skein_agent_${snake(name)}`, help, registers: [registry] }).set(value);
  }
  return registry.metrics();
}
