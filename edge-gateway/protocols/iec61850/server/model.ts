/** The model of a server, declared as data: logical devices, nodes, objects, data sets and control blocks. */
import type { FunctionalConstraint } from '../acsi/functional-constraint.ts';
import type { MmsType } from '../mms/type-specification.ts';
import type { MmsValue } from '../mms/value.ts';

export interface ServerModel {
  vendor: string;
  modelName: string;
  revision: string;
  devices: LogicalDeviceDefinition[];
}

export interface LogicalDeviceDefinition {
  /** The whole domain: name of the IED and instance, e.g. `STATION1LD0`. */
  name: string;
  nodes: LogicalNodeDefinition[];
}

export interface LogicalNodeDefinition {
  name: string;
  objects: DataObjectDefinition[];
  dataSets?: DataSetDefinition[];
  reports?: ReportControlDefinition[];
  /** Only in LLN0. Groups count from 1. */
  settingGroups?: { count: number; active: number };
}

export interface DataObjectDefinition {
  name: string;
  attributes: AttributeDefinition[];
  control?: ControlDefinition;
}

export interface AttributeDefinition {
  name: string;
  fc: FunctionalConstraint;
  /** Which change of it makes reports go. */
  trigger?: 'dchg' | 'qchg' | 'dupd';
  content: AttributeContent;
}

export type AttributeContent =
  | { kind: 'value'; type: MmsType; initial: MmsValue }
  | { kind: 'structure'; components: { name: string; content: AttributeContent }[] }
  | { kind: 'array'; count: number; element: AttributeContent };

export type ControlModel = 'status-only' | 'direct-normal' | 'sbo-normal' | 'direct-enhanced' | 'sbo-enhanced';

export interface ControlDefinition {
  model: Exclude<ControlModel, 'status-only'>;
  /** What a command carries. */
  value: { type: MmsType; initial: MmsValue };
  /** How long a selection holds. @default 30000 */
  sboTimeoutMs?: number;
  /** Whether Oper carries `operTm`, the time at which to operate. @default false */
  hasOperateTime?: boolean;
}

export interface DataSetDefinition {
  name: string;
  /** References within the device, e.g. `MMXU1.TotW[MX]`. */
  members: string[];
}

export interface ReportControlDefinition {
  name: string;
  buffered: boolean;
  /** Name of a data set of the same node; none when clients bring their own. */
  dataSet?: string;
  reportId?: string;
  confRev?: number;
  bufferTimeMs?: number;
  integrityMs?: number;
  /** Clients cannot set what it reports, when and with which fields. @default false */
  isFixed?: boolean;
  /** Entries that a buffered block keeps. @default 1000 */
  maxEntries?: number;
}
