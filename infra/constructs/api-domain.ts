/** A host name of one's own in front of an API, with the address that DNS must point it to. */
import { CfnOutput } from 'aws-cdk-lib';
import { CfnApiMapping, CfnDomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';

export interface ApiDomainProps {
  /** `api.example.com` */
  hostName: string;
  certificateArn: string;
  apiId: string;
  stageName: string;
}

export class ApiDomain extends Construct {
  constructor(scope: Construct, id: string, { hostName, certificateArn, apiId, stageName }: ApiDomainProps) {
    super(scope, id);
    const domain = new CfnDomainName(this, 'Name', {
      domainName: hostName,
      domainNameConfigurations: [{ certificateArn, endpointType: 'REGIONAL', securityPolicy: 'TLS_1_2' }],
    });
    // Without a mapping key: with one, functions would see paths from which it is cut off.
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    const mapping = new CfnApiMapping(this, 'Mapping', { apiId, domainName: domain.ref, stage: stageName });
    mapping.addResourceDependency(domain);
    new CfnOutput(this, 'DnsTarget', {
      description: `Point ${hostName} here, as an alias or CNAME.`,
      value: domain.attrRegionalDomainName,
    });
  }
}
