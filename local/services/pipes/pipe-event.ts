/**
 * Events inside a pipe: the paths and templates that may be used on them. Paths see a JSON message body as
 * JSON, what is passed on without a path stays as it was.
 * @see EventBridge User Guide, "Amazon EventBridge Pipes input transformation", "Implicit body data parsing"
 */
import { parseStructured } from '../event-sources/record-filter.ts';
import { compilePath } from '../eventbridge/json-path.ts';
import { compileTemplate } from '../eventbridge/template.ts';

export interface PipeIdentity {
  name: string;
  arn: string;
  sourceArn: string;
  enrichmentArn: string | undefined;
  targetArn: string;
}

export interface PipeScope {
  event: unknown;
  /** ISO 8601. */
  ingestedAt: string;
}

const INGESTION_TIME = 'aws.pipes.event.ingestion-time';

/** A path over an event: of a queue's messages the body is parsed, of stream records nothing is, because their strings carry DynamoDB's types. */
function compilePipePath(path: string): (event: unknown) => unknown {
  const select = compilePath(path);
  if (!/^\$(\.body\b|\['body'\])/.test(path)) return select;
  return (event) => {
    const body = parseStructured((event as { body?: unknown } | null)?.body);
    return select(body === undefined ? event : { ...(event as object), body });
  };
}

/** @returns a function from an event to the text the enrichment or target receives; without template the event as JSON */
export function compilePipeTemplate(template: string | undefined, pipe: PipeIdentity): (scope: PipeScope) => string {
  if (template === undefined) return ({ event }) => JSON.stringify(event);
  const reserved: Record<string, (scope: PipeScope) => unknown> = {
    'aws.pipes.pipe-arn': () => pipe.arn,
    'aws.pipes.pipe-name': () => pipe.name,
    'aws.pipes.source-arn': () => pipe.sourceArn,
    'aws.pipes.enrichment-arn': () => pipe.enrichmentArn,
    'aws.pipes.target-arn': () => pipe.targetArn,
    [INGESTION_TIME]: ({ ingestedAt }) => ingestedAt,
    'aws.pipes.event': ({ event }) => event,
    'aws.pipes.event.json': ({ event }) => event,
  };
  return compileTemplate<PipeScope>(template, (name) => {
    if (name in reserved) return reserved[name];
    if (name.startsWith('aws.pipes.')) throw new SyntaxError(`the input template uses the unknown variable <${name}>.`);
    if (!name.startsWith('$')) return undefined;
    const select = compilePipePath(name);
    return ({ event }) => select(event);
  });
}

/** A target parameter: text, or the value at a `$.path` of the event. @see "Dynamic path parameters" */
export function compileParameter(value: string | undefined): (event: unknown) => string | undefined {
  if (value === undefined || !value.startsWith('$.')) return () => value;
  const select = compilePipePath(value);
  return (event) => {
    const found = select(event);
    return found === undefined || found === null || typeof found === 'string'
      ? (found ?? undefined)
      : JSON.stringify(found);
  };
}
