/** Setting groups of a device (IEC 61850-7-2, 16): one is active, one at most is edited, and an edit counts when confirmed. */
import type { Clock } from '../clock.ts';
import type { DataAccessError } from '../mms/access-result.ts';
import { utcTimeOf } from '../mms/utc-time.ts';
import type { MmsValue } from '../mms/value.ts';
import { basicTypes, zero } from './common-data-classes.ts';
import type { ServerSession } from './session.ts';
import { addChild, leafNode, structureNode, structureWithin, type VariableNode } from './variable-tree.ts';

type Leaf = VariableNode & { kind: 'leaf' };

const number = (value: number): MmsValue => ({ type: 'unsigned', value });

export class SettingGroups {
  readonly #count: number;
  readonly #clock: Clock;
  readonly #block = structureNode('SGCB');
  /** Active leaf, edited leaf and the value in each group. */
  readonly #settings: { active: Leaf; edited: Leaf; values: MmsValue[] }[] = [];
  #active: number;
  #editor: { session: ServerSession; group: number } | undefined;

  constructor(device: VariableNode & { kind: 'structure' }, groups: { count: number; active: number }, clock: Clock) {
    this.#count = groups.count;
    this.#active = groups.active;
    this.#clock = clock;
    this.#field('NumOfSG', number(groups.count)).isReadOnly = true;
    this.#field('ActSG', number(groups.active)).write = (value) => this.#activate(value);
    this.#field('EditSG', number(0)).write = (value, session) => this.#edit(value, session as ServerSession);
    this.#field('CnfEdit', zero.boolean).write = (value, session) => this.#confirm(value, session as ServerSession);
    this.#field('LActTm', zero.timestamp).isReadOnly = true;
    const node = device.children.get('LLN0') as VariableNode & { kind: 'structure' };
    addChild(structureWithin(node, 'SP'), this.#block);
    for (const logicalNode of device.children.values()) this.#collect(logicalNode);
  }

  released(session: ServerSession): void {
    if (this.#editor?.session === session) this.#endEdit();
  }

  #field(name: string, value: MmsValue): Leaf {
    const type = { boolean: basicTypes.boolean, 'utc-time': basicTypes.timestamp, unsigned: basicTypes.uint8 };
    return addChild(this.#block, leafNode(name, type[value.type as keyof typeof type], value));
  }

  #collect(logicalNode: VariableNode): void {
    if (logicalNode.kind !== 'structure') return;
    const active = leavesOf(logicalNode.children.get('SG'));
    const edited = leavesOf(logicalNode.children.get('SE'));
    for (const [path, leaf] of active) {
      const editedLeaf = edited.get(path);
      if (!editedLeaf) continue;
      editedLeaf.write = (value, session) => {
        if (this.#editor?.session !== session) return 'object-access-denied';
        editedLeaf.value = value;
        return undefined;
      };
      this.#settings.push({
        active: leaf,
        edited: editedLeaf,
        values: Array.from({ length: this.#count }, () => leaf.value),
      });
    }
  }

  #activate(value: MmsValue): DataAccessError | undefined {
    const group = (value as { value: number }).value;
    if (group < 1 || group > this.#count) return 'object-value-invalid';
    this.#active = group;
    this.#set('ActSG', number(group));
    this.#set('LActTm', { type: 'utc-time', value: utcTimeOf(this.#clock.now()) });
    for (const { active, values } of this.#settings) active.value = values[group - 1]!;
    return undefined;
  }

  #edit(value: MmsValue, session: ServerSession): DataAccessError | undefined {
    const group = (value as { value: number }).value;
    if (this.#editor && this.#editor.session !== session) return 'temporarily-unavailable';
    if (group > this.#count) return 'object-value-invalid';
    if (group === 0) {
      this.#endEdit();
      return undefined;
    }
    this.#editor = { session, group };
    this.#set('EditSG', number(group));
    for (const { edited, values } of this.#settings) edited.value = values[group - 1]!;
    return undefined;
  }

  #confirm(value: MmsValue, session: ServerSession): DataAccessError | undefined {
    if (this.#editor?.session !== session) return 'object-access-denied';
    if (!(value as { value: boolean }).value) return undefined;
    const { group } = this.#editor;
    for (const setting of this.#settings) {
      setting.values[group - 1] = setting.edited.value;
      if (group === this.#active) setting.active.value = setting.edited.value;
    }
    this.#endEdit();
    return undefined;
  }

  #endEdit(): void {
    this.#editor = undefined;
    this.#set('EditSG', number(0));
  }

  #set(name: string, value: MmsValue): void {
    (this.#block.children.get(name) as Leaf).value = value;
  }
}

function leavesOf(node: VariableNode | undefined, prefix = ''): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  if (node?.kind === 'leaf') leaves.set(prefix, node);
  if (node?.kind !== 'structure') return leaves;
  for (const child of node.children.values()) {
    for (const [path, leaf] of leavesOf(child, `${prefix}$${child.name}`)) leaves.set(path, leaf);
  }
  return leaves;
}
