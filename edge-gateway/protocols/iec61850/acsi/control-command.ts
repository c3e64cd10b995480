/**
 * One command on its way: selected at most once, operated at most once, never after it expired, never without the select
 * that its model asks for. Whatever happens, its outcome says whether the process may have moved.
 */
import type { Clock } from '../clock.ts';
import { Iec61850Error, NoAnswerError, NotSentError, RejectedError, ServiceError } from '../errors.ts';
import type { CallOptions } from '../mms/calls.ts';
import type { MmsClient } from '../mms/client.ts';
import { inDomain } from '../mms/object-name.ts';
import type { MmsValue } from '../mms/value.ts';
import type { Variable } from '../mms/variable-access.ts';
import type { AdditionalCause } from './additional-cause.ts';
import type { ControlInbox, Termination } from './control-inbox.ts';
import { type ControlMessage, encodeControl, type Originator } from './control-message.ts';
import type { PlainValue } from './plain-value.ts';

export interface CommandSettings {
  value: PlainValue | MmsValue;
  /** @default station control */
  origin?: Originator;
  test?: boolean;
  check?: { synchro: boolean; interlock: boolean };
  /** When the server is to operate, of objects with `operTm`. */
  operateAtMs?: number;
  /** Milliseconds since 1970: nothing is sent after it. */
  notAfterMs?: number;
  /** How long the end of an operation is waited for under enhanced security, after `operateAtMs` where given. @default 30000 */
  terminationTimeoutMs?: number;
}

export type ControlStage = 'select' | 'operate' | 'termination' | 'cancel';

export type ControlOutcome =
  | { status: 'executed' }
  /** The server said no, or that it did not work out. `cause` where it told one. */
  | { status: 'refused'; stage: ControlStage; reason: string; cause?: AdditionalCause }
  /** No operate left this client, or none that the server may have taken. */
  | { status: 'not-sent'; reason: string }
  /** An operate was sent, and how it ended is not known. */
  | { status: 'unknown'; reason: string };

export interface CommandContext {
  mms: MmsClient;
  inbox: ControlInbox;
  clock: Clock;
  domain: string;
  /** `LN$CO$DO` */
  item: string;
  model: 'direct-normal' | 'sbo-normal' | 'direct-enhanced' | 'sbo-enhanced';
  hasOperateTime: boolean;
  hasCheck: boolean;
  sboTimeoutMs: number | undefined;
}

const executed: ControlOutcome = { status: 'executed' };

export class Command {
  readonly #context: CommandContext;
  readonly #message: ControlMessage;
  readonly #settings: CommandSettings;
  #state: 'new' | 'selected' | 'done' = 'new';
  #selectedAtMs = 0;
  #cause: AdditionalCause | undefined;
  #ended: ((termination: Termination) => void) | undefined;

  constructor(context: CommandContext, message: ControlMessage, settings: CommandSettings) {
    this.#context = context;
    this.#message = message;
    this.#settings = settings;
  }

  /** The number that Select, Operate and Cancel share. */
  get number(): number {
    return this.#message.number;
  }

  /** Select where the model asks for it, then operate; a selection that cannot be used is given back. */
  async execute(): Promise<ControlOutcome> {
    if (this.#context.model.startsWith('sbo')) {
      const selected = await this.select();
      if (selected.status !== 'executed') return selected;
    }
    return this.operate();
  }

  /** `executed` when the object is selected for us. A select alone moves nothing: without an answer it is `not-sent`. */
  async select(): Promise<ControlOutcome> {
    if (this.#state !== 'new') return { status: 'not-sent', reason: 'The command was used before.' };
    if (!this.#context.model.startsWith('sbo')) return { status: 'not-sent', reason: 'The model knows no select.' };
    // It holds from when the server took it, which is not before now.
    this.#selectedAtMs = this.#context.clock.now();
    const outcome = await this.#listening(() =>
      this.#context.model === 'sbo-normal' ? this.#readSelect() : this.#write('select', 'SBOw'),
    );
    if (outcome.status === 'executed') this.#state = 'selected';
    else this.#state = 'done';
    if (outcome.status !== 'unknown') return outcome;
    await this.#giveBack();
    return { status: 'not-sent', reason: `The select had no answer, and nothing was operated: ${outcome.reason}` };
  }

  /** Operates, once in the life of the command. */
  async operate(): Promise<ControlOutcome> {
    const wasSelected = this.#state === 'selected';
    if (this.#state === 'done') return { status: 'not-sent', reason: 'The command was used before.' };
    if (this.#context.model.startsWith('sbo') && !wasSelected) {
      return { status: 'not-sent', reason: 'The object was not selected.' };
    }
    this.#state = 'done';
    const outcome = await this.#operate();
    if (outcome.status === 'not-sent' && wasSelected) await this.#giveBack();
    return outcome;
  }

  /** Gives a selection back, or stops what waits for its time. */
  async cancel(): Promise<ControlOutcome> {
    this.#state = 'done';
    const isWaiting = this.#context.clock.now() < (this.#settings.operateAtMs ?? 0);
    const outcome = await this.#listening(() => this.#write('cancel', 'Cancel'));
    // What was cancelled before its time ends without a termination.
    if (outcome.status === 'executed' && isWaiting) this.#ended?.({ isPositive: false, cause: 'abortion-by-cancel' });
    return outcome;
  }

  async #operate(): Promise<ControlOutcome> {
    if (!this.#context.model.endsWith('enhanced')) return this.#listening(() => this.#write('operate', 'Oper'));
    const termination = new Promise<Termination>((resolve) => {
      this.#ended = resolve;
    });
    return this.#listening(async () => {
      const accepted = await this.#write('operate', 'Oper');
      return accepted.status === 'executed' ? this.#awaitEnd(termination) : accepted;
    }, this.#ended);
  }

  /** Under enhanced security only the termination says that the process obeyed (7-2, 20.3). */
  async #awaitEnd(termination: Promise<Termination>): Promise<ControlOutcome> {
    const { clock, mms } = this.#context;
    const untilStartMs = Math.max(0, (this.#settings.operateAtMs ?? 0) - clock.now());
    const timeoutMs = (this.#settings.terminationTimeoutMs ?? 30_000) + untilStartMs;
    let timer: { cancel(): void } | undefined;
    let forget: (() => void) | undefined;
    const noAnswer = new Promise<string>((resolve) => {
      timer = clock.setTimer(() => resolve(`no termination within ${timeoutMs} ms`), timeoutMs);
      forget = mms.whenEnded(() => resolve('the association ended before the termination'));
    });
    const end = await Promise.race([termination, noAnswer]);
    timer?.cancel();
    forget?.();
    if (typeof end === 'string') return { status: 'unknown', reason: `Accepted, but ${end}.` };
    return end.isPositive ? executed : this.#refused('termination', end.cause ?? 'negative', end.cause);
  }

  async #readSelect(): Promise<ControlOutcome> {
    try {
      const [result] = await this.#context.mms.read([this.#variable('SBO')], this.#options('select'));
      // An empty answer means that somebody else holds it (8-1, 20.4).
      if (result?.type === 'visible-string' && result.value !== '') return executed;
      return this.#refused('select', result?.type === 'access-error' ? result.error : 'not selected');
    } catch (error) {
      return this.#failed('select', error);
    }
  }

  async #write(stage: ControlStage, service: 'SBOw' | 'Oper' | 'Cancel'): Promise<ControlOutcome> {
    const { check, ...withoutCheck } = this.#message;
    const isChecked = this.#context.hasCheck && service !== 'Cancel' && check;
    const value = encodeControl(isChecked ? { ...withoutCheck, check } : withoutCheck, this.#context.hasOperateTime);
    try {
      const [error] = await this.#context.mms.write([this.#variable(service)], [value], this.#options(stage));
      return error ? this.#refused(stage, error) : executed;
    } catch (error) {
      return this.#failed(stage, error);
    }
  }

  #refused(stage: ControlStage, reason: string, cause = this.#cause): ControlOutcome {
    return { status: 'refused', stage, reason: cause ?? reason, ...(cause && { cause }) };
  }

  #failed(stage: ControlStage, error: unknown): ControlOutcome {
    if (error instanceof NotSentError) return { status: 'not-sent', reason: error.message };
    if (error instanceof ServiceError || error instanceof RejectedError) return this.#refused(stage, error.message);
    // What waits unacknowledged on the line could still arrive: it goes down with the line.
    if (error instanceof NoAnswerError && stage === 'operate') this.#context.mms.abort();
    if (error instanceof Iec61850Error) return { status: 'unknown', reason: error.message };
    throw error;
  }

  /** Listens while the work is done for what the server tells beside its answers. */
  async #listening(work: () => Promise<ControlOutcome>, terminated?: (end: Termination) => void) {
    this.#cause = undefined;
    const stop = this.#context.inbox.listen({
      object: `${this.#context.domain}/${this.#context.item}`,
      number: this.#message.number,
      error: (cause) => {
        this.#cause = cause;
      },
      terminated: (end) => terminated?.(end),
    });
    try {
      return await work();
    } finally {
      stop();
    }
  }

  /** The last look before the bytes leave: whatever waited for its turn may have become too old. */
  #options(stage: ControlStage): CallOptions {
    return {
      beforeSend: () => {
        if (stage === 'cancel') return;
        const now = this.#context.clock.now();
        const { notAfterMs } = this.#settings;
        if (notAfterMs !== undefined && now >= notAfterMs) throw new NotSentError('the command has expired');
        const { sboTimeoutMs } = this.#context;
        if (stage === 'operate' && this.#selectedAtMs > 0 && sboTimeoutMs && now - this.#selectedAtMs >= sboTimeoutMs) {
          throw new NotSentError('the selection has timed out');
        }
      },
    };
  }

  async #giveBack(): Promise<void> {
    if (this.#context.mms.isOpen) await this.cancel().catch(() => {});
  }

  #variable(service: string): Variable {
    return { name: inDomain(this.#context.domain, `${this.#context.item}$${service}`) };
  }
}
