/** Names of drones in the order people read them. */
const naturally = new Intl.Collator('en', { numeric: true });

/** `heron-2` before `heron-10`. */
export function compareIds(a: string, b: string): number {
  return naturally.compare(a, b);
}
