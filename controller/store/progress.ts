/** How far a long look at files is: what is looked at, and how much of it; null: that cannot be known, and it will take a while. */
export type OnProgress = (what: string, share: number | null) => void;

/** SQLite's own check says nothing until it is through: of less than this it takes no more than seconds. */
const LONG_BYTES = 500e6;

export function sayOwnCheck(onProgress: OnProgress, what: string, bytes: number): void {
  if (bytes > LONG_BYTES) onProgress(`${what}: SQLite's own check of ${(bytes / 1e9).toFixed(1)} GB`, null);
}
