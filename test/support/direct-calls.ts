/** Unit tests pay for what the product does with its tables and queues, not for HTTP between it and services in the same process. */
import { callServicesDirectly } from '../../local/services/test-support/direct-calls.ts';

callServicesDirectly();
