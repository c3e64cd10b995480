/**
 * Topic names and filters under the limits of AWS IoT Core.
 * @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html#limits_iot
 */
const MAX_TOPIC_BYTES = 256;
const MAX_TOPIC_SLASHES = 7;
export const MAX_PAYLOAD_BYTES = 128 * 1024;

const BASIC_INGEST = /^\$aws\/rules\/([^/]+)\/(.+)$/s;

/** A Basic Ingest topic taken apart: the rule it names, and the topic that rule sees. */
export function basicIngest(topic: string): { ruleName: string; topic: string } | undefined {
  if (!topic.startsWith('$aws/rules/')) return undefined;
  const match = BASIC_INGEST.exec(topic);
  return match === null ? undefined : { ruleName: match[1]!, topic: match[2]! };
}

/** Why a topic name or filter breaks a limit, or undefined. The Basic Ingest prefix does not count. */
export function topicLimitProblem(topicOrFilter: string): string | undefined {
  const counted = basicIngest(topicOrFilter)?.topic ?? topicOrFilter;
  if (Buffer.byteLength(counted) > MAX_TOPIC_BYTES) return `The topic is longer than ${MAX_TOPIC_BYTES} bytes`;
  let slashes = 0;
  for (let at = counted.indexOf('/'); at >= 0; at = counted.indexOf('/', at + 1)) slashes += 1;
  return slashes > MAX_TOPIC_SLASHES ? `The topic has more than ${MAX_TOPIC_SLASHES} slashes` : undefined;
}

/** A test for topics that match an MQTT filter. A wildcard in the first level matches no topic that begins with `$` [MQTT-4.7.2-1]. */
export function topicMatcher(filter: string): (topic: string) => boolean {
  const levels = filter.split('/');
  const many = levels.at(-1) === '#';
  const fixed = many ? levels.slice(0, -1) : levels;
  const wildStart = levels[0] === '#' || levels[0] === '+';
  return (topic) => {
    if (wildStart && topic.startsWith('$')) return false;
    const parts = topic.split('/');
    if (many ? parts.length < fixed.length : parts.length !== fixed.length) return false;
    return fixed.every((level, index) => level === '+' || level === parts[index]);
  };
}
