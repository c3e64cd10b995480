/** Unit tests pay for what the product does with its tables, not for HTTP between it and a DynamoDB in the same process. */
import { callDocumentsDirectly } from '../../local/services/test-support/direct-documents.ts';

callDocumentsDirectly();
