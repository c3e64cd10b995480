/** The variables of a server as a tree of nodes: found by name, read whole or in part, written with the checks of types. */

import type { AccessResult, DataAccessError } from '../mms/access-result.ts';
import { accessFailure } from '../mms/access-result.ts';
import type { AlternateAccess } from '../mms/alternate-access.ts';
import type { MmsType } from '../mms/type-specification.ts';
import type { MmsValue } from '../mms/value.ts';
import type { AttributeContent } from './model.ts';

/** Who asks: hooks tell associations apart by it. */
export type Requester = object;

interface NodeBase {
  name: string;
  parent: VariableNode | undefined;
  /** Stands in for a plain write; undefined when it was taken. */
  write?: (value: MmsValue, requester: Requester) => DataAccessError | undefined | Promise<DataAccessError | undefined>;
  /** Called before a read, for what comes about by being read. */
  read?: (requester: Requester) => MmsValue;
  /** No write reaches it. */
  isReadOnly?: boolean;
  trigger?: 'dchg' | 'qchg' | 'dupd';
}

export type VariableNode =
  | (NodeBase & { kind: 'structure'; children: Map<string, VariableNode> })
  | (NodeBase & { kind: 'array'; elements: VariableNode[] })
  | (NodeBase & { kind: 'leaf'; type: MmsType; value: MmsValue });

export const structureNode = (name: string, parent?: VariableNode): VariableNode & { kind: 'structure' } => ({
  kind: 'structure',
  name,
  parent,
  children: new Map(),
});

export const leafNode = (name: string, type: MmsType, value: MmsValue): VariableNode & { kind: 'leaf' } => ({
  kind: 'leaf',
  name,
  parent: undefined,
  type,
  value,
});

export function addChild<Node extends VariableNode>(parent: VariableNode & { kind: 'structure' }, child: Node): Node {
  child.parent = parent;
  parent.children.set(child.name, child);
  return child;
}

/** The child of that name, made when missing. */
export function structureWithin(parent: VariableNode & { kind: 'structure' }, name: string) {
  const existing = parent.children.get(name);
  if (existing?.kind === 'structure') return existing;
  return addChild(parent, structureNode(name));
}

export function nodeFrom(name: string, content: AttributeContent): VariableNode {
  if (content.kind === 'value') return leafNode(name, content.type, content.initial);
  if (content.kind === 'array') {
    const array: VariableNode = { kind: 'array', name, parent: undefined, elements: [] };
    for (let index = 0; index < content.count; index++) {
      const element = nodeFrom(String(index), content.element);
      element.parent = array;
      array.elements.push(element);
    }
    return array;
  }
  const structure = structureNode(name);
  for (const component of content.components) addChild(structure, nodeFrom(component.name, component.content));
  return structure;
}

/** The node of `LN$FC$DO…` below a root. */
export function findNode(root: VariableNode, item: string): VariableNode | undefined {
  let node: VariableNode | undefined = root;
  for (const step of item.split('$')) {
    if (node?.kind !== 'structure') return undefined;
    node = node.children.get(step);
  }
  return node;
}

/** Names of a node and everything below, as getNameList tells them. */
export function* namesBelow(node: VariableNode, prefix: string): Generator<string> {
  yield prefix;
  if (node.kind !== 'structure') return;
  for (const child of node.children.values()) yield* namesBelow(child, `${prefix}$${child.name}`);
}

export function typeOf(node: VariableNode): MmsType {
  switch (node.kind) {
    case 'leaf':
      return node.type;
    case 'array':
      return { kind: 'array', count: node.elements.length, element: typeOf(node.elements[0]!) };
    case 'structure':
      return {
        kind: 'structure',
        components: [...node.children.values()].map((child) => ({ name: child.name, type: typeOf(child) })),
      };
    default:
      return node satisfies never;
  }
}

export function readNode(node: VariableNode, requester: Requester): MmsValue {
  if (node.read) return node.read(requester);
  switch (node.kind) {
    case 'leaf':
      return node.value;
    case 'array':
      return { type: 'array', items: node.elements.map((element) => readNode(element, requester)) };
    case 'structure':
      return { type: 'structure', items: [...node.children.values()].map((child) => readNode(child, requester)) };
    default:
      return node satisfies never;
  }
}

/** The node that a path within a node means; a range has none of its own. */
export function partOf(node: VariableNode, path: AlternateAccess): VariableNode | undefined {
  let part: VariableNode | undefined = node;
  for (const step of path) {
    if (step.kind === 'component' && part?.kind === 'structure') part = part.children.get(step.name);
    else if (step.kind === 'index' && part?.kind === 'array') part = part.elements[step.index];
    else if (step.kind !== 'all') return undefined;
  }
  return part;
}

export function readPart(node: VariableNode, path: AlternateAccess, requester: Requester): AccessResult {
  const last = path.at(-1);
  if (last?.kind !== 'range') {
    const part = partOf(node, path);
    return part ? readNode(part, requester) : accessFailure('object-attribute-inconsistent');
  }
  const array = partOf(node, path.slice(0, -1));
  if (array?.kind !== 'array' || last.low + last.count > array.elements.length) {
    return accessFailure('object-attribute-inconsistent');
  }
  const elements = array.elements.slice(last.low, last.low + last.count);
  return { type: 'array', items: elements.map((element) => readNode(element, requester)) };
}

/** Writes with the hooks of the nodes; a structure is written whole or, when a type does not fit, not at all. */
export async function writeNode(
  node: VariableNode,
  value: MmsValue,
  requester: Requester,
): Promise<DataAccessError | undefined> {
  if (!fits(node, value)) return 'type-inconsistent';
  if (isDenied(node)) return 'object-access-denied';
  if (node.write) return node.write(value, requester);
  if (node.kind === 'leaf') {
    node.value = value;
    return undefined;
  }
  const children = node.kind === 'array' ? node.elements : [...node.children.values()];
  const items = (value as { items: MmsValue[] }).items;
  for (const [at, child] of children.entries()) {
    const error = await writeNode(child, items[at]!, requester);
    if (error) return error;
  }
  return undefined;
}

function isDenied(node: VariableNode): boolean {
  for (let at: VariableNode | undefined = node; at; at = at.parent) if (at.isReadOnly) return true;
  return false;
}

/** Whether a value has the type of the node, sizes aside where they are maxima. */
export function fits(node: VariableNode, value: MmsValue): boolean {
  if (node.kind !== 'leaf') {
    const children = node.kind === 'array' ? node.elements : [...node.children.values()];
    return (
      value.type === node.kind &&
      value.items.length === children.length &&
      children.every((child, at) => fits(child, value.items[at]!))
    );
  }
  if (value.type !== node.type.kind) return false;
  const { type } = node;
  if (type.kind === 'bit-string' && value.type === 'bit-string') {
    return type.size >= 0 ? value.value.size === type.size : value.value.size <= -type.size;
  }
  if ((type.kind === 'visible-string' || type.kind === 'octet-string') && 'value' in value) {
    const { length } = value.value as { length: number };
    return type.size >= 0 ? length === type.size : length <= -type.size;
  }
  if ((type.kind === 'integer' || type.kind === 'unsigned') && 'value' in value) {
    const bits = BigInt(type.kind === 'integer' ? type.size - 1 : type.size);
    const number = BigInt(value.value as number | bigint);
    return number < 1n << bits && number >= (type.kind === 'integer' ? -(1n << bits) : 0n);
  }
  return true;
}
