/** What the controller has heard of a drone, as the page of it shows it. */
import type { InProcessWorld } from '../in-process.ts';

export interface HeardText {
  readonly severity: string;
  readonly text: string;
}

/** Every text it has written down, first to last. */
export async function textsOf({ httpUrl }: InProcessWorld, drone: string): Promise<readonly HeardText[]> {
  const query = 'kind=text&from=2000-01-01T00:00:00Z&maxPoints=2000';
  const answer = await fetch(`${httpUrl}/api/v1/drones/${drone}/telemetry?${query}`);
  const { columns } = (await answer.json()) as { columns: { severity: string[]; text: string[] } };
  return columns.text.map((text, at) => ({ text, severity: columns.severity[at] ?? '' }));
}

/** Those among them that are alarms. */
export async function alarmsOf(world: InProcessWorld, drone: string): Promise<readonly string[]> {
  const texts = await textsOf(world, drone);
  return texts.filter(({ severity }) => /emergency|alert|critical/.test(severity)).map(({ text }) => text);
}
