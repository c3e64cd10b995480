/** Delivers a payload to whatever an ARN names, so that buses, pipes and schedules need not know the services behind it. */
import { AwsError, type TargetDelivery, type TargetRouter } from './types.ts';

export function createTargetRouter(): TargetRouter {
  const deliveries = new Map<string, TargetDelivery>();
  return {
    register(service, deliver) {
      deliveries.set(service, deliver);
    },
    async deliver(request) {
      const service = request.arn.split(':', 3)[2] ?? '';
      const deliver = deliveries.get(service);
      if (!deliver) throw new AwsError('InvalidTarget', `Nothing here can receive for the target ${request.arn}.`, 400);
      await deliver(request);
    },
  };
}
