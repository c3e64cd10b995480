/** How a function of the SQL language is declared: its arity and what it compiles to. */
import type { Expression } from '../ast.ts';
import type { Compiled } from '../compiler.ts';
import type { RuleMessage } from '../message.ts';
import type { SqlValue } from '../values.ts';

export interface FunctionDefinition {
  min: number;
  max: number;
  /** Gets the raw argument expressions, so that a function can treat a literal or `*` specially. */
  compile(list: Expression[], compileArgument: (expression: Expression) => Compiled): Compiled;
}

/** A function of its argument values alone. */
export function pure(min: number, max: number, apply: (...values: SqlValue[]) => SqlValue): FunctionDefinition {
  return {
    min,
    max,
    compile(list, compileArgument) {
      const compiled = list.map(compileArgument);
      return (message, scope) => apply(...compiled.map((argument) => argument(message, scope)));
    },
  };
}

/** A function of the message, without arguments. */
export function ofMessage(read: (message: RuleMessage) => SqlValue): FunctionDefinition {
  return { min: 0, max: 0, compile: () => read };
}
