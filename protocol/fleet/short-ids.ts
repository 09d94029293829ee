/** The end of a ULID tells it apart on a page; whole, it takes a line and pushes out what is said of it. Titles have it whole. */
export function shortIds(text: string): string {
  return text.replace(/\b[0-9A-Z]{21}([0-9A-Z]{5})\b/g, '…$1');
}
