/** What SELECT makes of a message or of an element: the WHERE test and the outgoing value. */
import type { Selection } from './ast.ts';
import { type Compiled, compileExpression } from './compiler.ts';
import type { RuleMessage } from './message.ts';
import { isObject, memberOf, type SqlValue } from './values.ts';

export interface CompiledSelection {
  matches(message: RuleMessage, scope: () => SqlValue): boolean;
  project(message: RuleMessage, scope: () => SqlValue): SqlValue;
}

/**
 * @param alias name given to the element by `FROM x AS name`; the element's members can then be
 *   written with and without it, and the name alone means the element
 */
export function compileSelection(selection: Selection, alias?: string): CompiledSelection {
  const where = selection.where && compileExpression(selection.where);
  const project = selection.value ? compileValue(selection) : compileObject(selection);
  const within = alias === undefined ? (scope: () => SqlValue) => scope : aliasScope(alias);
  return {
    matches: (message, scope) => where === undefined || where(message, within(scope)) === true,
    project: (message, scope) => project(message, within(scope)),
  };
}

function compileValue({ items }: Selection): Compiled {
  const only = items[0]!.expression;
  return only === '*' ? (_message, scope) => scope() : compileExpression(only);
}

function compileObject({ items }: Selection): Compiled {
  const columns = items.map(({ expression, output }) => ({
    output,
    value: expression === '*' ? undefined : compileExpression(expression),
  }));
  if (columns.length === 1 && columns[0]!.value === undefined) return (_message, scope) => scope();
  return (message, scope) => {
    const result: { [key: string]: SqlValue } = {};
    for (const { output, value } of columns) {
      if (value === undefined) Object.assign(result, scope());
      else if (output.length === 1) result[output[0]!] = value(message, scope);
      else setPath(result, output, value(message, scope));
    }
    return result;
  };
}

function setPath(target: { [key: string]: SqlValue }, path: string[], value: SqlValue): void {
  let inner = target;
  for (const key of path.slice(0, -1)) {
    const next = memberOf(inner, key);
    const step = isObject(next) ? next : {};
    inner[key] = step;
    inner = step;
  }
  inner[path.at(-1)!] = value;
}

function aliasScope(alias: string) {
  return (scope: () => SqlValue) => () => {
    const element = scope();
    return isObject(element) ? { ...element, [alias]: element } : { [alias]: element };
  };
}
