/**
 * An open application association: carries PDUs of MMS both ways over session and presentation, and ends in order
 * (release), at once (abort) or with the line. Both roles share it; how it comes about is in `initiator.ts` and
 * `acceptor.ts`.
 */
import { decodeApdu, encodeAbort, encodeReleaseRequest, encodeReleaseResponse } from '../acse/apdu.ts';
import { type BerNode, toBytes } from '../asn1/ber-writer.ts';
import { Iec61850Error, ProtocolError } from '../errors.ts';
import { decodeUserData, encodeAbort as encodePresentationAbort, encodeUserData } from '../presentation/ppdu.ts';
import { decodeSpdu, encodeSpdu } from '../session/spdu.ts';
import type { IsoTransport } from './transport.ts';

/** Why an association ended: in order, by an abort of either side, by a broken protocol or with the line. */
export interface AssociationEnd {
  kind: 'released' | 'aborted-by-peer' | 'aborted' | 'line-closed' | 'protocol-error';
  error?: Error | undefined;
}

export interface PresentationContexts {
  acse: number;
  mms: number;
}

export interface AssociationListener {
  pdu(bytes: Buffer): void;
  ended(end: AssociationEnd): void;
}

export class Association {
  readonly #transport: IsoTransport;
  readonly #contexts: PresentationContexts;
  #listener: AssociationListener | undefined;
  #end: AssociationEnd | undefined;
  #released: (() => void) | undefined;
  /** What came in the same piece as the acceptance, before anybody could listen. */
  #early: Buffer[] = [];

  constructor(transport: IsoTransport, contexts: PresentationContexts) {
    this.#transport = transport;
    this.#contexts = contexts;
  }

  listen(listener: AssociationListener): void {
    this.#listener = listener;
    if (this.#end) listener.ended(this.#end);
    for (const tsdu of this.#early.splice(0)) this.receive(tsdu);
  }

  get isOpen(): boolean {
    return this.#end === undefined && this.#transport.isOpen;
  }

  get bytesIn(): number {
    return this.#transport.bytesIn;
  }

  get bytesOut(): number {
    return this.#transport.bytesOut;
  }

  /** Resolves when the operating system took the bytes; rejects when the line is closed. */
  send(pdu: BerNode): Promise<void> {
    const userData = toBytes(encodeUserData(this.#contexts.mms, pdu));
    return this.#transport.send(encodeSpdu({ kind: 'data', userData }));
  }

  /** Asks the peer to end the association in order; resolves when it agreed or the line ended. */
  release(): Promise<void> {
    if (!this.isOpen) return Promise.resolve();
    const userData = toBytes(encodeUserData(this.#contexts.acse, encodeReleaseRequest()));
    return new Promise((resolve) => {
      this.#released = resolve;
      this.#transport.send(encodeSpdu({ kind: 'finish', userData })).catch(() => {});
    });
  }

  /** Ends it at once and tells the peer, as far as the line still carries. */
  abort(): void {
    this.#abort({ kind: 'aborted' });
  }

  /** A peer whose PDUs make no sense is told so and left. */
  fail(error: Error): void {
    this.#abort({ kind: 'protocol-error', error });
  }

  /** For the transport: a TSDU of the open association. */
  receive(tsdu: Buffer): void {
    if (this.#end) return;
    if (!this.#listener) {
      this.#early.push(tsdu);
      return;
    }
    try {
      this.#receive(tsdu);
    } catch (error) {
      if (!(error instanceof Iec61850Error)) throw error;
      this.fail(error);
    }
  }

  /** For the transport: the line is gone. */
  lineClosed(error: Error | undefined): void {
    this.#finish({ kind: error instanceof ProtocolError ? 'protocol-error' : 'line-closed', error });
  }

  #receive(tsdu: Buffer): void {
    const spdu = decodeSpdu(tsdu);
    switch (spdu.kind) {
      case 'data':
        for (const { contextId, value } of decodeUserData(spdu.userData)) {
          if (contextId === this.#contexts.mms) this.#listener?.pdu(value);
          else if (contextId === this.#contexts.acse) this.#acse(value);
          else throw new ProtocolError('presentation', `context ${contextId} was never agreed`);
        }
        return;
      case 'finish': {
        const userData = toBytes(encodeUserData(this.#contexts.acse, encodeReleaseResponse()));
        this.#transport.send(encodeSpdu({ kind: 'disconnect', userData })).catch(() => {});
        this.#finish({ kind: 'released' });
        return;
      }
      case 'disconnect':
        this.#finish({ kind: 'released' });
        return;
      case 'abort':
        this.#finish({ kind: 'aborted-by-peer' });
        return;
      case 'not-finished':
      case 'abort-accept':
        return;
      default:
        throw new ProtocolError('session', `${spdu.kind} on an open association`);
    }
  }

  #acse(bytes: Buffer): void {
    const apdu = decodeApdu(bytes);
    if (apdu.kind === 'abort') this.#finish({ kind: 'aborted-by-peer' });
  }

  #abort(end: AssociationEnd): void {
    if (this.#end) return;
    if (this.#transport.isOpen) {
      const userData = toBytes(encodePresentationAbort(encodeUserData(this.#contexts.acse, encodeAbort())));
      this.#transport.send(encodeSpdu({ kind: 'abort', userData })).catch(() => {});
    }
    this.#finish(end);
  }

  #finish(end: AssociationEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.#transport.close();
    this.#released?.();
    this.#listener?.ended(end);
  }
}
