/** The client that posts to WebSocket connections. */
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { isEndpointOverridden, webSocketEndpoint } from '../../../layers/kernel/config/resource-names.ts';

/** On AWS the API has an address of its own; an endpoint given to the SDK answers for every service. */
export const managementClient = new ApiGatewayManagementApiClient(
  isEndpointOverridden() ? {} : { endpoint: webSocketEndpoint() },
);
