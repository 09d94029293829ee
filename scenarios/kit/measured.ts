/** Says a measured value where every reporter lets it through. */
export function measured(what: string): void {
  process.stderr.write(`    measured: ${what}\n`);
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
