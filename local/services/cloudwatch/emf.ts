/**
 * Reads metrics out of log lines in the embedded metric format, as functions write them.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
import type { MetricId } from './metrics.ts';

export interface EmbeddedMetric extends MetricId {
  values: number[];
  timestampMs: number;
}

/** The metrics of a line; none when it is not in the format. Parts that break the specification are left out, as CloudWatch does. */
export function embeddedMetrics(line: string): EmbeddedMetric[] {
  if (!line.includes('"_aws"')) return [];
  const root = parse(line);
  const directives = (root?.['_aws'] as { CloudWatchMetrics?: unknown; Timestamp?: unknown } | undefined) ?? {};
  const { CloudWatchMetrics, Timestamp } = directives;
  if (root === undefined || !Array.isArray(CloudWatchMetrics) || typeof Timestamp !== 'number') return [];
  return CloudWatchMetrics.flatMap((directive) => readDirective(root, directive as Directive, Timestamp));
}

interface Directive {
  Namespace?: string;
  Dimensions?: string[][];
  Metrics?: { Name: string }[];
}

/** One metric for each set of dimensions and each name. */
function readDirective(root: Record<string, unknown>, directive: Directive, timestampMs: number): EmbeddedMetric[] {
  const { Namespace: namespace, Dimensions = [[]], Metrics = [] } = directive;
  if (namespace === undefined) return [];
  return Dimensions.flatMap((names) => {
    const dimensions = Object.fromEntries(names.map((name) => [name, root[name]]));
    if (!Object.values(dimensions).every((value) => typeof value === 'string')) return [];
    return Metrics.flatMap(({ Name: name }) => {
      const values = [root[name]].flat();
      if (!values.every((value) => typeof value === 'number')) return [];
      return [
        { namespace, name, dimensions: dimensions as Record<string, string>, values: values as number[], timestampMs },
      ];
    });
  });
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line.slice(line.indexOf('{'))) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
