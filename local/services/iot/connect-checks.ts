/** What AWS IoT Core checks and changes in a CONNECT packet before anyone is asked. */
import { randomUUID } from 'node:crypto';
import type { ConnectPacket } from 'aedes';

const MAX_CLIENT_ID_BYTES = 128;
const MIN_KEEP_ALIVE_SECONDS = 30;
const MAX_KEEP_ALIVE_SECONDS = 1_200;

/**
 * Puts the keep-alive into the limits (0 means the longest) and names a device that names itself not.
 * @returns why the connection is refused, or undefined
 * @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits
 */
export function checkConnect(packet: ConnectPacket): string | undefined {
  if (packet.protocolVersion !== 4) return 'Only MQTT 3.1.1 is spoken here';
  if (packet.clientId.startsWith('$')) return 'Client ids that begin with $ are reserved';
  if (Buffer.byteLength(packet.clientId) > MAX_CLIENT_ID_BYTES)
    return `The client id is longer than ${MAX_CLIENT_ID_BYTES} bytes`;
  if (packet.clientId === '') packet.clientId = `$GEN/${randomUUID()}`;
  const asked = packet.keepalive || MAX_KEEP_ALIVE_SECONDS;
  packet.keepalive = Math.min(Math.max(asked, MIN_KEEP_ALIVE_SECONDS), MAX_KEEP_ALIVE_SECONDS);
  return undefined;
}
