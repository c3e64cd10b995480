/** What can go wrong, by name, so that callers can tell a silent line from a peer that said no. */

export type Dnp3ErrorCode =
  /** Octets that the standard does not allow, or an object this library does not know. */
  | 'malformed'
  /** Nothing, or nothing fitting, came in time. */
  | 'timeout'
  /** The line is not open, or went while waiting. */
  | 'line_down'
  /** It was too late to send it, and it certainly was not sent. */
  | 'expired'
  /** The outstation answered with an error indication. */
  | 'rejected'
  /** The caller asked for something that cannot be sent. */
  | 'invalid_argument'
  /** The channel was stopped. */
  | 'stopped';

export class Dnp3Error extends Error {
  override readonly name = 'Dnp3Error';
  readonly code: Dnp3ErrorCode;

  constructor(code: Dnp3ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export const malformed = (message: string): Dnp3Error => new Dnp3Error('malformed', message);

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
