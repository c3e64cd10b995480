/** A confirmed service: how its request and its response are written and read. Clients, servers and tests share these. */
import type { BerElement } from '../asn1/ber-reader.ts';
import type { BerNode } from '../asn1/ber-writer.ts';

export interface ConfirmedService<Request, Response> {
  name: string;
  /** Tags of the choice within the confirmed PDU; they differ where one side is primitive. */
  requestTag: number;
  responseTag: number;
  /** The whole element, tag included. */
  encodeRequest(request: Request): BerNode;
  decodeRequest(element: BerElement): Request;
  encodeResponse(response: Response): BerNode;
  decodeResponse(element: BerElement): Response;
}
