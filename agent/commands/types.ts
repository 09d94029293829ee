/** What a command is to the agent, and what the desk needs of others; the composition root fits them. */
import type { ControlSnapshot, VehicleState } from '@skein/hardware/autopilot';
import type { Command, CommandType, DeliveryState } from '@skein/protocol/fleet';

/** By which topic it came: the drone's own, or one of the broadcasts. */
export type Via = 'own' | 'broadcast';

export type Json = Readonly<Record<string, unknown>>;

/** How a command ended. `reason` is a code of REASONS, or `code: detail`. */
export interface Outcome {
  readonly state: 'succeeded' | 'failed' | 'rejected' | 'expired' | 'cancelled' | 'superseded' | 'unknown';
  readonly reason: string;
  readonly detail?: Json;
}

/** One command under way. */
export interface Task {
  readonly id: string;
  readonly type: CommandType;
  /** As COMMANDS[type].params describes them: checked. */
  readonly params: Json;
  readonly issuedBy: string;
  readonly grants: readonly string[];
  readonly via: Via;
  /** Aborted when it has ended otherwise: superseded, cancelled, out of time, the agent closes. */
  readonly signal: AbortSignal;
}

export type Prepared = { readonly ok: true; readonly act: Json } | { readonly ok: false; readonly outcome: Outcome };

/** Where a command stood when the agent ended. */
export interface Unfinished {
  readonly id: string;
  readonly type: string;
  readonly issuedBy: string;
  readonly boot: string;
  readonly monoMs: number;
  readonly act: Json;
}

/** How one type of command is carried out. Nothing here retries what must not be repeated. */
export interface Executor {
  /** Waits, briefly, for what an agent that has just started does not know yet. */
  readonly ready?: (task: Task) => Promise<void>;
  /** All that speaks against it now, the gravest first; asked before the journal and again right before acting. */
  readonly against?: (task: Task) => readonly string[];
  /** Looks at what must be known to prove it, to find it again after a crash, or to undo it. Changes nothing. */
  readonly prepare?: (task: Task) => Promise<Prepared>;
  /** Acts, and looks whether it worked. `act` is what the journal holds by then. */
  readonly act: (task: Task, act: Json) => Promise<Outcome>;
  /** The journal says that it was under way when the agent ended: look for the effect, never act again. */
  readonly recover?: (unfinished: Unfinished, signal: AbortSignal) => Promise<Outcome>;
}

export type Executors = Readonly<Record<Exclude<CommandType, 'cancel'>, Executor>>;

/** An answer as it travels: a sample of kind `answer`, but for its stamp. */
export interface Answer {
  readonly command: string;
  readonly step: number;
  readonly state: Exclude<DeliveryState, 'queued'>;
  readonly reason: string;
  readonly detail: Json;
  readonly type: string;
}

export interface JournalledCommand extends Unfinished {
  readonly state: string;
  readonly reason: string;
  readonly step: number;
  readonly detail: Json;
}

export interface CommandJournal {
  /** What earlier starts wrote is still being read: a command may be a repeat of what they did. */
  readonly opening?: boolean;
  command(entry: JournalledCommand): Promise<'durable' | 'late' | 'failed'>;
}

export interface Circumstances {
  readonly state: VehicleState;
  readonly control: ControlSnapshot;
  readonly linkOpen: boolean;
}

export interface CommandLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface DeskOptions {
  readonly session: string;
  readonly boot: string;
  readonly nowMs: () => number;
  /** The controller's time by this session's exchange; null before the first. */
  readonly controllerTime: () => { readonly utcUs: number; readonly errUs: number } | null;
  readonly journal: CommandJournal;
  /** Answers alone fill the outbox. */
  readonly outboxFull: () => boolean;
  readonly circumstances: () => Circumstances;
  readonly commander: {
    /** Null: this operator may. Else who is in command. */
    refuses(issuedBy: string): string | null;
    /** `over`: taken from whoever has it. */
    take(issuedBy: string, o: { readonly over: boolean }): void;
    /** A flight command has ended. */
    settle(): void;
  };
  readonly executors: Executors;
  /** Before motors are started: whatever must get out of the way first. */
  readonly beforeArming: () => Promise<void>;
  readonly answer: (answer: Answer) => void;
  readonly log: CommandLog;
}

export type { Command };
