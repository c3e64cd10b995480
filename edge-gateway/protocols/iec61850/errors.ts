/**
 * What can go wrong, told apart by what the caller may conclude: whether the peer broke the protocol, said no, or was
 * never asked. The last matters most for controls: only `NotSentError` promises that nothing happened.
 */

export class Iec61850Error extends Error {
  override name = 'Iec61850Error';
}

export type Layer = 'ber' | 'tpkt' | 'cotp' | 'session' | 'presentation' | 'acse' | 'mms' | 'acsi';

/** The peer sent what the layer does not allow. The association cannot be trusted any longer. */
export class ProtocolError extends Iec61850Error {
  override name = 'ProtocolError';
  readonly layer: Layer;

  constructor(layer: Layer, message: string) {
    super(`${layer}: ${message}`);
    this.layer = layer;
  }
}

/** The peer did not accept the association. `diagnostic` is in the words of the layer that refused. */
export class AssociationRefusedError extends Iec61850Error {
  override name = 'AssociationRefusedError';
  readonly layer: Layer;
  readonly diagnostic: string;

  constructor(layer: Layer, diagnostic: string) {
    super(`The peer refused the association (${layer}: ${diagnostic}).`);
    this.layer = layer;
    this.diagnostic = diagnostic;
  }
}

/** A confirmed service answered with an error (ISO 9506-2, 7.4): the service did not happen. */
export class ServiceError extends Iec61850Error {
  override name = 'ServiceError';
  readonly errorClass: string;
  readonly errorCode: number;

  constructor(errorClass: string, errorCode: number, meaning: string) {
    super(`The peer answered with error ${errorClass}/${meaning} (${errorCode}).`);
    this.errorClass = errorClass;
    this.errorCode = errorCode;
  }
}

/** The peer could not make sense of a PDU of ours (ISO 9506-2, 7.5). */
export class RejectedError extends Iec61850Error {
  override name = 'RejectedError';
  readonly reason: string;

  constructor(reason: string) {
    super(`The peer rejected the request: ${reason}.`);
    this.reason = reason;
  }
}

/** One variable could not be read or written; the others of the same request may have been. */
export class AccessError extends Iec61850Error {
  override name = 'AccessError';
  readonly access: string;

  constructor(what: string, access: string) {
    super(`${what}: ${access}.`);
    this.access = access;
  }
}

/** Certainly not sent: the line was closed, the request had expired, or it does not fit the negotiated size. */
export class NotSentError extends Iec61850Error {
  override name = 'NotSentError';
}

/** Sent, and no answer: it may have happened. */
export class NoAnswerError extends Iec61850Error {
  override name = 'NoAnswerError';
  readonly why: 'timeout' | 'connection-lost';

  constructor(cause: 'timeout' | 'connection-lost', message: string) {
    super(message);
    this.why = cause;
  }
}

/** The peer confirmed that it gave the request up (ISO 9506-2, 9.4). */
export class CancelledError extends Iec61850Error {
  override name = 'CancelledError';
}
