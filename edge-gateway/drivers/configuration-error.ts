/**
 * What a driver throws when its settings are wrong: one error for all the faults found, each with the field that holds it,
 * so that a configuration is mended in one go and not by trial.
 */
import * as z from 'zod/mini';

export interface ConfigurationIssue {
  /** Where in the driver's input: `connection.port`, `points.voltage_l1.address.table`. */
  path: string;
  message: string;
}

/** Recognised by `name`: bundles may hold the class twice. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly issues: readonly ConfigurationIssue[];

  constructor(issues: readonly ConfigurationIssue[]) {
    const shown = issues.slice(0, 5).map(({ path, message }) => `${path}: ${message}`);
    const more = issues.length > shown.length ? `; and ${issues.length - shown.length} more` : '';
    super(`${shown.join('; ')}${more}`);
    this.issues = issues;
  }
}

/** Collects faults while a driver reads its input; `finish` throws them all. */
export class IssueCollector {
  readonly issues: ConfigurationIssue[] = [];

  add(path: string, message: string): void {
    this.issues.push({ path, message });
  }

  /** The parsed value, or undefined with the faults noted. */
  parse<S extends z.core.$ZodType>(schema: S, value: unknown, path: string): z.core.output<S> | undefined {
    const result = z.core.safeParse(schema, value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      const field = [path, ...issue.path.map(String)].join('.');
      const keys = 'keys' in issue && Array.isArray(issue.keys) ? ` (${issue.keys.join(', ')})` : '';
      this.add(field, `${issue.message}${keys}`);
    }
    return undefined;
  }

  finish(): void {
    if (this.issues.length > 0) throw new ConfigurationError(this.issues);
  }
}
