/**
 * Text of others (autopilots, stations, operators, customers) as text of an HTML page or attribute. Characters that cannot
 * be seen, or turn the direction of what follows, are shown as one that can: words must not look like other words.
 */
const UNSEEN = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string =>
  text
    .toWellFormed()
    .replace(UNSEEN, '\ufffd')
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
