/** Builds DynamoDB expressions for the data layer; names and values are always placeholders. */

export interface ExpressionParts {
  names: Record<string, string>;
  values: Record<string, unknown>;
}

/** `SET`s the defined changes and `REMOVE`s those that are `null` or `undefined`. */
export function updateExpression(changes: Record<string, unknown>): ExpressionParts & { expression: string } {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const sets: string[] = [];
  const removes: string[] = [];
  Object.entries(changes).forEach(([name, value], i) => {
    names[`#u${i}`] = name;
    if (value === undefined || value === null) {
      removes.push(`#u${i}`);
    } else {
      values[`:u${i}`] = value;
      sets.push(`#u${i} = :u${i}`);
    }
  });
  const expression = [
    sets.length > 0 ? `SET ${sets.join(', ')}` : '',
    removes.length > 0 ? `REMOVE ${removes.join(', ')}` : '',
  ]
    .filter(Boolean)
    .join(' ');
  return { expression, names, values };
}

/** `ADD`s to numbers, and `SET`s the attributes that are not there yet. */
export function addExpression(
  numbers: Record<string, bigint>,
  fixed: Record<string, unknown>,
): ExpressionParts & { expression: string } {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const adds = Object.entries(numbers).map(([name, value], i) => {
    names[`#a${i}`] = name;
    values[`:a${i}`] = value;
    return `#a${i} :a${i}`;
  });
  const sets = Object.entries(fixed).map(([name, value], i) => {
    names[`#s${i}`] = name;
    values[`:s${i}`] = value;
    return `#s${i} = if_not_exists(#s${i}, :s${i})`;
  });
  return { expression: `SET ${sets.join(', ')} ADD ${adds.join(', ')}`, names, values };
}

/** Comparison a list can filter with; everything is combined with AND. */
export interface FilterTerm {
  attribute: string;
  operator: '=' | '<>' | '<' | '<=' | '>' | '>=' | 'begins_with' | 'contains' | 'in';
  value: unknown;
}

/** Terms for those filters of a list that were given: each attribute is what was asked for. */
export const equals = (asked: Readonly<Record<string, unknown>>): FilterTerm[] =>
  Object.entries(asked).flatMap(([attribute, value]) =>
    value === undefined ? [] : [{ attribute, operator: '=', value }],
  );

/** Terms of which one must hold. */
export interface AnyOf {
  anyOf: readonly FilterTerm[];
}

export function filterExpression(
  terms: readonly (FilterTerm | AnyOf)[],
): (ExpressionParts & { expression: string }) | undefined {
  if (terms.length === 0) return undefined;
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  let count = 0;
  const clause = (term: FilterTerm): string => {
    const i = count++;
    names[`#f${i}`] = term.attribute;
    if (term.operator === 'in') {
      const options = (term.value as unknown[]).map((option, j) => {
        values[`:f${i}_${j}`] = option;
        return `:f${i}_${j}`;
      });
      return `#f${i} IN (${options.join(', ')})`;
    }
    values[`:f${i}`] = term.value;
    return term.operator === 'begins_with' || term.operator === 'contains'
      ? `${term.operator}(#f${i}, :f${i})`
      : `#f${i} ${term.operator} :f${i}`;
  };
  const clauses = terms.map((term) => ('anyOf' in term ? `(${term.anyOf.map(clause).join(' OR ')})` : clause(term)));
  return { expression: clauses.join(' AND '), names, values };
}
