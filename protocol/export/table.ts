/** Comma-separated values as RFC 4180 has them, harmless to whoever opens them. */

/**
 * What a spreadsheet takes for a formula, and runs: words of drones and customers must not. An apostrophe before it, as
 * people type it there; one before each that begins with apostrophes and then so, that taking one away is always right.
 */
const FORMULA = /^'*[=+\-@\t\r]/;

function csvCell(value: unknown): string {
  let text =
    value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (typeof value === 'string' && FORMULA.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csvRow = (cells: readonly unknown[]): string => `${cells.map(csvCell).join(',')}\r\n`;
