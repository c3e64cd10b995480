/** What a server serves: a tree of variables for each logical device, built from the model, and its data sets. */
import { formatReference, parseReference, variableOf } from '../acsi/reference.ts';
import { nameText, type ObjectName } from '../mms/object-name.ts';
import type { Variable } from '../mms/variable-access.ts';
import type { DataObjectDefinition, LogicalNodeDefinition, ServerModel } from './model.ts';
import {
  addChild,
  findNode,
  nodeFrom,
  partOf,
  structureNode,
  structureWithin,
  type VariableNode,
} from './variable-tree.ts';

export interface DataSet {
  name: ObjectName;
  members: { variable: Variable; node: VariableNode }[];
  isDeletable: boolean;
  /** Report control blocks that hold it. */
  uses: number;
}

/** Attributes of these are the process's and never a client's (IEC 61850-7-2, table of constraints). */
const readOnlyConstraints = new Set(['ST', 'MX', 'EX', 'SG', 'OR']);

export class Directory {
  readonly #devices = new Map<string, VariableNode & { kind: 'structure' }>();
  readonly dataSets = new Map<string, DataSet>();

  constructor(model: ServerModel) {
    for (const device of model.devices) {
      const root = structureNode(device.name);
      this.#devices.set(device.name, root);
      for (const node of device.nodes) addLogicalNode(root, node);
    }
    for (const device of model.devices) {
      for (const node of device.nodes) {
        for (const { name, members } of node.dataSets ?? []) {
          const listName = { scope: 'domain', domain: device.name, item: `${node.name}$${name}` } as const;
          this.#define(
            listName,
            members.map((member) => variableOf(parseReference(`${device.name}/${member}`))),
          );
        }
      }
    }
  }

  get deviceNames(): string[] {
    return [...this.#devices.keys()];
  }

  device(name: string): (VariableNode & { kind: 'structure' }) | undefined {
    return this.#devices.get(name);
  }

  node(name: ObjectName): VariableNode | undefined {
    const root = name.scope === 'domain' ? this.#devices.get(name.domain) : undefined;
    return root && name.scope === 'domain' ? findNode(root, name.item) : undefined;
  }

  /** The node a reference means; for the program that feeds the server. @throws Error when there is none */
  at(reference: string): VariableNode {
    const parsed = parseReference(reference);
    const variable = variableOf(parsed);
    const node = this.node(variable.name);
    const part = node && variable.part ? partOf(node, variable.part) : node;
    if (!part) throw new Error(`The model has no ${formatReference(parsed)}.`);
    return part;
  }

  /** The members with their nodes; undefined when one of them is not there. */
  resolve(variables: Variable[]): DataSet['members'] | undefined {
    const members: DataSet['members'] = [];
    for (const variable of variables) {
      const node = this.node(variable.name);
      const part = node && variable.part ? partOf(node, variable.part) : node;
      if (!part) return undefined;
      members.push({ variable, node: part });
    }
    return members;
  }

  #define(name: ObjectName, variables: Variable[]): void {
    const members = this.resolve(variables);
    if (!members) throw new Error(`A member of ${nameText(name)} is not in the model.`);
    this.dataSets.set(nameText(name), { name, members, isDeletable: false, uses: 0 });
  }
}

function addLogicalNode(device: VariableNode & { kind: 'structure' }, definition: LogicalNodeDefinition): void {
  const node = addChild(device, structureNode(definition.name));
  for (const object of definition.objects) addDataObject(node, object);
}

function addDataObject(node: VariableNode & { kind: 'structure' }, object: DataObjectDefinition): void {
  for (const { name, fc, content, trigger } of object.attributes) {
    const constraint = structureWithin(node, fc);
    if (readOnlyConstraints.has(fc)) constraint.isReadOnly = true;
    const attribute = nodeFrom(name, content);
    if (trigger) attribute.trigger = trigger;
    addChild(structureWithin(constraint, object.name), attribute);
  }
}
