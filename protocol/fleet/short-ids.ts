/** The end of a ULID tells it apart on a page; whole, it takes a line and pushes out what is said of it. Titles have it whole. */
export function shortIds(text: string): string {
  return text.replace(/(?<![0-9A-Za-z])[0-9A-HJKMNP-TV-Z]{21}([0-9A-HJKMNP-TV-Z]{5})(?![0-9A-Za-z])/g, '…$1');
}
