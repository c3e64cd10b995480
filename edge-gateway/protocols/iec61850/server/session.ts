/** One association as the server sees it: requests answered in their order, reports sent in theirs. */
import { type BerNode, sizeOf } from '../asn1/ber-writer.ts';
import { ProtocolError } from '../errors.ts';
import type { InformationReport } from '../mms/information-report.ts';
import {
  decodePdu,
  encodeCancelError,
  encodeConcludeResponse,
  encodeError,
  encodeReject,
  encodeReport,
  rejectClasses,
  rejectReasons,
} from '../mms/pdu.ts';
import type { Association, AssociationEnd } from '../stack/association.ts';
import type { DataSet } from './directory.ts';
import type { RequestContext, RequestHandler } from './request-handler.ts';

export class ServerSession implements RequestContext {
  readonly #association: Association;
  readonly #handler: RequestHandler;
  readonly #fault: (error: unknown) => void;
  readonly maxPduSize: number;
  /** Tells clients apart across associations: the address of the peer. */
  readonly identity: string;
  readonly dataSets = new Map<string, DataSet>();
  #queue: Promise<void> = Promise.resolve();
  #queued = 0;
  #unsent = 0;

  constructor(
    association: Association,
    handler: RequestHandler,
    { maxPduSize, maxOutstanding, identity }: { maxPduSize: number; maxOutstanding: number; identity: string },
    fault: (error: unknown) => void,
    ended: (end: AssociationEnd) => void,
  ) {
    this.#association = association;
    this.#handler = handler;
    this.#fault = fault;
    this.maxPduSize = maxPduSize;
    this.identity = identity;
    association.listen({ pdu: (bytes) => this.#receive(bytes, maxOutstanding), ended });
  }

  get isOpen(): boolean {
    return this.#association.isOpen;
  }

  /** Octets handed over that the operating system has not taken: reports wait while there are many. */
  get backlog(): number {
    return this.#unsent;
  }

  send(pdu: BerNode): Promise<void> {
    const size = sizeOf(pdu);
    this.#unsent += size;
    return this.#association
      .send(pdu)
      .catch(() => {})
      .finally(() => {
        this.#unsent -= size;
      });
  }

  report(report: InformationReport): Promise<void> {
    return this.send(encodeReport(report));
  }

  abort(): void {
    this.#association.abort();
  }

  #receive(bytes: Buffer, maxOutstanding: number): void {
    const pdu = decodePdu(bytes);
    switch (pdu.kind) {
      case 'request': {
        if (this.#queued > maxOutstanding) throw new ProtocolError('mms', 'more calls outstanding than agreed');
        this.#queued++;
        this.#queue = this.#queue.then(async () => {
          await this.#answer(pdu.invokeId, pdu.service);
          this.#queued--;
        });
        return;
      }
      case 'cancel-request':
        // Nothing here takes long enough to be given up.
        void this.send(encodeCancelError(pdu.invokeId, { errorClass: 'cancel', meaning: 'cancel-not-possible' }));
        return;
      case 'conclude-request':
        this.#queue = this.#queue.then(() => this.send(encodeConcludeResponse()));
        return;
      case 'reject':
      case 'report':
      case 'other-unconfirmed':
        return;
      default:
        throw new ProtocolError('mms', `${pdu.kind} from a client`);
    }
  }

  async #answer(invokeId: number, service: Parameters<RequestHandler['answer']>[1]): Promise<void> {
    if (!this.isOpen) return;
    try {
      await this.send(await this.#handler.answer(invokeId, service, this));
    } catch (error) {
      if (error instanceof ProtocolError) {
        await this.send(encodeReject(invokeId, rejectClasses.confirmedRequest, rejectReasons.invalidArgument));
        return;
      }
      // A fault of ours or of the program's handlers concerns one request: the client is told, and so is the program.
      this.#fault(error);
      await this.send(encodeError(invokeId, { errorClass: 'others', meaning: 'other' }));
    }
  }
}
