/** Modbus as a library: codecs, framings, clients and a server. It knows lines and messages, and nothing of their meaning. */
export {
  type ClientStatistics,
  type Clock,
  type ModbusClient,
  type RequestOptions,
  systemClock,
} from './client/client.ts';
export { ModbusRtuClient, type RtuClientOptions } from './client/rtu-client.ts';
export { ModbusTcpClient, type TcpClientOptions } from './client/tcp-client.ts';
export {
  exceptionNames,
  ModbusExceptionError,
  ModbusFrameError,
  ModbusLineError,
  ModbusTimeoutError,
} from './errors.ts';
export { crc16 } from './framing/crc16.ts';
export { encodeMbap, type MbapFrame, MbapReader } from './framing/mbap.ts';
export { encodeRtu, type RtuFrame, RtuReader, silentIntervalMs } from './framing/rtu.ts';
export {
  decodeRequest,
  decodeResponse,
  encodeException,
  encodeRequest,
  encodeResponse,
  functionCodeOf,
  kinds,
} from './pdu/codec.ts';
export { identificationNames } from './pdu/identification-function.ts';
export {
  type Kind,
  type Messages,
  type Request,
  type RequestOf,
  type Response,
  type ResponseOf,
  readOnlyKinds,
  registers,
} from './pdu/messages.ts';
export { maxRegistersRead, maxRegistersWritten } from './pdu/register-functions.ts';
export { RegisterBank } from './server/register-bank.ts';
export { listenModbus, type RequestHandler, type ServeOptions, serveMbap, serveRtu } from './server/server.ts';
