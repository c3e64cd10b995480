/**
 * MQTT topics between a station's gateway and the platform. A gateway may publish below `gateway/` and listen below
 * `platform/` of its own station, never the other way: no credential of a device can forge a command.
 */

/** What a gateway publishes. `events` are values with their sequence kept; they travel before plain values. */
const upKinds = ['values', 'events', 'alarms', 'status', 'health', 'results', 'config'] as const;
export type UpKind = (typeof upKinds)[number];

/** What the platform publishes. */
const downKinds = ['commands', 'config'] as const;
export type DownKind = (typeof downKinds)[number];

const stationPattern = '[A-Za-z0-9][A-Za-z0-9._-]{0,63}';

export const upTopic = (stationId: string, kind: UpKind): string => `mizan/${stationId}/gateway/${kind}`;
export const downTopic = (stationId: string, kind: DownKind): string => `mizan/${stationId}/platform/${kind}`;
/** Everything for a station's gateway: one subscription. */
export const downFilter = (stationId: string): string => `mizan/${stationId}/platform/#`;

/**
 * Basic Ingest: straight to a rule, without the price of the message.
 * @param rulePrefix such as `mizan_prod_scada_gateway`; the rule of values is `mizan_prod_scada_gateway_values`
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-basic-ingest.html
 */
export const basicIngestTopic = (rulePrefix: string, stationId: string, kind: UpKind): string =>
  `$aws/rules/${rulePrefix}_${kind}/${upTopic(stationId, kind)}`;

const upPattern = new RegExp(`^mizan/(${stationPattern})/gateway/(${upKinds.join('|')})$`);
const downPattern = new RegExp(`^mizan/(${stationPattern})/platform/(${downKinds.join('|')})$`);

/** @param topic as `topic()` of a rule gives it: without the prefix of Basic Ingest */
export function readUpTopic(topic: string): { stationId: string; kind: UpKind } | undefined {
  const match = upPattern.exec(topic);
  return match ? { stationId: match[1]!, kind: match[2] as UpKind } : undefined;
}

export function readDownTopic(topic: string): { stationId: string; kind: DownKind } | undefined {
  const match = downPattern.exec(topic);
  return match ? { stationId: match[1]!, kind: match[2] as DownKind } : undefined;
}
