/** The dashboard of the people who run the business: readings, invoices, payments, alarms. */
import { Dashboard, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { stackName } from '../naming.ts';
import { graph, productMetric } from './dashboard-metrics.ts';

export class BusinessDashboard extends Construct {
  constructor(scope: Construct, id: string, stage: StageConfig) {
    super(scope, id);
    const counted = (service: string, ...names: string[]) => names.map((name) => productMetric(service, name));
    const business = (...names: string[]) => counted('monitoring', ...names);
    new Dashboard(this, 'Dashboard', {
      dashboardName: stackName(stage, 'business'),
      widgets: [
        [
          new TextWidget({
            markdown:
              '**The business**: readings come in, invoices go out, payments come back, alarms are looked after. ' +
              'Of all tenants together; balances are in the ledger.',
            width: 24,
            height: 1,
          }),
        ],
        [
          graph('Readings accepted and rejected', counted('metering', 'ReadingsAccepted', 'ReadingsRejected')),
          graph('Values of stations', counted('scada', 'ValuesRecorded', 'ValuesOfUnknownPoints')),
        ],
        [
          graph('Invoices', business('InvoicesCreated', 'InvoicesPaid'), business('InvoicesOverdue')),
          graph('Payments', business('PaymentsReceived'), business('PaymentsReversed')),
        ],
        [
          graph(
            'Alarms of the network',
            business('AlarmsRaised', 'AlarmsClosed'),
            counted('scada', 'AlarmsSuppressed'),
          ),
          graph('Devices nobody registered', counted('metering', 'MessagesOfUnknownStations')),
        ],
      ],
    });
  }
}
