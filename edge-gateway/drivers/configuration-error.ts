/**
 * How drivers refuse settings: all faults found, each with the field that holds it, so that a configuration is mended in
 * one go and not by trial.
 */
import * as z from 'zod/mini';
import english from 'zod/v4/locales/en.js';
import { ConfigurationError, type ConfigurationProblem } from '../../layers/station/configuration-error.ts';

export { ConfigurationError };

/** Without it `zod/mini` says "Invalid input" of everything. */
const standardMessages = english().localeError;

/** `issues` beside `problems`: whoever checks a document tells a driver's faults from the station's by it. */
class DriverConfigurationError extends ConfigurationError {
  get issues(): readonly ConfigurationProblem[] {
    return this.problems;
  }
}

/** Collects faults while a driver reads its input; `finish` throws them all. */
export class IssueCollector {
  readonly problems: ConfigurationProblem[] = [];

  /** @param path such as `connection.port` or `points[voltage_l1].address.table` */
  add(path: string, message: string): void {
    this.problems.push({ path, message });
  }

  /** The parsed value, or undefined with the faults noted. */
  parse<S extends z.core.$ZodType>(schema: S, value: unknown, path: string): z.core.output<S> | undefined {
    const result = z.core.safeParse(schema, value, { error: standardMessages });
    if (result.success) return result.data;
    for (const issue of result.error.issues) this.add([path, ...issue.path.map(String)].join('.'), issue.message);
    return undefined;
  }

  /** @throws ConfigurationError when anything was noted */
  finish(): void {
    if (this.problems.length > 0) throw new DriverConfigurationError(this.problems);
  }
}
