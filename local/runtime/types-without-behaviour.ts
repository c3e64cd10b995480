/**
 * Resource types that a template may declare although nothing on one machine plays their part.
 * Each needs a reason; a type is never put here because playing it would be work.
 */
export const typesWithoutRuntimeBehaviour: ReadonlySet<string> = new Set([
  // A record of the constructs used, for AWS's own statistics.
  'AWS::CDK::Metadata',
]);
