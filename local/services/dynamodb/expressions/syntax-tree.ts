/** The shapes that dynalite's expression parsers return, with values replaced by references to `:name`. */

/** A document path; the first element is the attribute's name, numbers are list indexes. */
export type DocumentPath = [string, ...(string | number)[]];

/** Stands in for an expression attribute value, so that one parse serves every request with the same text. */
export interface ValueReference {
  ref: string;
}

export interface FunctionCall {
  type: 'function';
  name: string;
  args: Operand[];
}

export type Operand = DocumentPath | ValueReference | FunctionCall | Arithmetic;

export interface Arithmetic {
  type: 'add' | 'subtract';
  args: [Operand, Operand];
}

export type ConditionNode =
  | { type: 'and' | 'or'; args: [ConditionNode, ConditionNode] }
  | { type: 'not'; args: [ConditionNode] }
  | { type: '=' | '<>' | '<' | '<=' | '>' | '>='; args: [Operand, Operand] }
  | { type: 'between'; args: [Operand, Operand, Operand] }
  | { type: 'in'; args: [Operand, ...Operand[]] }
  | FunctionCall;

export interface ParsedCondition {
  expression: ConditionNode;
  /** First elements of paths that go deeper than an attribute. */
  nestedPaths: Record<string, true>;
  /** First elements of all paths. */
  pathHeads: Record<string, true>;
}

export interface UpdateClause {
  type: 'set' | 'remove' | 'add' | 'delete';
  path: DocumentPath;
  val?: Operand;
}

export interface ParsedUpdate {
  sections: UpdateClause[];
  paths: DocumentPath[];
  nestedPaths: Record<string, true>;
}

export interface ParsedProjection {
  paths: DocumentPath[];
  nestedPaths: Record<string, true>;
}

export interface ParsedByKind {
  ConditionExpression: ParsedCondition;
  FilterExpression: ParsedCondition;
  KeyConditionExpression: ParsedCondition;
  ProjectionExpression: ParsedProjection;
  UpdateExpression: ParsedUpdate;
}

export type ExpressionKind = keyof ParsedByKind;

export function isPath(operand: Operand): operand is DocumentPath {
  return Array.isArray(operand);
}

export function isReference(operand: Operand): operand is ValueReference {
  return 'ref' in operand;
}
