/** References between declared resources: one that leads nowhere is a mistake in the template, not an error of an API call. */
import { AwsError, ConfigurationError } from '../../runtime/types.ts';

/** What `find` finds; its `AwsError` becomes a `ConfigurationError` that names the owner of the reference. */
export function requireDeclared<T>(owner: string, find: () => T): T {
  try {
    return find();
  } catch (cause) {
    if (cause instanceof AwsError) throw new ConfigurationError(`${owner}: ${cause.message}`, { cause });
    throw cause;
  }
}
