/** Physical names, for what people and AWS's own addressing need to find by name; everything else CloudFormation names. */
import type { StageConfig } from './config/stage-config.ts';

const product = 'mizan';

/** CloudWatch namespace of what functions count, each domain under the dimension `service`; see the kernel's logger. */
export const productNamespace = 'Mizan';

export const stackName = (stage: StageConfig, part: string): string => `${product}-${stage.name}-${part}`;

export const functionName = (stage: StageConfig, domain: string, name: string): string =>
  checkLength(`${product}-${stage.name}-${domain}-${name}`, 64, 'A function name');

export const queueName = (stage: StageConfig, domain: string, name: string): string =>
  checkLength(`${product}-${stage.name}-${domain}-${name}`, 80, 'A queue name');

export const busName = (stage: StageConfig): string => `${product}-${stage.name}`;

export const logGroupName = (ofFunction: string): string => `/aws/lambda/${ofFunction}`;

/** Rule names of IoT Core know letters, digits and `_` only; Basic Ingest topics contain them. */
export const topicRulePrefix = (stage: StageConfig): string => `${product}_${stage.name}_`;

export const topicRuleName = (stage: StageConfig, domain: string, name: string): string =>
  topicRulePrefix(stage) + `${domain}_${name}`.replaceAll('-', '_');

/** A construct id from a kebab-case name: `authorize-request` gives `AuthorizeRequest`. */
export const constructId = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join('');

function checkLength(name: string, limit: number, what: string): string {
  if (name.length > limit)
    throw new Error(`${what} may have ${limit} characters, "${name}" has ${name.length}: shorten it in the manifest.`);
  return name;
}
