/** One schema-parsed, frozen configuration per process. Nothing else in the product reads `process.env`. */
import type * as z from 'zod/mini';

/**
 * Parses the environment with a schema of its variables.
 * @throws Error naming every variable that is missing or wrong, so that a function fails at its first line and not in the middle.
 */
export function defineConfig<S extends z.ZodMiniObject>(
  schema: S,
  env: Record<string, string | undefined> = process.env,
): Readonly<z.infer<S>> {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new Error(`The environment is not complete: ${wrong}`);
  }
  return Object.freeze(parsed.data);
}
