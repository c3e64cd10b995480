/** Why a configuration is refused: every problem with the path of its field, so that a person can mend it at once. */

export interface ConfigurationProblem {
  /** Like `points[3].address`, or `points[BUS1.V].deviceId` where an id says more than a place. */
  path: string;
  message: string;
}

/** Problems shown at most; whoever has more mends these first. */
export const maxProblems = 50;

const brand = Symbol.for('mizan.station.ConfigurationError');

export class ConfigurationError extends Error {
  readonly problems: readonly ConfigurationProblem[];
  readonly [brand] = true;

  constructor(problems: readonly ConfigurationProblem[]) {
    const [first] = problems;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    super(first ? `${first.path}: ${first.message}${more}` : 'The configuration is not valid.');
    this.name = 'ConfigurationError';
    this.problems = problems.slice(0, maxProblems);
  }

  static is(error: unknown): error is ConfigurationError {
    return typeof error === 'object' && error !== null && brand in error;
  }
}
