/** An MMS client on one association: the services by name, reports as they come, and an end in order. */
import type { ByteChannel } from '../../transport/byte-channel.ts';
import { type Clock, systemClock } from '../clock.ts';
import { Iec61850Error, ProtocolError, RejectedError } from '../errors.ts';
import type { Association, AssociationEnd } from '../stack/association.ts';
import { associate, type InitiatorSettings } from '../stack/initiator.ts';
import type { AccessResult, DataAccessError } from './access-result.ts';
import { type CallOptions, Calls } from './calls.ts';
import type { InformationReport } from './information-report.ts';
import { decodeInitiate, encodeInitiate, type InitiateDetail, parameterBits, serviceBits } from './initiate.ts';
import type { ObjectName } from './object-name.ts';
import {
  decodePdu,
  encodeConcludeRequest,
  encodeConcludeResponse,
  encodeReject,
  rejectClasses,
  rejectReasons,
} from './pdu.ts';
import type { ConfirmedService } from './service.ts';
import { getNameListService, type NameListRequest, type ObjectClass } from './services/get-name-list.ts';
import {
  type DeleteListResult,
  defineListService,
  deleteListService,
  type ListAttributes,
  listAttributesService,
} from './services/named-variable-lists.ts';
import { readService } from './services/read.ts';
import { type VariableAttributes, variableAttributesService } from './services/variable-attributes.ts';
import { type DeviceStatus, type Identity, identifyService, statusService } from './services/vmd-support.ts';
import { writeService } from './services/write.ts';
import type { MmsValue } from './value.ts';
import type { Variable, VariableAccess } from './variable-access.ts';

export interface MmsClientSettings extends InitiatorSettings {
  /** Octets of a PDU that we propose. @default 65000 */
  maxPduSize?: number;
  /** Calls under way at once that we propose. @default 5 */
  maxOutstanding?: number;
  /** @default 10000 */
  requestTimeoutMs?: number;
}

/** A device that answers with pages for ever must not fill the memory. */
const maxNames = 500_000;

export class MmsClient {
  readonly #association: Association;
  readonly #calls: Calls;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  #reportListener: ((report: InformationReport) => void) | undefined;
  readonly #endListeners = new Set<(end: AssociationEnd) => void>();
  #concluded: ((mayEnd: boolean) => void) | undefined;
  #end: AssociationEnd | undefined;
  /** What the peer agreed to. */
  readonly negotiated: InitiateDetail & { maxPduSize: number };

  /** Associates over an open channel. @throws AssociationRefusedError | ProtocolError | NoAnswerError */
  static async connect(
    channel: ByteChannel,
    settings: MmsClientSettings = {},
    clock: Clock = systemClock,
  ): Promise<MmsClient> {
    const proposal: InitiateDetail = {
      maxPduSize: settings.maxPduSize ?? 65_000,
      maxOutstandingCalling: settings.maxOutstanding ?? 5,
      maxOutstandingCalled: 5,
      nestingLevel: 10,
      version: 1,
      parameters: [parameterBits.str1, parameterBits.str2, parameterBits.vnam, parameterBits.valt, parameterBits.vlis],
      services: Object.values(serviceBits),
    };
    const { association, response } = await associate(channel, settings, encodeInitiate('request', proposal), clock);
    try {
      return new MmsClient(association, decodeInitiate('response', response), proposal, settings, clock);
    } catch (error) {
      association.abort();
      throw error;
    }
  }

  constructor(
    association: Association,
    answer: InitiateDetail,
    proposal: InitiateDetail,
    settings: MmsClientSettings,
    clock: Clock,
  ) {
    const maxPduSize = Math.min(answer.maxPduSize ?? proposal.maxPduSize!, proposal.maxPduSize!);
    const maxOutstanding = Math.max(1, Math.min(answer.maxOutstandingCalling, proposal.maxOutstandingCalling));
    this.negotiated = { ...answer, maxPduSize, maxOutstandingCalling: maxOutstanding };
    this.#association = association;
    this.#clock = clock;
    this.#timeoutMs = settings.requestTimeoutMs ?? 10_000;
    this.#calls = new Calls(
      { maxPduSize, maxOutstanding, timeoutMs: this.#timeoutMs },
      (pdu) => void association.send(pdu).catch(() => {}),
      () => association.abort(),
      clock,
    );
    association.listen({
      pdu: (bytes) => this.#receive(bytes),
      ended: (end) => this.#ended(end),
    });
  }

  get isOpen(): boolean {
    return this.#association.isOpen;
  }

  statistics(): { requests: number; timeouts: number; lateAnswers: number; bytesIn: number; bytesOut: number } {
    const { bytesIn, bytesOut } = this.#association;
    return { ...this.#calls.statistics, bytesIn, bytesOut };
  }

  onReport(listener: (report: InformationReport) => void): void {
    this.#reportListener = listener;
  }

  /** The listener is called once, at once when it has ended already. @returns a function that takes it back */
  whenEnded(listener: (end: AssociationEnd) => void): () => void {
    if (this.#end) listener(this.#end);
    else this.#endListeners.add(listener);
    return () => void this.#endListeners.delete(listener);
  }

  /** @throws ServiceError | RejectedError | NotSentError | NoAnswerError | CancelledError | ProtocolError */
  async call<Request, Response>(
    service: ConfirmedService<Request, Response>,
    request: Request,
    options: CallOptions = {},
  ): Promise<Response> {
    const element = await this.#calls.call(service.name, service.encodeRequest(request), options);
    try {
      if (element.tag !== service.responseTag) {
        throw new ProtocolError('mms', `answer 0x${element.tag.toString(16)} to ${service.name}`);
      }
      return service.decodeResponse(element);
    } catch (error) {
      if (error instanceof Iec61850Error) this.#association.fail(error);
      throw error;
    }
  }

  identify(): Promise<Identity> {
    return this.call(identifyService, null);
  }

  status(): Promise<DeviceStatus> {
    return this.call(statusService, { extended: false });
  }

  /** All names of a class, however many pages they take. */
  async names(objectClass: ObjectClass, scope: NameListRequest['scope']): Promise<string[]> {
    const all: string[] = [];
    for (let continueAfter: string | undefined; ; continueAfter = all.at(-1)) {
      const page = await this.call(getNameListService, {
        objectClass,
        scope,
        ...(continueAfter !== undefined && { continueAfter }),
      });
      all.push(...page.names);
      if (!page.moreFollows || page.names.length === 0) return all;
      if (all.length > maxNames || page.names.at(-1) === continueAfter) {
        throw new ProtocolError('mms', `a list of names without end after ${all.length}`);
      }
    }
  }

  /** One result for each variable. */
  read(variables: Variable[], options?: CallOptions): Promise<AccessResult[]> {
    return this.#readAccess({ kind: 'variables', variables }, variables.length, options);
  }

  /** The members of a named list. */
  readList(name: ObjectName, options?: CallOptions): Promise<AccessResult[]> {
    return this.#readAccess({ kind: 'list', name }, undefined, options);
  }

  /** For each variable undefined, or why it was not written. */
  write(variables: Variable[], values: MmsValue[], options?: CallOptions): Promise<(DataAccessError | undefined)[]> {
    return this.#writeAccess({ kind: 'variables', variables }, values, options);
  }

  writeList(name: ObjectName, values: MmsValue[], options?: CallOptions): Promise<(DataAccessError | undefined)[]> {
    return this.#writeAccess({ kind: 'list', name }, values, options);
  }

  variableAttributes(name: ObjectName): Promise<VariableAttributes> {
    return this.call(variableAttributesService, name);
  }

  async defineList(name: ObjectName, members: Variable[]): Promise<void> {
    await this.call(defineListService, { name, members });
  }

  listAttributes(name: ObjectName): Promise<ListAttributes> {
    return this.call(listAttributesService, name);
  }

  deleteLists(names: ObjectName[]): Promise<DeleteListResult> {
    return this.call(deleteListService, names);
  }

  /** Conclude of MMS, release of ACSE, and the line closed; an unwilling peer is left after the time of a request. */
  async conclude(): Promise<void> {
    if (!this.isOpen) return;
    const timer = this.#clock.setTimer(() => this.abort(), this.#timeoutMs);
    const mayEnd = await new Promise<boolean>((resolve) => {
      this.#concluded = resolve;
      this.#association.send(encodeConcludeRequest()).catch(() => resolve(false));
    });
    if (mayEnd) await this.#association.release();
    else this.abort();
    timer.cancel();
  }

  abort(): void {
    this.#association.abort();
  }

  async #readAccess(access: VariableAccess, count: number | undefined, options?: CallOptions): Promise<AccessResult[]> {
    const { results } = await this.call(readService, { access }, options);
    if (count !== undefined && results.length !== count) {
      throw new ProtocolError('mms', `${results.length} results for ${count} variables`);
    }
    return results;
  }

  async #writeAccess(access: VariableAccess, values: MmsValue[], options?: CallOptions) {
    const outcomes = await this.call(writeService, { access, values }, options);
    if (outcomes.length !== values.length) {
      throw new ProtocolError('mms', `${outcomes.length} outcomes for ${values.length} values`);
    }
    return outcomes;
  }

  #receive(bytes: Buffer): void {
    const pdu = decodePdu(bytes);
    switch (pdu.kind) {
      case 'response':
        this.#calls.answered(pdu.invokeId, pdu.service);
        return;
      case 'error':
        this.#calls.failed(pdu.invokeId, pdu.error);
        return;
      case 'reject':
        if (pdu.invokeId !== undefined) this.#calls.failed(pdu.invokeId, new RejectedError(pdu.reason));
        return;
      case 'report':
        this.#reportListener?.(pdu.report);
        return;
      case 'request':
        void this.#association
          .send(encodeReject(pdu.invokeId, rejectClasses.confirmedRequest, rejectReasons.unrecognizedService))
          .catch(() => {});
        return;
      case 'conclude-request':
        void this.#association.send(encodeConcludeResponse()).catch(() => {});
        return;
      case 'conclude-response':
      case 'conclude-error':
        this.#concluded?.(pdu.kind === 'conclude-response');
        return;
      default:
        // An answer to a cancel changes nothing: the request itself ends with its own answer or error.
        return;
    }
  }

  #ended(end: AssociationEnd): void {
    this.#end = end;
    this.#calls.close(
      end.error ? `the association ended (${end.error.message})` : `the association ended (${end.kind})`,
    );
    this.#concluded?.(false);
    for (const listener of this.#endListeners) listener(end);
    this.#endListeners.clear();
  }
}
