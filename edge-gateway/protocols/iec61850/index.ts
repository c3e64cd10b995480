/** The library: a client, a small server, and what both are made of. */
export { type AdditionalCause, additionalCauses } from './acsi/additional-cause.ts';
export { Iec61850Client, mmsPort } from './acsi/client.ts';
export { Control, type ControlModel, controlModels } from './acsi/control.ts';
export type { Command, CommandSettings, ControlOutcome, ControlStage } from './acsi/control-command.ts';
export type { Originator } from './acsi/control-message.ts';
export { type FunctionalConstraint, functionalConstraints } from './acsi/functional-constraint.ts';
export { componentOf, typeAt } from './acsi/named-value.ts';
export { fromPlain, type PlainValue, toPlain } from './acsi/plain-value.ts';
export { type DataQuality, decodeQuality, encodeQuality, type QualityDetail } from './acsi/quality.ts';
export { formatReference, parseReference, type Reference, referenceOf, variableOf } from './acsi/reference.ts';
export type { ReasonForInclusion, ReportOptions, TriggerOptions } from './acsi/report-options.ts';
export { ResumePoint } from './acsi/resume-point.ts';
export { type SettingGroupState, SettingGroups } from './acsi/setting-groups.ts';
export {
  type DataObject,
  type Leaf,
  type LogicalDevice,
  type LogicalNode,
  leavesOf,
  type StationModel,
} from './acsi/station-model.ts';
export type { Report, Subscription, SubscriptionSettings } from './acsi/subscription.ts';
export { type Clock, systemClock } from './clock.ts';
export * from './errors.ts';
export type { AccessFailure, AccessResult, DataAccessError } from './mms/access-result.ts';
export { MmsClient, type MmsClientSettings } from './mms/client.ts';
export { inDomain, type ObjectName } from './mms/object-name.ts';
export type { MmsType } from './mms/type-specification.ts';
export { type UtcTime, utcTimeOf, utcTimeToEpochMs } from './mms/utc-time.ts';
export type { MmsValue } from './mms/value.ts';
export * as commonDataClasses from './server/common-data-classes.ts';
export type { ControlHandler, ControlRequest } from './server/control-object.ts';
export type { ServerModel } from './server/model.ts';
export { Iec61850Server, type ServerOptions } from './server/server.ts';
