/** Everything that crosses MQTT between a gateway and the platform: each message with its codec, schema and example. */
export * from './messages/alarms.ts';
export * from './messages/commands.ts';
export * from './messages/configuration.ts';
export { decodePayload, encodePayload, MessageError, maxPayloadBytes } from './messages/payload.ts';
export * from './messages/status.ts';
export * from './messages/values.ts';
