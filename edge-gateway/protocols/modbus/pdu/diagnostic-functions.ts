/** Functions about the device itself: 7, 8, 11, 12 and 17 (sections 6.7 to 6.10 and 6.13). */
import { counted, expectLength, type FunctionCodec, fixed, type Length, maxPduLength, must } from './function-codec.ts';
import type { Kind, RequestOf } from './messages.ts';

/** The functions whose request is the function code alone. */
function bareRequest<K extends Kind>(kind: K, code: number) {
  return {
    kind,
    code,
    encodeRequest: () => Buffer.of(code),
    decodeRequest(pdu: Buffer): RequestOf<K> {
      expectLength(pdu, 1);
      return { kind } as RequestOf<K>;
    },
    requestLength: fixed(1),
  };
}

export const readExceptionStatus: FunctionCodec<'read_exception_status'> = {
  ...bareRequest('read_exception_status', 7),
  encodeResponse: ({ status }) => Buffer.of(7, status),
  decodeResponse(pdu) {
    expectLength(pdu, 2);
    return { kind: 'read_exception_status', status: pdu[1]! };
  },
  responseLength: fixed(2),
};

/** Section 6.8.1: only the echo may carry more than one word, and nothing but the end of the frame says how many. */
function diagnosticsLength(pdu: Buffer): Length {
  if (pdu.length < 3) return undefined;
  return pdu.readUInt16BE(1) === 0 ? 'silence' : 5;
}

function encodeDiagnostics({ subFunction, data }: { subFunction: number; data: Buffer }): Buffer {
  if (data.length % 2 !== 0 || data.length > maxPduLength - 3) throw new RangeError('Data of function 8 is in words.');
  const pdu = Buffer.allocUnsafe(3 + data.length);
  pdu[0] = 8;
  pdu.writeUInt16BE(subFunction, 1);
  data.copy(pdu, 3);
  return pdu;
}

function decodeDiagnostics(pdu: Buffer): { kind: 'diagnostics'; subFunction: number; data: Buffer } {
  must(pdu.length >= 5 && pdu.length % 2 === 1, `Function 8 with ${pdu.length} bytes.`);
  return { kind: 'diagnostics', subFunction: pdu.readUInt16BE(1), data: Buffer.from(pdu.subarray(3)) };
}

export const diagnostics: FunctionCodec<'diagnostics'> = {
  kind: 'diagnostics',
  code: 8,
  encodeRequest: encodeDiagnostics,
  decodeRequest: decodeDiagnostics,
  encodeResponse: encodeDiagnostics,
  decodeResponse(pdu, request) {
    const response = decodeDiagnostics(pdu);
    must(response.subFunction === request.subFunction, 'Function 8 answered another sub-function than was asked.');
    must(
      response.subFunction !== 0 || response.data.equals(request.data),
      'Function 8 echoed other data than was sent.',
    );
    return response;
  },
  requestLength: diagnosticsLength,
  responseLength: diagnosticsLength,
};

export const getCommEventCounter: FunctionCodec<'get_comm_event_counter'> = {
  ...bareRequest('get_comm_event_counter', 11),
  encodeResponse({ status, eventCount }) {
    const pdu = Buffer.of(11, 0, 0, 0, 0);
    pdu.writeUInt16BE(status, 1);
    pdu.writeUInt16BE(eventCount, 3);
    return pdu;
  },
  decodeResponse(pdu) {
    expectLength(pdu, 5);
    return { kind: 'get_comm_event_counter', status: pdu.readUInt16BE(1), eventCount: pdu.readUInt16BE(3) };
  },
  responseLength: fixed(5),
};

const maxEvents = 64;

export const getCommEventLog: FunctionCodec<'get_comm_event_log'> = {
  ...bareRequest('get_comm_event_log', 12),
  encodeResponse({ status, eventCount, messageCount, events }) {
    if (events.length > maxEvents) throw new RangeError(`${events.length} events exceed ${maxEvents}.`);
    const pdu = Buffer.allocUnsafe(8 + events.length);
    pdu[0] = 12;
    pdu[1] = 6 + events.length;
    pdu.writeUInt16BE(status, 2);
    pdu.writeUInt16BE(eventCount, 4);
    pdu.writeUInt16BE(messageCount, 6);
    events.copy(pdu, 8);
    return pdu;
  },
  decodeResponse(pdu) {
    must(pdu.length >= 8 && pdu.length <= 8 + maxEvents, `Function 12 with ${pdu.length} bytes.`);
    expectLength(pdu, 2 + pdu[1]!);
    return {
      kind: 'get_comm_event_log',
      status: pdu.readUInt16BE(2),
      eventCount: pdu.readUInt16BE(4),
      messageCount: pdu.readUInt16BE(6),
      events: Buffer.from(pdu.subarray(8)),
    };
  },
  responseLength: counted(1),
};

export const reportServerId: FunctionCodec<'report_server_id'> = {
  ...bareRequest('report_server_id', 17),
  encodeResponse: ({ data }) => {
    if (data.length > maxPduLength - 2) throw new RangeError(`A server id of ${data.length} bytes is too long.`);
    return Buffer.concat([Buffer.of(17, data.length), data]);
  },
  decodeResponse(pdu) {
    must(pdu.length >= 2, 'Function 17 is too short.');
    expectLength(pdu, 2 + pdu[1]!);
    return { kind: 'report_server_id', data: Buffer.from(pdu.subarray(2)) };
  },
  responseLength: counted(1),
};
