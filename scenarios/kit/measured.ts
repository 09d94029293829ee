/**
 * Says a measured value as a TAP comment: it stands in the results beside the test it belongs to, and the test runner
 * prints it whatever its reporter keeps to itself.
 */
export function measured(what: string): void {
  process.stdout.write(`# measured: ${what}\n`);
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
