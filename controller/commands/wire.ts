/** `down/command` as it goes to one drone (docs/wire.md §4), and the answers that come back. */
import { DELIVERY_STATES, type Command as WireCommand } from '@skein/protocol/fleet';
import { formatUtc } from '@skein/protocol/time';
import type { Command, Delivery, Detail, Now } from './command.ts';
import type { Answer } from './delivery.ts';
import type { SessionContact } from './ports.ts';

/** Between two readings of the clocks the wall clock may move by so much without having been set. */
const SET_US = 50_000;
/** Longest `detail` kept of an answer, characters. */
const MAX_DETAIL = 4096;

export function wireCommand(
  command: Command,
  delivery: Delivery,
  to: SessionContact,
  o: { readonly expiresMonoUs: number; readonly now: Now },
): WireCommand {
  // The drone judges the expiry by our clock as it is now: if that was set since, the end moves with it.
  const endUtcUs = o.now.utcUs + (o.expiresMonoUs - o.now.monoUs);
  const expiresAt = Math.abs(endUtcUs - command.expiresAtUtcUs) < SET_US ? command.expiresAtUtcUs : endUtcUs;
  return {
    id: command.id,
    type: delivery.instead?.type ?? command.type,
    params: delivery.instead === null ? { ...command.params, ...delivery.fill } : {},
    issuedAt: formatUtc(command.issuedAtUtcUs),
    expiresAt: formatUtc(Math.round(expiresAt)),
    sentAt: formatUtc(o.now.utcUs),
    issuedBy: command.issuedBy,
    grants: [...command.grants],
    session: to.session,
    ...(to.heardMonoMs === null ? {} : { heard: { session: to.session, monoMs: to.heardMonoMs } }),
  };
}

export interface AnswerValues {
  readonly command: string | null;
  readonly step: number | null;
  readonly state: string | null;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly type: string | null;
}

const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** null: not an answer to a command, or in a state that only a later version knows. */
export function readAnswer(
  values: AnswerValues,
): { readonly id: string; readonly type: string; readonly answer: Answer } | null {
  const state = DELIVERY_STATES.find((one) => one === values.state && one !== 'queued');
  if (state === undefined || values.command === null || !ULID.test(values.command)) return null;
  const step = values.step ?? 0;
  if (!Number.isSafeInteger(step) || step < 1) return null;
  const reason = values.reason === null || values.reason === '' ? null : values.reason.slice(0, 300);
  const answer = { step, state, reason, detail: readDetail(values.detail) };
  return { id: values.command, type: (values.type ?? '').slice(0, 32), answer };
}

function readDetail(text: string | null): Detail | null {
  if (text === null || text === '') return null;
  if (text.length > MAX_DETAIL) return { tooLong: text.length };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Shown as it is.
  }
  return { text };
}
