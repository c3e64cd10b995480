/**
 * Functions and open WebSocket connections.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
 */
import type { ApiGatewayService } from '../../apigateway/index.ts';
import { arnOf, type RequestReader } from './needed-permission.ts';

export const readLambdaRequest: RequestReader = ({ method, path, query }, scope) => {
  const name = method === 'POST' && /^\/2015-03-31\/functions\/(.+)\/invocations$/.exec(path)?.[1];
  if (!name) return undefined;
  const reference = name.replace(/^.*?function:/, '');
  const qualifier = query.get('Qualifier');
  const resource = qualifier === null ? reference : `${reference}:${qualifier}`;
  return [{ action: 'lambda:InvokeFunction', resource: arnOf(scope, 'lambda', `function:${resource}`) }];
};

/** The connection tells API and stage, which the address of the local endpoint need not. */
export const readManagementRequest: RequestReader = ({ method, path }, scope) => {
  const id = /\/@connections\/([^/]+)$/.exec(path)?.[1];
  const place = id && scope.ctx.service<ApiGatewayService>('execute-api').placeOf(id);
  if (!place) return undefined;
  const resource = `${place.apiId}/${place.stage}/${method}/@connections/${id}`;
  return [{ action: 'execute-api:ManageConnections', resource: arnOf(scope, 'execute-api', resource) }];
};
