/**
 * The IoT policy of a device that shows an API key: it connects from where the key may be used, and publishes and
 * listens below the topics of its own stations, directly or by Basic Ingest.
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/custom-auth-lambda.html
 */

/** AWS IoT takes at most 10 documents of 2,048 characters each from an authorizer. */
export const maxDocuments = 10;
const maxCharacters = 2048;
/** Blocks of IPv6 have up to 43 characters. */
const addressesPerDocument = 32;

type Statement = {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: string | string[];
  Condition?: object;
};

/**
 * @param stage whose rules Basic Ingest may reach; rules of other stages in the account stay closed
 * @param clientId the only one it may connect under. @default any that is not reserved
 * @param paths below its stations that it reaches. @default all
 * @returns policy documents, or undefined when so many stations do not fit; a device without stations may only connect
 */
export function devicePolicies(
  stationIds: readonly string[],
  allowedIps: readonly string[],
  stage: string,
  clientId?: string,
  paths: readonly string[] = ['*'],
): string[] | undefined {
  const connect =
    clientId === undefined
      ? connectStatements(allowedIps)
      : connectStatements(allowedIps, `arn:aws:iot:*:*:client/${clientId}`);
  const documents = connect.map((statement) =>
    documentOf(clientId === undefined ? [statement, reservedClientIds, platformTopics] : [statement, platformTopics]),
  );
  let packed: string[] = [];
  for (const station of stationIds) {
    const tried = documentOf(stationStatements([...packed, station], stage, paths));
    if (packed.length > 0 && tried.length <= maxCharacters) {
      documents[documents.length - 1] = tried;
      packed.push(station);
    } else {
      documents.push(documentOf(stationStatements([station], stage, paths)));
      packed = [station];
    }
  }
  const fits = documents.length <= maxDocuments && documents.every(({ length }) => length <= maxCharacters);
  return fits ? documents : undefined;
}

/**
 * Further documents for the key of a station's gateway: it publishes below `gateway/` and listens below `platform/`, never
 * the other way, so that no key of a device can forge a command.
 */
export function gatewayPolicies(stationIds: readonly string[], stage: string): string[] {
  return stationIds.map((station) => {
    const up = `mizan/${station}/gateway/*`;
    const down = `mizan/${station}/platform/*`;
    const arns = (kind: string, paths: string[]): string[] => paths.map((path) => `arn:aws:iot:*:*:${kind}/${path}`);
    return documentOf([
      {
        Effect: 'Allow',
        Action: 'iot:Publish',
        Resource: arns('topic', [up, `$aws/rules/mizan_${stage}_*/${up}`]),
      },
      { Effect: 'Allow', Action: 'iot:Receive', Resource: arns('topic', [down]) },
      {
        Effect: 'Allow',
        Action: 'iot:Subscribe',
        Resource: arns('topicfilter', [down, `mizan/${station}/platform/#`]),
      },
    ]);
  });
}

/** A key that is a gateway's and nothing else connects under the one name that no other key may take. */
export const gatewayConnectPolicies = (stationIds: readonly string[], allowedIps: readonly string[]): string[] =>
  connectStatements(
    allowedIps,
    stationIds.map((station) => `arn:aws:iot:*:*:client/mizan-${station}-gateway`),
  ).map((statement) => documentOf([statement]));

const documentOf = (statements: Statement[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

/** Ids of devices are a tenant's, and client ids the whole account's: a device connects under a name made of its key's id. */
export const deviceClientId = (keyId: string): string => `device-${keyId}`;

/**
 * A client id in use a second time ends the first connection. Those of things with certificates begin with `mizan-`, those
 * of registered devices with the id of a key, so that no other key, of whatever tenant, can put them off.
 */
const reservedClientIds: Statement = {
  Effect: 'Deny',
  Action: 'iot:Connect',
  Resource: ['mizan-*', deviceClientId('key_*')].map((id) => `arn:aws:iot:*:*:client/${id}`),
};

/** What only the platform says: a device must not speak so to another one of its station. */
const platformTopics: Statement = {
  Effect: 'Deny',
  Action: 'iot:Publish',
  Resource: ['device/*/config', 'meter/*/command'].map((path) => `arn:aws:iot:*:*:topic/acrel/*/${path}`),
};

/** An authorizer is not told the address, but conditions of the policy are checked against it; any one that holds is enough. */
function connectStatements(
  allowedIps: readonly string[],
  Resource: string | string[] = 'arn:aws:iot:*:*:client/*',
): Statement[] {
  const connect = { Effect: 'Allow', Action: 'iot:Connect', Resource } as const;
  if (allowedIps.length === 0) return [connect];
  const statements: Statement[] = [];
  for (let start = 0; start < allowedIps.length; start += addressesPerDocument) {
    const addresses = allowedIps.slice(start, start + addressesPerDocument);
    statements.push({ ...connect, Condition: { IpAddress: { 'aws:SourceIp': addresses } } });
  }
  return statements;
}

/** `*` also matches `/`, so readers of messages take the station from a topic's second level and refuse longer topics. */
function stationStatements(stationIds: readonly string[], stage: string, paths: readonly string[]): Statement[] {
  const arns = (kind: string, prefix: string): string[] =>
    stationIds.flatMap((station) => paths.map((path) => `arn:aws:iot:*:*:${kind}/${prefix}acrel/${station}/${path}`));
  return [
    {
      Effect: 'Allow',
      Action: ['iot:Publish', 'iot:Receive'],
      Resource: [...arns('topic', ''), ...arns('topic', `$aws/rules/mizan_${stage}_*/`)],
    },
    { Effect: 'Allow', Action: 'iot:Subscribe', Resource: arns('topicfilter', '') },
  ];
}
