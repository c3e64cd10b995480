/** DNP3 (IEEE 1815-2012): master, outstation and the codecs under them. What is exported here is the library. */
export { readFragment } from './application/fragment.ts';
export { functionCode, functionName } from './application/function-codes.ts';
export {
  hasIndication,
  type IndicationName,
  indication,
  namesOfIndications,
} from './application/internal-indications.ts';
export { type Clock, systemClock } from './clock.ts';
export { Dnp3Error, type Dnp3ErrorCode } from './errors.ts';
export { broadcastAddress, encodeFrame, type LinkFrame, selfAddress } from './link/frame.ts';
export { FrameParser } from './link/frame-parser.ts';
export { LinkLine } from './link/link-line.ts';
export type { CommandMode, CommandResult, OutputCommand } from './master/commands.ts';
export type { MasterHandler, StationState } from './master/handler.ts';
export { MasterChannel, type MasterChannelSettings } from './master/master-channel.ts';
export { type CommandEvent, type Measurement, qualityNames } from './master/measurements.ts';
export type { RemoteOutstation } from './master/remote-outstation.ts';
export {
  classHeaders,
  type DataClass,
  type EventClass,
  type PollSettings,
  pointRange,
  type ReadHeader,
  type RemoteOutstationSettings,
  type TimeSyncProcedure,
} from './master/settings.ts';
export { type CommandStatusName, commandStatus, commandStatusName } from './objects/command-status.ts';
export { doubleBitState } from './objects/double-bit-input.ts';
export { type FlagName, flag, flagNames } from './objects/quality-flags.ts';
export { findVariation, groupsOf, pointKinds, variations } from './objects/registry.ts';
export type { PointKind } from './objects/variation.ts';
export type { CommandHandler, OperateMode, ReceivedCommand } from './outstation/control.ts';
export type { PointDefinition, PointValue } from './outstation/database.ts';
export { Outstation, type UpdateOptions } from './outstation/outstation.ts';
export type { OutstationHandler, OutstationSettings } from './outstation/settings.ts';
