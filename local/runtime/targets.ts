/** Delivers a payload to whatever an ARN names, so that buses, pipes and schedules need not know the services behind it. */
import { type AccessControl, AwsError, type TargetDelivery, type TargetRouter } from './types.ts';

/** What it takes to deliver to each kind of target. */
const DELIVERY: Readonly<Record<string, string>> = {
  events: 'events:PutEvents',
  lambda: 'lambda:InvokeFunction',
  sns: 'sns:Publish',
  sqs: 'sqs:SendMessage',
};

/** The action that delivers to a target, e.g. `sqs:SendMessage`; undefined for those that no right is modelled of. */
export function deliveryAction(targetArn: string): string | undefined {
  return DELIVERY[targetArn.split(':')[2] ?? ''];
}

export function createTargetRouter(access: Pick<AccessControl, 'checkCaller'>): TargetRouter {
  const deliveries = new Map<string, TargetDelivery>();
  return {
    register(service, deliver) {
      deliveries.set(service, deliver);
    },
    async deliver(request) {
      const service = request.arn.split(':', 3)[2] ?? '';
      const deliver = deliveries.get(service);
      if (!deliver) throw new AwsError('InvalidTarget', `Nothing here can receive for the target ${request.arn}.`, 400);
      const action = deliveryAction(request.arn);
      if (request.caller && action) access.checkCaller(request.caller, action, request.arn);
      await deliver(request);
    },
  };
}
