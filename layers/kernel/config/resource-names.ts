/**
 * How infrastructure hands physical names to functions: one environment variable per granted thing, with a
 * name both sides derive from the manifest. `infra/` writes them, the kernel reads them here and nowhere else.
 */
const upper = (name: string): string => name.replace(/[^a-zA-Z0-9]+/g, '_').toUpperCase();

export const environmentName = {
  table: (name: string): string => `TABLE_${upper(name)}`,
  queueUrl: (name: string): string => `QUEUE_${upper(name)}_URL`,
  keyId: (name: string): string => `KEY_${upper(name)}_ID`,
  bucket: (name: string): string => `BUCKET_${upper(name)}`,
  webSocketEndpoint: (): string => 'WEBSOCKET_ENDPOINT',
  webSocketUrl: (): string => 'WEBSOCKET_URL',
  emailSender: (): string => 'EMAIL_SENDER',
  stage: (): string => 'STAGE',
  httpApiIds: (): string => 'HTTP_API_IDS',
  logGroupPrefix: (): string => 'LOG_GROUP_PREFIX',
  queuePrefix: (): string => 'QUEUE_PREFIX',
} as const;

function required(variable: string): string {
  const value = process.env[variable];
  if (value === undefined || value === '') {
    throw new Error(`${variable} is not set: grant it to this function in its domain manifest.`);
  }
  return value;
}

export const tableName = (name: string): string => required(environmentName.table(name));
export const queueUrl = (name: string): string => required(environmentName.queueUrl(name));
export const keyId = (name: string): string => required(environmentName.keyId(name));
export const bucketName = (name: string): string => required(environmentName.bucket(name));
export const webSocketEndpoint = (): string => required(environmentName.webSocketEndpoint());
export const webSocketUrl = (): string => required(environmentName.webSocketUrl());
export const emailSender = (): string => {
  const sender = process.env[environmentName.emailSender()];
  if (!sender) throw new Error('This stage sends no e-mail: name a sender in its configuration (emailSender).');
  return sender;
};
export const logGroupPrefix = (): string => required(environmentName.logGroupPrefix());
export const queuePrefix = (): string => required(environmentName.queuePrefix());
export const stageName = (): string => process.env[environmentName.stage()] ?? 'dev';

/** Where messages for MQTT topics are posted: the SDK's own variables first, then the endpoint of the region. */
export const iotDataEndpoint = (region: string): string =>
  process.env['AWS_ENDPOINT_URL_IOT_DATA_PLANE'] ??
  process.env['AWS_ENDPOINT_URL'] ??
  `https://data-ats.iot.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

/** Whether the SDK was given one endpoint for every service, as on a development machine. */
export const isEndpointOverridden = (): boolean => Boolean(process.env['AWS_ENDPOINT_URL']);
