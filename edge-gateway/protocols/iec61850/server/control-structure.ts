/** The variables of Oper, SBOw and Cancel (IEC 61850-8-1, 20), so that clients discover what a control carries. */
import { bitsOf } from '../asn1/bit-string.ts';
import { basicTypes, zero } from './common-data-classes.ts';
import type { ControlDefinition } from './model.ts';
import { addChild, leafNode, structureNode, type VariableNode } from './variable-tree.ts';

export function controlStructure(
  name: string,
  { value, hasOperateTime }: ControlDefinition,
  hasCheck: boolean,
): VariableNode & { kind: 'structure' } {
  const structure = structureNode(name);
  addChild(structure, leafNode('ctlVal', value.type, value.initial));
  if (hasOperateTime) addChild(structure, leafNode('operTm', basicTypes.timestamp, zero.timestamp));
  const origin = addChild(structure, structureNode('origin'));
  addChild(origin, leafNode('orCat', basicTypes.int8, zero.integer));
  addChild(origin, leafNode('orIdent', basicTypes.octets64, { type: 'octet-string', value: Buffer.alloc(0) }));
  addChild(structure, leafNode('ctlNum', basicTypes.uint8, zero.unsigned));
  addChild(structure, leafNode('T', basicTypes.timestamp, zero.timestamp));
  addChild(structure, leafNode('Test', basicTypes.boolean, zero.boolean));
  if (hasCheck) addChild(structure, leafNode('Check', basicTypes.check, { type: 'bit-string', value: bitsOf(2) }));
  return structure;
}
