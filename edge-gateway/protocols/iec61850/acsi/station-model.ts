/** What a server turned out to be made of: devices, nodes, objects, data sets and control blocks, with the types of all. */
import type { MmsType } from '../mms/type-specification.ts';
import { type FunctionalConstraint, isFunctionalConstraint } from './functional-constraint.ts';

export interface StationModel {
  devices: LogicalDevice[];
}

export interface LogicalDevice {
  name: string;
  nodes: LogicalNode[];
}

export interface LogicalNode {
  name: string;
  /** `LD/LN` */
  reference: string;
  objects: DataObject[];
  /** `LD/LN.name` of each. */
  dataSets: string[];
  reports: { reference: string; buffered: boolean }[];
  hasSettingGroups: boolean;
}

export interface DataObject {
  name: string;
  reference: string;
  /** Its part in each functional constraint. */
  parts: { fc: FunctionalConstraint; type: MmsType }[];
}

export interface Leaf {
  /** `LD/LN.DO.DA`; elements of arrays as `(index)`. */
  reference: string;
  fc: FunctionalConstraint;
  type: MmsType;
}

/** Constraints whose members are control blocks and no data. */
const blockConstraints = new Set<FunctionalConstraint>(['RP', 'BR', 'LG', 'GO', 'MS', 'US']);

export function logicalNodeOf(device: string, name: string, type: MmsType, dataSets: string[]): LogicalNode {
  const reference = `${device}/${name}`;
  const node: LogicalNode = { name, reference, objects: [], dataSets, reports: [], hasSettingGroups: false };
  const objects = new Map<string, DataObject>();
  for (const { name: fc, type: part } of type.kind === 'structure' ? type.components : []) {
    if (!isFunctionalConstraint(fc) || part.kind !== 'structure') continue;
    for (const component of part.components) {
      if (fc === 'RP' || fc === 'BR') {
        node.reports.push({ reference: `${reference}.${component.name}`, buffered: fc === 'BR' });
      }
      if (component.name === 'SGCB' && fc === 'SP') node.hasSettingGroups = true;
      if (blockConstraints.has(fc) || component.name === 'SGCB') continue;
      const object = objects.get(component.name) ?? {
        name: component.name,
        reference: `${reference}.${component.name}`,
        parts: [],
      };
      object.parts.push({ fc, type: component.type });
      objects.set(component.name, object);
    }
  }
  node.objects.push(...objects.values());
  return node;
}

/** Every single value of a model, for lists to choose points from. */
export function* leavesOf(model: StationModel): Generator<Leaf> {
  for (const { nodes } of model.devices) {
    for (const { objects } of nodes) {
      for (const { reference, parts } of objects) for (const { fc, type } of parts) yield* below(reference, fc, type);
    }
  }
}

function* below(reference: string, fc: FunctionalConstraint, type: MmsType): Generator<Leaf> {
  if (type.kind === 'structure') {
    for (const component of type.components) yield* below(`${reference}.${component.name}`, fc, component.type);
  } else if (type.kind === 'array') {
    for (let index = 0; index < type.count; index++) yield* below(`${reference}(${index})`, fc, type.element);
  } else yield { reference, fc, type };
}
