/**
 * A controllable object of a server (IEC 61850-7-2, 20): selection, checks, operation and termination in the four models.
 * An operate without its select, or with other parameters than its select, never reaches the process.
 */
import type { AdditionalCause } from '../acsi/additional-cause.ts';
import {
  type ControlMessage,
  decodeControl,
  encodeControl,
  encodeLastApplicationError,
  lastApplicationErrorName,
} from '../acsi/control-message.ts';
import { toBytes } from '../asn1/ber-writer.ts';
import type { Clock } from '../clock.ts';
import { Iec61850Error } from '../errors.ts';
import type { DataAccessError } from '../mms/access-result.ts';
import { inDomain } from '../mms/object-name.ts';
import { encodeValue, type MmsValue } from '../mms/value.ts';
import { controlStructure } from './control-structure.ts';
import type { ControlDefinition } from './model.ts';
import type { ServerSession } from './session.ts';
import { addChild, leafNode, type VariableNode } from './variable-tree.ts';

export interface ControlRequest extends ControlMessage {
  /** `LD/LN.DO` of the object. */
  reference: string;
}

export interface ControlHandler {
  /** Asked at select and again at operate; a cause refuses. */
  check?(request: ControlRequest): AdditionalCause | undefined;
  /** Does it; a cause says that it failed. A test command never comes here. */
  operate(request: ControlRequest): AdditionalCause | undefined | Promise<AdditionalCause | undefined>;
}

type State =
  | { kind: 'idle' }
  | { kind: 'selected'; session: ServerSession; message: ControlMessage | undefined; timer: { cancel(): void } }
  | { kind: 'waiting'; session: ServerSession; message: ControlMessage; timer: { cancel(): void } }
  | { kind: 'executing'; session: ServerSession };

const idle: State = { kind: 'idle' };

export class ControlObject {
  readonly #domain: string;
  /** `LN$CO$DO` */
  readonly #item: string;
  readonly #reference: string;
  readonly #definition: ControlDefinition;
  readonly #handler: ControlHandler;
  readonly #done: (message: ControlMessage) => void;
  readonly #clock: Clock;
  #state: State = idle;

  /** `done` is called when the process obeyed, to bring the status up to date. */
  constructor(
    place: { domain: string; node: string; object: string },
    definition: ControlDefinition,
    handler: ControlHandler,
    done: (message: ControlMessage) => void,
    clock: Clock,
  ) {
    this.#domain = place.domain;
    this.#item = `${place.node}$CO$${place.object}`;
    this.#reference = `${place.domain}/${place.node}.${place.object}`;
    this.#definition = definition;
    this.#handler = handler;
    this.#done = done;
    this.#clock = clock;
  }

  /** Puts Oper and its like under the object's node of constraint CO. */
  addTo(parent: VariableNode & { kind: 'structure' }): void {
    const { model } = this.#definition;
    if (model === 'sbo-normal') {
      const select = leafNode('SBO', { kind: 'visible-string', size: -129 }, { type: 'visible-string', value: '' });
      select.isReadOnly = true;
      select.read = (session) => ({ type: 'visible-string', value: this.#select(session as ServerSession) });
      addChild(parent, select);
    }
    const services: Service[] = [
      ['Oper', true, (session, message) => this.#operate(session, message)],
      ...(model === 'sbo-enhanced'
        ? [['SBOw', true, (session, message) => this.#selectWithValue(session, message)] satisfies Service]
        : []),
      ['Cancel', false, (session, message) => this.#cancel(session, message)],
    ];
    for (const [name, hasCheck, serve] of services) {
      const node = addChild(parent, controlStructure(name, this.#definition, hasCheck));
      node.write = (value, session) => this.#serve(name, value, session as ServerSession, serve);
    }
  }

  /** The association is gone and its selection with it. */
  released(session: ServerSession): void {
    if (this.#state.kind === 'selected' && this.#state.session === session) this.#unselect();
  }

  async #serve(
    name: string,
    value: MmsValue,
    session: ServerSession,
    serve: Service[2],
  ): Promise<DataAccessError | undefined> {
    let message: ControlMessage;
    try {
      message = decodeControl(value);
    } catch (error) {
      if (error instanceof Iec61850Error) return 'object-value-invalid';
      throw error;
    }
    const cause = await serve(session, message);
    if (cause === undefined) return undefined;
    this.#tellError(session, name, message, cause);
    return 'object-access-denied';
  }

  /** What a read of SBO answers: the reference when it selected, nothing when it did not. */
  #select(session: ServerSession): string {
    const isMine = this.#state.kind === 'selected' && this.#state.session === session;
    if (this.#state.kind !== 'idle' && !isMine) return '';
    this.#hold(session, undefined);
    return `${this.#domain}/${this.#item}$SBO`;
  }

  #selectWithValue(session: ServerSession, message: ControlMessage): AdditionalCause | undefined {
    if (this.#state.kind === 'selected') {
      return this.#state.session === session ? 'object-already-selected' : 'locked-by-other-client';
    }
    if (this.#state.kind !== 'idle') return 'command-already-in-execution';
    const refused = this.#handler.check?.({ ...message, reference: this.#reference });
    if (refused === undefined) this.#hold(session, message);
    return refused;
  }

  #hold(session: ServerSession, message: ControlMessage | undefined): void {
    if (this.#state.kind === 'selected') this.#state.timer.cancel();
    const timer = this.#clock.setTimer(() => this.#unselect(), this.#definition.sboTimeoutMs ?? 30_000);
    this.#state = { kind: 'selected', session, message, timer };
  }

  #unselect(): void {
    if (this.#state.kind === 'selected') this.#state.timer.cancel();
    if (this.#state.kind !== 'executing') this.#state = idle;
  }

  #cancel(session: ServerSession, message: ControlMessage): AdditionalCause | undefined {
    const state = this.#state;
    if (state.kind !== 'selected' && state.kind !== 'waiting') return 'object-not-selected';
    if (state.session !== session) return 'locked-by-other-client';
    if (state.message && state.message.number !== message.number) return 'inconsistent-parameters';
    state.timer.cancel();
    this.#state = idle;
    return undefined;
  }

  async #operate(session: ServerSession, message: ControlMessage): Promise<AdditionalCause | undefined> {
    const refused = this.#mayOperate(session, message);
    if (refused !== undefined) return refused;
    this.#unselect();
    const delayMs = message.operateAtMs === undefined ? 0 : message.operateAtMs - this.#clock.now();
    if (delayMs < 0) return 'time-limit-over';
    if (delayMs > 0) {
      const timer = this.#clock.setTimer(() => void this.#executeAndTell(session, message), delayMs);
      this.#state = { kind: 'waiting', session, message, timer };
      return undefined;
    }
    if (!this.#definition.model.endsWith('enhanced')) return this.#execute(session, message);
    this.#state = { kind: 'executing', session };
    // The answer to Oper says that it was accepted; how it ended follows (7-2, 20.3).
    setImmediate(() => void this.#executeAndTell(session, message));
    return undefined;
  }

  #mayOperate(session: ServerSession, message: ControlMessage): AdditionalCause | undefined {
    const state = this.#state;
    if (state.kind === 'executing' || state.kind === 'waiting') return 'command-already-in-execution';
    if (this.#definition.model.startsWith('sbo')) {
      if (state.kind !== 'selected') return 'object-not-selected';
      if (state.session !== session) return 'locked-by-other-client';
      if (state.message && !isSameCommand(state.message, message)) return 'inconsistent-parameters';
    }
    return this.#handler.check?.({ ...message, reference: this.#reference });
  }

  async #execute(session: ServerSession, message: ControlMessage): Promise<AdditionalCause | undefined> {
    this.#state = { kind: 'executing', session };
    try {
      if (message.test) return undefined;
      const cause = await this.#handler.operate({ ...message, reference: this.#reference });
      if (cause === undefined) this.#done(message);
      return cause;
    } finally {
      this.#state = idle;
    }
  }

  async #executeAndTell(session: ServerSession, message: ControlMessage): Promise<void> {
    const cause = await this.#execute(session, message);
    if (!this.#definition.model.endsWith('enhanced')) return;
    const oper = { name: inDomain(this.#domain, `${this.#item}$Oper`) };
    const value = encodeControl(message, this.#definition.hasOperateTime);
    if (cause === undefined) {
      void session.report({ access: { kind: 'variables', variables: [oper] }, results: [value] });
      return;
    }
    const error = { name: { scope: 'vmd', item: lastApplicationErrorName } as const };
    void session.report({
      access: { kind: 'variables', variables: [error, oper] },
      results: [this.#lastError('Oper', message, cause), value],
    });
  }

  #tellError(session: ServerSession, service: string, message: ControlMessage, cause: AdditionalCause): void {
    void session.report({
      access: { kind: 'variables', variables: [{ name: { scope: 'vmd', item: lastApplicationErrorName } }] },
      results: [this.#lastError(service, message, cause)],
    });
  }

  #lastError(service: string, { origin, number }: ControlMessage, cause: AdditionalCause): MmsValue {
    const control = `${this.#domain}/${this.#item}$${service}`;
    return encodeLastApplicationError({ control, error: 1, origin, number, cause });
  }
}

type Service = [
  name: string,
  hasCheck: boolean,
  serve: (
    session: ServerSession,
    message: ControlMessage,
  ) => AdditionalCause | undefined | Promise<AdditionalCause | undefined>,
];

/** What a select with value fixes for its operate (7-2, 20.2.2): value, originator and number. */
const isSameCommand = (a: ControlMessage, b: ControlMessage): boolean =>
  a.number === b.number &&
  a.test === b.test &&
  a.origin.category === b.origin.category &&
  Buffer.from(a.origin.identity).equals(b.origin.identity) &&
  toBytes(encodeValue(a.value)).equals(toBytes(encodeValue(b.value)));
