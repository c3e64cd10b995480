/** What functions need that call payment, vending and message providers. */

export const providerCalls = { keys: { secrets: 'decrypt' }, internet: true } as const;

/** Where calls may go; the platform's contract names the variables. */
export const providerAddresses = {
  ALLOW_LOOPBACK_WEBHOOKS: '${stage.webhooksMayReachLoopback}',
  PRIVATE_PROVIDER_NETWORKS: '${stage.privateProviderNetworks}',
};
