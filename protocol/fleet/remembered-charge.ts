/** A restart of the autopilot refills the battery on paper; its agent carries the charge across, and says so in the pre-flight list. */
const REMEMBERED = 'remembered';
const SAID = new RegExp(String.raw`([\d.]+) % \(${REMEMBERED}\)`);

export function sayRemembered(pct: number): string {
  return `${pct} % (${REMEMBERED})`;
}

/** %, out of the value of the list's item `battery`; null: nothing is remembered that is less than what the autopilot reports. */
export function rememberedIn(value: string): number | null {
  const found = SAID.exec(value);
  return found === null ? null : Number(found[1]);
}
