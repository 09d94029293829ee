/** Cursors of the event feed: opaque to callers, so that what they count may change. */
const VERSION = 'e1';

export function toCursor(eventId: number): string {
  return Buffer.from(`${VERSION}:${eventId}`).toString('base64url');
}

/** null: not a cursor of ours. */
export function fromCursor(cursor: string): number | null {
  const match = /^e1:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  return match ? Number(match[1]) : null;
}
