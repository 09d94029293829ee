/** What must not stand in a message or on a screen: an address may carry a user and a password before its host. */

/** Of a value that is right: what stands before the @ of its host. */
export const withoutLogin = (text: string): string => text.replace(/\/\/[^/\s"]*@/g, '//…@');

/** Of one that is wrong nobody knows where its host begins: what stands before its last @. A password is not said at all. */
export const saidOf = (key: string, value: unknown): string =>
  /(^|\.)password$/i.test(key) ? '…' : (JSON.stringify(value) ?? '').replace(/\/\/[^\s"]*@/g, '//…@');
